#include "drainer/schedule/last_writer.h"

#include <utility>

namespace tbl::schedule {

LastWriter::Slot& LastWriter::find(uint64_t hash) {
  size_t mask = slots_.size() - 1;
  size_t i = hash & mask;
  while (slots_[i].number_plus_one != 0 && slots_[i].hash != hash) i = (i + 1) & mask;
  return slots_[i];
}

std::optional<uint64_t> LastWriter::exchange(uint64_t hash, uint64_t number,
                                             uint64_t first_unfinished) {
  if (used_ * 4 >= slots_.size() * 3) rebuild(first_unfinished);
  Slot& slot = find(hash);
  uint64_t before = slot.number_plus_one;
  if (before == 0) ++used_;
  slot = {hash, number + 1};
  if (before == 0 || before - 1 < first_unfinished) return std::nullopt;
  return before - 1;
}

void LastWriter::rebuild(uint64_t first_unfinished) {
  std::vector<Slot> old = std::exchange(slots_, {});
  size_t live = 0;
  for (const Slot& slot : old) live += slot.number_plus_one > first_unfinished;
  // Half full afterwards at most, so that the next rebuild is far.
  size_t size = 1024;
  while (size < live * 2) size *= 2;
  slots_.resize(size);
  used_ = live;
  for (const Slot& slot : old) {
    if (slot.number_plus_one > first_unfinished) find(slot.hash) = slot;
  }
}

}  // namespace tbl::schedule
