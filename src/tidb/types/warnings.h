// The warnings of one statement: what SHOW WARNINGS lists.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace tbl::tidb {

struct Warning {
  enum Level : uint8_t { kNote, kWarning, kError };
  Level level = kWarning;
  int code = 0;
  std::string message;
};

/// Collects in order; counts all, keeps the first 64 (max_error_count of MySQL). One thread.
class Warnings {
 public:
  static constexpr size_t kKept = 64;

  void add(Warning warning);
  /// An SQL error taken down to a warning (or note).
  void add(const Status& status, Warning::Level level = Warning::kWarning);
  const std::vector<Warning>& list() const { return list_; }
  size_t count() const { return count_; }
  size_t error_count() const { return errors_; }
  bool empty() const { return count_ == 0; }
  void clear();
  /// All of `other` behind these.
  void append(const Warnings& other);

 private:
  std::vector<Warning> list_;
  size_t count_ = 0;
  size_t errors_ = 0;
};

}  // namespace tbl::tidb
