// A few varints on the stack, for what is appended to a message in one go.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace tbl {

/// Holds up to N bytes: the caller knows what it puts.
template <size_t N>
class VarintBuffer {
 public:
  /// As put_uvarint().
  void put(uint64_t v) {
    assert(size_ + 10 <= N || v < 0x80);
    for (; v >= 0x80; v >>= 7) bytes_[size_++] = static_cast<char>(v | 0x80);
    bytes_[size_++] = static_cast<char>(v);
  }
  void append(Bytes more) {
    assert(size_ + more.size() <= N);
    std::memcpy(bytes_.data() + size_, more.data(), more.size());
    size_ += more.size();
  }
  size_t size() const { return size_; }
  Bytes bytes() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, N> bytes_;
  size_t size_ = 0;
};

}  // namespace tbl
