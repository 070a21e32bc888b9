// What this run knows to be durable downstream.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <vector>

namespace tbl::mysql {

/// The marks this run has committed and not deleted yet, and the K it has saved. Any thread.
class MarkLedger {
 public:
  /// A number for the next mark; never given twice.
  uint64_t next_number() { return next_++; }

  void add(uint64_t number, uint64_t high_ts);
  /// Marks that K = `commit_ts` makes superfluous.
  std::vector<uint64_t> at_or_below(uint64_t commit_ts) const;
  void remove(std::span<const uint64_t> numbers);
  void set_saved_ts(uint64_t commit_ts);

  /// For comparing with a server: marks that must be there, unless its K has passed their ts.
  struct View {
    uint64_t saved_ts = 0;
    std::map<uint64_t, uint64_t> high_ts_by_number;
  };
  View view() const;

 private:
  std::atomic<uint64_t> next_ = 1;
  mutable std::mutex mutex_;
  View view_;
};

}  // namespace tbl::mysql
