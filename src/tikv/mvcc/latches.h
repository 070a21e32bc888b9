// Keeps two commands that write the same key apart.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tikv/mvcc/key.h"

namespace tbl::tikv {

/// A fixed set of mutexes; a key belongs to the one its hash names. Any thread.
class Latches {
 public:
  /// `slots` is rounded up to a power of two.
  explicit Latches(size_t slots = 4096);

  /// The latches of some keys, held until destroyed. Must not outlive the Latches, and a thread
  /// must not ask for a second one while it holds one.
  class Guard {
   public:
    Guard(Guard&&) noexcept = default;
    Guard& operator=(Guard&&) = delete;

   private:
    friend class Latches;
    Guard() = default;
    std::vector<std::unique_lock<std::mutex>> held_;
  };

  /// Waits for the latches of all keys. They are taken in slot order, so two callers never wait for
  /// each other.
  Guard acquire(const std::vector<Key>& keys);
  /// Nothing: another holds one of them.
  std::optional<Guard> try_acquire(const std::vector<Key>& keys);

 private:
  std::vector<size_t> slots_of(const std::vector<Key>& keys) const;

  const size_t mask_;
  std::unique_ptr<std::mutex[]> slots_;
};

}  // namespace tbl::tikv
