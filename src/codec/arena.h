// Memory that is given out piece by piece and freed all at once.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <span>
#include <type_traits>

#include "base/bytes.h"

namespace tbl::codec {

/// A bump allocator: addresses stay valid until reset() or destruction, however much is allocated
/// later, and survive a move of the arena. One owner, not thread safe. Nothing in it is ever
/// destroyed, so it holds trivial types only. Blocks double from 256 bytes to 256 KiB: most
/// arenas hold a row or two, and there are many of them; an empty arena allocates nothing.
class Arena {
 public:
  Arena() = default;
  Arena(Arena&& other) noexcept;
  Arena& operator=(Arena&& other) noexcept;
  ~Arena() { release(newest_); }

  /// `size` bytes, uninitialised, aligned to `align` (a power of two up to 16). Never null.
  char* allocate(size_t size, size_t align = 1) {
    size_t pad = static_cast<size_t>(-reinterpret_cast<intptr_t>(pos_)) & (align - 1);
    if (size + pad > left_) return allocate_block(size);
    char* p = pos_ + pad;
    pos_ = p + size;
    left_ -= size + pad;
    return p;
  }

  /// `count` default-constructed values.
  template <typename T>
  std::span<T> array(size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 16);
    auto* p = reinterpret_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    for (size_t i = 0; i < count; ++i) new (p + i) T();
    return {p, count};
  }

  Bytes copy(Bytes data) {
    if (data.empty()) return {};
    char* p = allocate(data.size());
    std::memcpy(p, data.data(), data.size());
    return {p, data.size()};
  }

  /// Bytes of all blocks: what the arena costs.
  size_t reserved_bytes() const { return reserved_; }
  /// Forgets everything; keeps the newest block for use again.
  void reset();

 private:
  /// Stands before its bytes.
  struct alignas(16) Block {
    Block* older;
    size_t size;
    char* data() { return reinterpret_cast<char*>(this + 1); }
  };
  char* allocate_block(size_t size);
  Block* make_block(size_t size, Block* older);
  static void release(Block* newest);

  static char no_block_[1];

  char* pos_ = no_block_;
  size_t left_ = 0;
  size_t reserved_ = 0;
  Block* newest_ = nullptr;  ///< the one in use; pieces with a block of their own come behind it
};

}  // namespace tbl::codec
