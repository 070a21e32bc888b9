#include "spill/file_fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace tbl::spill {

namespace {

using codec::WireType;

constexpr size_t kBufferBytes = 128 << 10;
/// A tag and a length, or a tag and a value of fixed size.
constexpr size_t kHeadBytes = 20;

}  // namespace

Result<Bytes> FileWindow::view(FileRange range) {
  const bool held = range.begin >= begin_ && range.end <= begin_ + buffer_.size();
  if (!held) {
    if (range.end > file_->size()) {
      return data_loss(
          fmt::format("{}: {} bytes, {} needed", file_->path(), file_->size(), range.end));
    }
    const uint64_t n =
        std::min(std::max<uint64_t>(range.size(), kBufferBytes), file_->size() - range.begin);
    // A row of many megabytes must not stay.
    if (buffer_.capacity() > 2 * kBufferBytes) buffer_ = std::string();
    buffer_.resize(n);
    begin_ = range.begin;
    if (Status status = file_->read(begin_, n, buffer_.data()); !status.ok()) {
      buffer_.clear();
      return status;
    }
  }
  return Bytes(buffer_).substr(range.begin - begin_, range.size());
}

Result<Bytes> FileWindow::front(FileRange range, size_t n) {
  return view({range.begin, std::min(range.end, range.begin + n)});
}

Status FileFields::damaged(const char* what) const {
  return data_loss(fmt::format("proto: {}: {}", name_, what));
}

Status FileFields::read_value(ByteReader& head, FileField* field, uint64_t* value_size) const {
  switch (field->type) {
    case WireType::kVarint:
      return head.read_uvarint(&field->varint) ? ok_status() : damaged("unexpected EOF");
    case WireType::kBytes:
      return head.read_uvarint(value_size) ? ok_status() : damaged("unexpected EOF");
    case WireType::kFixed64:
      *value_size = 8;
      return ok_status();
    case WireType::kFixed32:
      *value_size = 4;
      return ok_status();
    default:
      return damaged("illegal wireType");
  }
}

Result<bool> FileFields::next(FileField* field) {
  if (rest_.size() == 0) return false;
  TBL_ASSIGN(Bytes bytes, window_.front(rest_, kHeadBytes));
  ByteReader head(bytes);
  uint64_t tag = 0;
  if (!head.read_uvarint(&tag)) return damaged("unexpected EOF");
  *field = {};
  field->number = static_cast<uint32_t>(tag >> 3);
  if (static_cast<int32_t>(field->number) <= 0) return damaged("illegal tag");
  field->type = static_cast<WireType>(tag & 7);
  field->begin = rest_.begin;
  uint64_t value_size = 0;
  TBL_TRY(read_value(head, field, &value_size));
  const uint64_t value_begin = rest_.begin + (bytes.size() - head.remaining());
  if (value_size > rest_.end - value_begin) return damaged("unexpected EOF");
  field->bytes = {value_begin, value_begin + value_size};
  rest_.begin = field->bytes.end;
  return true;
}

Result<bool> FileFields::next(uint32_t number, WireType type, FileField* field) {
  while (true) {
    TBL_ASSIGN(bool found, next(field));
    if (!found) return false;
    if (field->number != number) continue;
    if (field->type != type) return damaged("wrong wireType");
    return true;
  }
}

}  // namespace tbl::spill
