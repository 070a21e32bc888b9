#include "tikv/mvcc/latches.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace tbl::tikv {

Latches::Latches(size_t slots)
    : mask_(std::bit_ceil(slots) - 1), slots_(std::make_unique<std::mutex[]>(mask_ + 1)) {}

Latches::Guard Latches::acquire(const std::vector<Key>& keys) {
  std::vector<size_t> wanted;
  wanted.reserve(keys.size());
  for (const auto& key : keys) wanted.push_back(std::hash<std::string>()(key.raw()) & mask_);
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  Guard guard;
  guard.held_.reserve(wanted.size());
  for (const size_t slot : wanted) guard.held_.emplace_back(slots_[slot]);
  return guard;
}

}  // namespace tbl::tikv
