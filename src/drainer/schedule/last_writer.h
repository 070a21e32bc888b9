// Which transaction wrote a hash last.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace tbl::schedule {

/// A flat hash map from write-set hash to transaction number. Entries of finished transactions are
/// forgotten when the table would have to grow. Not thread safe.
class LastWriter {
 public:
  /// The writer before, if it is not below `first_unfinished`; `number` takes its place.
  std::optional<uint64_t> exchange(uint64_t hash, uint64_t number, uint64_t first_unfinished);
  /// exchange() of this hash follows soon: its slot is a cache miss.
  void prefetch(uint64_t hash) const { __builtin_prefetch(&slots_[hash & (slots_.size() - 1)], 1); }
  size_t capacity() const { return slots_.size(); }

 private:
  struct Slot {
    uint64_t hash = 0;
    uint64_t number_plus_one = 0;  // 0: free
  };
  Slot& find(uint64_t hash);
  void rebuild(uint64_t first_unfinished);

  std::vector<Slot> slots_ = std::vector<Slot>(1024);
  size_t used_ = 0;
};

}  // namespace tbl::schedule
