// Collects what a check finds, so that a ruined directory does not give a million lines.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "pump/inspect/check.h"

namespace tbl::pump {

/// One thread.
class Findings {
 public:
  explicit Findings(std::function<void(const Finding&)> on_finding)
      : on_finding_(std::move(on_finding)) {}

  void note(const std::string& text) { add(Finding::Kind::kNote, text); }
  void damage(const std::string& text) { add(Finding::Kind::kDamage, text); }
  /// The same, but of one `topic` only so many are told.
  void damage(const std::string& topic, const std::string& text);
  void note(const std::string& topic, const std::string& text);
  /// Says how many were left out.
  void finish();

  uint64_t notes() const { return notes_; }
  uint64_t damages() const { return damages_; }

 private:
  static constexpr uint64_t kToldPerTopic = 50;

  void add(Finding::Kind kind, const std::string& text);
  void count(Finding::Kind kind);
  /// True: tell it.
  bool take(Finding::Kind kind, const std::string& topic);

  const std::function<void(const Finding&)> on_finding_;
  std::map<std::string, uint64_t> per_topic_;
  uint64_t notes_ = 0;
  uint64_t damages_ = 0;
};

}  // namespace tbl::pump
