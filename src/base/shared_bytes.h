// Bytes that know what keeps them in memory: many small ones can share one piece of it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/bytes.h"

namespace tbl {

/// A smart pointer to bytes that never change. Copies share what owns them. Any thread.
class SharedBytes {
 public:
  SharedBytes() = default;
  SharedBytes(std::shared_ptr<const void> owner, Bytes bytes)
      : owner_(std::move(owner)), bytes_(bytes) {}
  /// In memory of their own.
  static SharedBytes of(std::string bytes) {
    auto owner = std::make_shared<const std::string>(std::move(bytes));
    const Bytes view = *owner;
    return {std::move(owner), view};
  }

  explicit operator bool() const { return owner_ != nullptr; }
  const Bytes& operator*() const { return bytes_; }
  const Bytes* operator->() const { return &bytes_; }
  /// Some of them, with the same owner, which this one gives up.
  SharedBytes narrowed(Bytes part) && { return {std::move(owner_), part}; }

 private:
  std::shared_ptr<const void> owner_;
  Bytes bytes_;
};

/// Gives out pieces of memory that are freed together, when the last of them is let go. One thread
/// takes and fills them.
class Slabs {
 public:
  /// So much is allocated at a time.
  explicit Slabs(size_t slab_bytes) : slab_bytes_(slab_bytes) {}

  struct Room {
    std::shared_ptr<char[]> owner;
    char* data = nullptr;
  };
  /// At most as many bytes as a slab has.
  Room take(size_t size) {
    if (size > left_) {
      slab_ = std::make_shared_for_overwrite<char[]>(slab_bytes_);
      left_ = slab_bytes_;
    }
    char* data = slab_.get() + (slab_bytes_ - left_);
    left_ -= size;
    return {slab_, data};
  }

 private:
  const size_t slab_bytes_;
  size_t left_ = 0;
  std::shared_ptr<char[]> slab_;
};

}  // namespace tbl
