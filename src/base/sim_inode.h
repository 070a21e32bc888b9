// One file of the simulated disk: what a reader sees, what is surely on disk, and the writes in
// between.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace tbl {

/// Not thread-safe: SimEnv's mutex guards it. Owner: the directory entries and open handles of
/// SimEnv.
class SimInode {
 public:
  static constexpr uint64_t kSectorBytes = 512;

  const std::string& live() const { return live_; }
  /// At `offset`, which is not behind the end.
  void write(uint64_t offset, Bytes data);
  void truncate(uint64_t size);
  /// Everything written so far is on disk, except what a failed sync gave up.
  void sync();
  /// As Linux does it: the dirty pages are marked clean, so a later sync() does not save them.
  /// Readers still see them, until the crash that may lose them.
  void fail_sync();
  /// Loses power: an arbitrary part of the unsynced writes reaches the disk, in any order, torn at
  /// sectors or at a byte; holes read as what was there before, or as zeros.
  void crash(std::mt19937_64& random);
  /// Changes one bit, on disk and in what readers see.
  void flip_bit(uint64_t bit);

 private:
  struct Change {
    bool is_truncate;
    uint64_t offset;  ///< of a write; the new size of a truncate
    std::string data;
    bool given_up;  ///< by a failed sync
  };
  void apply(const Change& change);
  void apply_range(const Change& change, uint64_t begin, uint64_t end);
  void apply_random_sectors(const Change& change, std::mt19937_64& random);

  std::string live_;
  std::string on_disk_;
  std::vector<Change> pending_;
};

}  // namespace tbl
