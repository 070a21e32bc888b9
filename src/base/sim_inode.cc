#include "base/sim_inode.h"

#include <algorithm>

namespace tbl {

void SimInode::write(uint64_t offset, Bytes data) {
  if (data.empty()) return;
  pending_.push_back({false, offset, std::string(data), false});
  live_.resize(std::max<size_t>(live_.size(), offset + data.size()));
  live_.replace(offset, data.size(), data);
}

void SimInode::truncate(uint64_t size) {
  pending_.push_back({true, size, "", false});
  live_.resize(size, '\0');
}

void SimInode::sync() {
  std::vector<Change> given_up;
  for (Change& change : pending_) {
    if (change.given_up) {
      given_up.push_back(std::move(change));
    } else {
      apply(change);
    }
  }
  pending_ = std::move(given_up);
  // The length is metadata, which the failed write-back of data does not hold back.
  if (on_disk_.size() < live_.size()) on_disk_.resize(live_.size(), '\0');
}

void SimInode::fail_sync() {
  for (Change& change : pending_) change.given_up = true;
}

void SimInode::flip_bit(uint64_t bit) {
  uint64_t byte = bit / 8;
  auto mask = static_cast<char>(1 << (bit % 8));
  if (byte < live_.size()) live_[byte] ^= mask;
  if (byte < on_disk_.size()) on_disk_[byte] ^= mask;
}

void SimInode::apply(const Change& change) {
  if (change.is_truncate) {
    on_disk_.resize(change.offset, '\0');
  } else {
    apply_range(change, 0, change.data.size());
  }
}

/// Puts bytes [begin, end) of a write on disk; a gap before them reads as zeros.
void SimInode::apply_range(const Change& change, uint64_t begin, uint64_t end) {
  if (begin == end) return;
  uint64_t last = change.offset + end;
  if (on_disk_.size() < last) on_disk_.resize(last, '\0');
  on_disk_.replace(change.offset + begin, end - begin, change.data, begin, end - begin);
}

void SimInode::apply_random_sectors(const Change& change, std::mt19937_64& random) {
  uint64_t end = change.offset + change.data.size();
  for (uint64_t at = change.offset; at < end;) {
    uint64_t next = std::min(end, (at / kSectorBytes + 1) * kSectorBytes);
    if (random() % 2 == 0) apply_range(change, at - change.offset, next - change.offset);
    at = next;
  }
}

void SimInode::crash(std::mt19937_64& random) {
  enum { kLoseAll, kKeepAll, kKeepPrefix, kKeepSectors };
  auto mode = random() % 4;
  size_t whole = mode == kKeepAll ? pending_.size() : 0;
  if (mode == kKeepPrefix && !pending_.empty()) whole = random() % pending_.size();
  for (size_t i = 0; i < whole; ++i) apply(pending_[i]);
  if (mode == kKeepPrefix && whole < pending_.size() && !pending_[whole].is_truncate) {
    apply_range(pending_[whole], 0, random() % (pending_[whole].data.size() + 1));
  }
  if (mode == kKeepSectors) {
    for (const Change& change : pending_) {
      if (!change.is_truncate) apply_random_sectors(change, random);
      if (change.is_truncate && random() % 2 == 0) apply(change);
    }
    // The new length may be on disk although the last bytes are not.
    if (random() % 2 == 0 && on_disk_.size() < live_.size()) on_disk_.resize(live_.size(), '\0');
  }
  pending_.clear();
  live_ = on_disk_;
}

}  // namespace tbl
