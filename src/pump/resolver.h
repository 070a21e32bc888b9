// Finds out from TiKV what became of transactions whose outcome never reached the log.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/queue.h"
#include "base/stop.h"
#include "pump/metrics.h"
#include "pump/oracle.h"
#include "pump/storage/storage.h"
#include "pump/verdict.h"

namespace tbl::pump {

/// Threads: one that collects questions, a few that ask. Each question is asked again once a second
/// until the storage has its answer. Stops when destroyed; storage and oracle outlive it.
class Resolver {
 public:
  Resolver(Storage& storage, Oracle& oracle, PumpMetrics& metrics);
  ~Resolver();

  /// Transactions nobody can decide but a person (see Verdict::kUndecidable).
  std::vector<Question> undecidable() const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Asked {
    Question question;
    Time next;  ///< when to ask again
    bool in_flight = false;
    bool undecidable = false;
  };

  void collect();
  void ask_all();
  void ask(const Question& question);
  Result<Verdict> find_verdict(const Question& question);
  void act(const Question& question, const Verdict& verdict);
  void report_undecidable(const Question& question);
  std::vector<Question> due(const std::vector<Question>& questions);
  static uint64_t oldest_of(const std::vector<Question>& questions);

  Storage& storage_;
  Oracle& oracle_;
  PumpMetrics& metrics_;
  mutable std::mutex mutex_;
  std::map<uint64_t, Asked> asked_;  ///< by start ts
  LogEvery complain_{60'000};
  StopSource stop_;
  Queue<Question> todo_{1 << 20};
  std::vector<Thread> threads_;
};

}  // namespace tbl::pump
