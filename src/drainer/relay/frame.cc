#include "drainer/relay/frame.h"

#include <fmt/format.h>

#include "base/crc32c.h"

namespace tbl::relay {
namespace {

constexpr size_t kHeadBytes = 12;
constexpr size_t kTailBytes = 4;

void put_le(std::string& out, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

uint64_t get_le(Bytes bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

/// A whole record stands at the beginning.
bool is_whole(Bytes bytes) {
  if (bytes.size() < kFrameBytes || get_le(bytes.substr(0, 4)) != kMagic) return false;
  const uint64_t length = get_le(bytes.substr(4, 8));
  if (length > bytes.size() - kFrameBytes) return false;
  const Bytes payload = bytes.substr(kHeadBytes, length);
  return get_le(bytes.substr(kHeadBytes + length, kTailBytes)) == crc32c(payload);
}

}  // namespace

std::string frame_head(Bytes payload) {
  std::string out;
  put_le(out, kMagic, 4);
  put_le(out, payload.size(), 8);
  return out;
}

std::string frame_tail(Bytes payload) {
  std::string out;
  put_le(out, crc32c(payload), kTailBytes);
  return out;
}

Result<std::optional<Bytes>> FrameReader::next() {
  const Bytes rest = content_.substr(offset_);
  if (rest.empty() || !torn_.ok()) return std::optional<Bytes>();
  if (rest.size() < kFrameBytes) return end_or_damage("unexpected EOF");
  if (get_le(rest.substr(0, 4)) != kMagic) return end_or_damage("binlogger: magic mismatch");
  const uint64_t length = get_le(rest.substr(4, 8));
  if (length > rest.size() - kFrameBytes) return end_or_damage("unexpected EOF");
  const Bytes payload = rest.substr(kHeadBytes, length);
  const uint64_t stored = get_le(rest.substr(kHeadBytes + length, kTailBytes));
  const uint32_t computed = crc32c(payload);
  if (stored != computed) {
    return end_or_damage(fmt::format("expected crc32 {} but got {}", stored, computed));
  }
  offset_ += kFrameBytes + length;
  return std::optional<Bytes>(payload);
}

Result<std::optional<Bytes>> FrameReader::end_or_damage(const std::string& what) {
  const Status status = data_loss(fmt::format("at {}: {}", offset_, what));
  std::string magic;
  put_le(magic, kMagic, 4);
  for (size_t at = content_.find(magic, offset_ + 1); at != Bytes::npos;
       at = content_.find(magic, at + 1)) {
    if (is_whole(content_.substr(at))) return status;
  }
  torn_ = status;
  return std::optional<Bytes>();
}

}  // namespace tbl::relay
