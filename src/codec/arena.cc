#include "codec/arena.h"

#include <algorithm>
#include <utility>

namespace tbl::codec {

namespace {
constexpr size_t kFirstBlock = 1024;
constexpr size_t kLargestBlock = 256 * 1024;
}  // namespace

char Arena::no_block_[1];

Arena::Arena(Arena&& other) noexcept
    : pos_(std::exchange(other.pos_, no_block_)),
      left_(std::exchange(other.left_, 0)),
      reserved_(std::exchange(other.reserved_, 0)),
      blocks_(std::exchange(other.blocks_, {})) {}

Arena& Arena::operator=(Arena&& other) noexcept {
  if (this == &other) return *this;
  pos_ = std::exchange(other.pos_, no_block_);
  left_ = std::exchange(other.left_, 0);
  reserved_ = std::exchange(other.reserved_, 0);
  blocks_ = std::exchange(other.blocks_, {});
  return *this;
}

char* Arena::allocate_block(size_t size) {
  size_t next = blocks_.empty() ? kFirstBlock : std::min(blocks_.back().size * 2, kLargestBlock);
  // A large piece gets a block of its own, and the rest of the current one stays in use.
  bool alone = size > next / 2;
  size_t block_size = std::max<size_t>(alone ? size : next, 1);
  Block block{std::unique_ptr<char[]>(new char[block_size]), block_size};
  char* data = block.data.get();
  reserved_ += block_size;
  if (alone && !blocks_.empty()) {
    blocks_.insert(blocks_.end() - 1, std::move(block));
    return data;
  }
  blocks_.push_back(std::move(block));
  pos_ = data + size;
  left_ = block_size - size;
  return data;
}

void Arena::reset() {
  if (blocks_.empty()) return;
  std::swap(blocks_.front(), blocks_.back());
  blocks_.resize(1);
  pos_ = blocks_.front().data.get();
  left_ = reserved_ = blocks_.front().size;
}

}  // namespace tbl::codec
