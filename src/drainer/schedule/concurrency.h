// How many workers should write at a time while there is more to write than the server takes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tbl::schedule {

/// Finds the fewest workers that are as fast as more of them: a server with few cores spends much
/// of its time on its own locks when many connections write to the same pages, one that is far away
/// needs all of them. Tries half and twice as many now and then, and keeps what is better. Not
/// thread safe.
class Concurrency {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit Concurrency(size_t workers);

  size_t limit() const { return levels_[trying_]; }
  /// A batch is durable. `saturated`: since the call before this one there was work for more than
  /// limit() workers all the time.
  void on_finished(uint64_t rows, bool saturated, Time now);

 private:
  void judge(double rate);
  void choose_next();

  std::vector<size_t> levels_;  // ascending: each about twice the one before, up to all workers
  size_t best_;                 // of levels_
  size_t trying_;
  double best_rate_ = 0;
  unsigned trials_at_best_ = 0;  // since the last one elsewhere
  bool next_is_up_ = false;
  Time began_{};
  uint64_t rows_ = 0;
  unsigned batches_ = 0;
};

}  // namespace tbl::schedule
