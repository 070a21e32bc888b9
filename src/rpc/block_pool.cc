#include "rpc/block_pool.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace tbl::rpc {

BlockPool::BlockPool() {
  mem_.mem_user_data = this;
  mem_.malloc = [](size_t size, void* pool) { return static_cast<BlockPool*>(pool)->take(size); };
  mem_.free = [](void* block, void* pool) { static_cast<BlockPool*>(pool)->give(block); };
  mem_.calloc = [](size_t count, size_t size, void* pool) -> void* {
    if (size != 0 && count > SIZE_MAX / size) return nullptr;
    void* block = static_cast<BlockPool*>(pool)->take(count * size);
    return block == nullptr ? nullptr : std::memset(block, 0, count * size);
  };
  mem_.realloc = [](void* block, size_t size, void* pool) {
    return static_cast<BlockPool*>(pool)->resize(block, size);
  };
}

BlockPool::~BlockPool() {
  for (List& list : free_) {
    while (list.first != nullptr) std::free(std::exchange(list.first, list.first->next));
  }
}

void* BlockPool::take(size_t size) {
  const size_t index = size == 0 ? 0 : (size - 1) / kStep;
  if (index < kSizes && free_[index].first != nullptr) {
    List& list = free_[index];
    --list.count;
    return std::exchange(list.first, list.first->next) + 1;
  }
  const size_t rounded = index < kSizes ? (index + 1) * kStep : size;
  if (rounded > SIZE_MAX - sizeof(Head)) return nullptr;
  auto* head = static_cast<Head*>(std::malloc(sizeof(Head) + rounded));
  if (head == nullptr) return nullptr;
  head->size = rounded;
  return head + 1;
}

void BlockPool::give(void* block) {
  if (block == nullptr) return;
  Head* head = static_cast<Head*>(block) - 1;
  const size_t index = (head->size - 1) / kStep;
  if (index >= kSizes || free_[index].count == kKept) return std::free(head);
  List& list = free_[index];
  head->next = std::exchange(list.first, head);
  ++list.count;
}

void* BlockPool::resize(void* block, size_t size) {
  if (block == nullptr) return take(size);
  const size_t old_size = (static_cast<Head*>(block) - 1)->size;
  if (size <= old_size) return block;
  void* larger = take(size);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, block, old_size);
  give(block);
  return larger;
}

}  // namespace tbl::rpc
