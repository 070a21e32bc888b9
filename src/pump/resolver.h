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

/// A transaction that TiKV is asked about, and what it said last.
struct OpenQuestion {
  uint64_t start_ts = 0;
  std::string primary_key;
  std::string answer;         ///< "" before the first one
  int64_t answer_age_ms = 0;  ///< since then
  int64_t asking_ms = -1;    ///< how long TiKV has been silent to a question under way, -1: none is
  bool undecidable = false;  ///< nobody can tell but a person (see Verdict::kUndecidable)
};

/// Threads: one that collects questions, a few that ask. Each question is asked again once a second
/// until the storage has its answer. Stops when destroyed; storage and oracle outlive it.
class Resolver {
 public:
  Resolver(Storage& storage, Oracle& oracle, PumpMetrics& metrics);
  ~Resolver();

  /// What fails from now on is not reported.
  void request_stop() { stop_.request_stop(); }
  /// What is being asked, by start ts.
  std::vector<OpenQuestion> open() const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Asked {
    Question question;
    Time next;  ///< when to ask again
    bool in_flight = false;
    bool undecidable = false;
    std::string answer;
    Time answered;
    Time asked;
  };

  void collect();
  void ask_all();
  void ask(const Question& question);
  Result<Verdict> find_verdict(const Question& question);
  void act(const Question& question, const Verdict& verdict);
  void note_answer(uint64_t start_ts, const std::string& answer, bool undecidable);
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
