// Memory for the many small objects that nghttp2 keeps per stream.
#pragma once

#include <nghttp2/nghttp2.h>

#include <array>
#include <cstddef>

namespace tbl::rpc {

/// Blocks by size, kept for the next one of that size: hundreds of streams begin in one turn of a
/// loop and end in another, more than malloc() keeps at hand. Keeps a bounded number of each size.
/// One thread at a time; must outlive what it gave out.
class BlockPool {
 public:
  BlockPool();
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  /// For nghttp2_session_*_new3(); as long as the pool.
  nghttp2_mem* mem() { return &mem_; }

 private:
  static constexpr size_t kStep = 64;
  static constexpr size_t kSizes = 8;
  static constexpr size_t kKept = 512;

  /// Stands before every block.
  struct alignas(std::max_align_t) Head {
    size_t size;  ///< of the block behind it
    Head* next;   ///< in its list, while it is free
  };
  struct List {
    Head* first = nullptr;
    size_t count = 0;
  };

  void* take(size_t size);
  void give(void* block);
  void* resize(void* block, size_t size);

  std::array<List, kSizes> free_;  ///< blocks of kStep * (i + 1) bytes
  nghttp2_mem mem_;
};

}  // namespace tbl::rpc
