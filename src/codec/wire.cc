#include "codec/wire.h"

namespace tbl::codec {

bool WireReader::fail(WireError error, uint64_t number, uint32_t type) {
  error_ = error;
  bad_number_ = static_cast<int32_t>(number);
  bad_type_ = type;
  return false;
}

bool WireReader::read_varint(uint64_t* v) {
  uint64_t result = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (pos_ == end_) return fail(WireError::kUnexpectedEof);
    auto byte = static_cast<uint8_t>(*pos_++);
    result |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      *v = result;
      return true;
    }
  }
  return fail(WireError::kOverflow);
}

bool WireReader::next(WireField* field) {
  if (pos_ == end_ || failed()) return false;
  const char* begin = pos_;
  uint64_t tag = 0;
  if (!read_varint(&tag)) return false;
  auto type = static_cast<uint32_t>(tag & 7);
  auto number = static_cast<int32_t>(tag >> 3);
  if (type == static_cast<uint32_t>(WireType::kGroupEnd)) return fail(WireError::kEndGroup);
  if (number <= 0) return fail(WireError::kIllegalTag, tag >> 3, type);
  field->number = static_cast<uint32_t>(number);
  field->type = static_cast<WireType>(type);
  field->varint = 0;
  field->bytes = {};
  if (!read_payload(field)) return false;
  field->whole = Bytes(begin, static_cast<size_t>(pos_ - begin));
  return true;
}

bool WireReader::read_payload(WireField* field) {
  auto left = static_cast<size_t>(end_ - pos_);
  uint64_t size = 0;
  switch (field->type) {
    case WireType::kVarint:
      return read_varint(&field->varint);
    case WireType::kFixed64:
      if (left < 8) return fail(WireError::kUnexpectedEof);
      field->varint = get_le64(pos_);
      pos_ += 8;
      return true;
    case WireType::kFixed32:
      if (left < 4) return fail(WireError::kUnexpectedEof);
      field->varint = get_le32(pos_);
      pos_ += 4;
      return true;
    case WireType::kBytes:
      if (!read_varint(&size)) return false;
      if (static_cast<int64_t>(size) < 0) return fail(WireError::kInvalidLength);
      if (size > static_cast<size_t>(end_ - pos_)) return fail(WireError::kUnexpectedEof);
      field->bytes = Bytes(pos_, size);
      pos_ += size;
      return true;
    case WireType::kGroupStart:
      return skip_group();
    default:
      return fail(WireError::kIllegalWireType, field->number, static_cast<uint32_t>(field->type));
  }
}

bool WireReader::skip_group() {
  size_t depth = 1;
  while (depth > 0) {
    uint64_t tag = 0;
    if (!read_varint(&tag)) return false;
    WireField inner;
    inner.type = static_cast<WireType>(tag & 7);
    if (inner.type == WireType::kGroupStart) {
      ++depth;
    } else if (inner.type == WireType::kGroupEnd) {
      --depth;
    } else if (!read_payload(&inner)) {
      return false;
    }
  }
  return true;
}

bool WireReader::expect(const WireField& field, WireType type, const char* name) {
  if (field.type == type) return true;
  bad_field_ = name;
  return fail(WireError::kWrongWireType, field.number, static_cast<uint32_t>(field.type));
}

Status WireReader::status(std::string_view name) const {
  switch (error_) {
    case WireError::kNone:
      return ok_status();
    case WireError::kUnexpectedEof:
      return data_loss("unexpected EOF");
    case WireError::kOverflow:
      return data_loss("proto: integer overflow");
    case WireError::kInvalidLength:
      return data_loss("proto: negative length found during unmarshaling");
    case WireError::kEndGroup:
      return data_loss("proto: " + std::string(name) + ": wiretype end group for non-group");
    case WireError::kIllegalTag:
      return data_loss("proto: " + std::string(name) + ": illegal tag " +
                       std::to_string(bad_number_) + " (wire type " + std::to_string(bad_type_) +
                       ")");
    case WireError::kIllegalWireType:
      return data_loss("proto: illegal wireType " + std::to_string(bad_type_));
    case WireError::kWrongWireType:
      return data_loss("proto: wrong wireType = " + std::to_string(bad_type_) + " for field " +
                       bad_field_);
  }
  return ok_status();
}

void put_wire_tag(std::string& out, uint32_t number, WireType type) {
  put_uvarint(out, static_cast<uint64_t>(number) << 3 | static_cast<uint64_t>(type));
}

void put_wire_varint(std::string& out, uint32_t number, uint64_t v) {
  put_wire_tag(out, number, WireType::kVarint);
  put_uvarint(out, v);
}

void put_wire_bytes(std::string& out, uint32_t number, Bytes v) {
  put_wire_length(out, number, v.size());
  out += v;
}

void put_wire_length(std::string& out, uint32_t number, size_t size) {
  put_wire_tag(out, number, WireType::kBytes);
  put_uvarint(out, size);
}

}  // namespace tbl::codec
