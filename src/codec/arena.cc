#include "codec/arena.h"

#include <algorithm>
#include <utility>

namespace tbl::codec {

namespace {
constexpr size_t kFirstBlock = 256;
constexpr size_t kLargestBlock = 256 * 1024;
}  // namespace

char Arena::no_block_[1];

Arena::Arena(Arena&& other) noexcept
    : pos_(std::exchange(other.pos_, no_block_)),
      left_(std::exchange(other.left_, 0)),
      reserved_(std::exchange(other.reserved_, 0)),
      newest_(std::exchange(other.newest_, nullptr)) {}

Arena& Arena::operator=(Arena&& other) noexcept {
  if (this == &other) return *this;
  release(newest_);
  pos_ = std::exchange(other.pos_, no_block_);
  left_ = std::exchange(other.left_, 0);
  reserved_ = std::exchange(other.reserved_, 0);
  newest_ = std::exchange(other.newest_, nullptr);
  return *this;
}

Arena::Block* Arena::make_block(size_t size, Block* older) {
  reserved_ += size;
  return new (::operator new(sizeof(Block) + size)) Block{older, size};
}

void Arena::release(Block* newest) {
  while (newest != nullptr) {
    Block* older = newest->older;
    ::operator delete(newest);
    newest = older;
  }
}

char* Arena::allocate_block(size_t size) {
  size_t next = newest_ == nullptr ? kFirstBlock : std::min(newest_->size * 2, kLargestBlock);
  // A large piece gets a block of its own, and the rest of the current one stays in use.
  bool alone = size > next / 2;
  size_t block_size = std::max<size_t>(alone ? size : next, 1);
  if (alone && newest_ != nullptr) {
    newest_->older = make_block(block_size, newest_->older);
    return newest_->older->data();
  }
  newest_ = make_block(block_size, newest_);
  pos_ = newest_->data() + size;
  left_ = block_size - size;
  return newest_->data();
}

void Arena::reset() {
  if (newest_ == nullptr) return;
  release(std::exchange(newest_->older, nullptr));
  pos_ = newest_->data();
  left_ = reserved_ = newest_->size;
}

}  // namespace tbl::codec
