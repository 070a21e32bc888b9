#include "tikv/mvcc/latches.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace tbl::tikv {

Latches::Latches(size_t slots)
    : mask_(std::bit_ceil(slots) - 1), slots_(std::make_unique<std::mutex[]>(mask_ + 1)) {}

std::vector<size_t> Latches::slots_of(const std::vector<Key>& keys) const {
  std::vector<size_t> slots;
  slots.reserve(keys.size());
  for (const auto& key : keys) slots.push_back(std::hash<std::string>()(key.raw()) & mask_);
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  return slots;
}

Latches::Guard Latches::acquire(const std::vector<Key>& keys) {
  const auto wanted = slots_of(keys);
  Guard guard;
  guard.held_.reserve(wanted.size());
  for (const size_t slot : wanted) guard.held_.emplace_back(slots_[slot]);
  return guard;
}

std::optional<Latches::Guard> Latches::try_acquire(const std::vector<Key>& keys) {
  const auto wanted = slots_of(keys);
  Guard guard;
  guard.held_.reserve(wanted.size());
  for (const size_t slot : wanted) {
    if (!guard.held_.emplace_back(slots_[slot], std::try_to_lock).owns_lock()) return std::nullopt;
  }
  return guard;
}

}  // namespace tbl::tikv
