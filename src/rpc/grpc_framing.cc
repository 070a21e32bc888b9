#include "rpc/grpc_framing.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "rpc/gzip.h"

namespace tbl::rpc {
namespace {

/// Reserved at once; what is longer grows as it arrives.
constexpr uint64_t kTrustedLength = 1 << 20;

Status too_large(uint64_t size, uint64_t limit) {
  return resource_exhausted("grpc: received message larger than max (" + std::to_string(size) +
                            " vs. " + std::to_string(limit) + ")");
}

}  // namespace

std::array<char, 5> message_prefix(uint64_t size, bool compressed) {
  uint32_t be = __builtin_bswap32(static_cast<uint32_t>(size));
  std::array<char, 5> prefix;
  prefix[0] = compressed ? 1 : 0;
  std::memcpy(prefix.data() + 1, &be, sizeof be);
  return prefix;
}

Result<bool> MessageReader::next(Bytes* data, std::string* message) {
  if (prefix_size_ < prefix_.size()) {
    TBL_TRY(take_prefix(data));
    if (prefix_size_ < prefix_.size()) return false;
  }
  if (room_.owner) return fill_room(data);
  const uint64_t wanted = in_pieces_ ? std::min(piece_bytes_, length_) : length_;
  size_t part = static_cast<size_t>(std::min<uint64_t>(data->size(), wanted - body_.size()));
  body_.append(data->data(), part);
  data->remove_prefix(part);
  if (body_.size() < wanted) return false;
  return in_pieces_ ? give_piece(message) : finish(message);
}

bool MessageReader::fill_room(Bytes* data) {
  const auto size = static_cast<size_t>(length_);
  const size_t part = std::min(data->size(), size - room_filled_);
  std::memcpy(room_.data + room_filled_, data->data(), part);
  data->remove_prefix(part);
  room_filled_ += part;
  if (room_filled_ < size) return false;
  shared_ = SharedBytes(std::exchange(room_.owner, nullptr), Bytes(room_.data, size));
  prefix_size_ = 0;
  gave_compressed_ = false;
  return true;
}

bool MessageReader::give_piece(std::string* message) {
  *message = std::move(body_);
  body_ = std::string();
  length_ -= message->size();
  if (length_ == 0) prefix_size_ = 0;
  gave_compressed_ = prefix_[0] != 0;
  return true;
}

Status MessageReader::take_prefix(Bytes* data) {
  size_t part = std::min(data->size(), prefix_.size() - prefix_size_);
  std::memcpy(prefix_.data() + prefix_size_, data->data(), part);
  prefix_size_ += part;
  data->remove_prefix(part);
  if (prefix_size_ < prefix_.size()) return ok_status();
  uint8_t flag = static_cast<uint8_t>(prefix_[0]);
  if (flag > 1) {
    return internal_error("grpc: received unexpected payload format " + std::to_string(flag));
  }
  if (flag == 1 && !gzip_) {
    return internal_error("grpc: compressed flag set with identity or empty encoding");
  }
  length_ = get_be32(prefix_.data() + 1);
  if (length_ > max_bytes_) return too_large(length_, max_bytes_);
  if (flag == 0 && length_ > 0 && length_ <= share_bytes_) {
    room_ = slabs_.take(static_cast<size_t>(length_));
    room_filled_ = 0;
    return ok_status();
  }
  in_pieces_ = length_ > piece_bytes_;
  body_.clear();
  body_.reserve(static_cast<size_t>(std::min(length_, kTrustedLength)));
  return ok_status();
}

Result<bool> MessageReader::finish(std::string* message) {
  prefix_size_ = 0;
  gave_compressed_ = false;
  if (prefix_[0] == 0) {
    *message = std::move(body_);
  } else {
    bool fits = true;
    TBL_ASSIGN(*message, gzip_decompress(body_, max_bytes_, &fits));
    if (!fits) return too_large(max_bytes_ + 1, max_bytes_);
  }
  body_ = std::string();
  return true;
}

}  // namespace tbl::rpc
