// Protobuf's wire format by hand, for the messages where a generated class would copy every byte.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace tbl::codec {

enum class WireType : uint8_t {
  kVarint = 0,
  kFixed64 = 1,
  kBytes = 2,
  kGroupStart = 3,
  kGroupEnd = 4,
  kFixed32 = 5,
};

/// What went wrong; the texts are those that TiDB's and pump's protobuf library gives for the same
/// bytes.
enum class WireError : uint8_t {
  kNone,
  kUnexpectedEof,
  kOverflow,
  kInvalidLength,
  kEndGroup,
  kIllegalTag,
  kIllegalWireType,
  kWrongWireType,
};

/// One field as read: which of `varint` (also fixed32 and fixed64) and `bytes` is set tells `type`.
/// A group is skipped as a whole, its content is in `whole` only.
struct WireField {
  uint32_t number = 0;
  WireType type = WireType::kVarint;
  uint64_t varint = 0;
  Bytes bytes;
  Bytes whole;  ///< tag and value, as they stand in the message

  int64_t as_int64() const { return static_cast<int64_t>(varint); }
  int32_t as_int32() const { return static_cast<int32_t>(varint); }
};

/// Walks over the fields of one message. Points into the message; copies nothing. Bits of a varint
/// above 64 are dropped, as the originals do.
class WireReader {
 public:
  explicit WireReader(Bytes message) : pos_(message.data()), end_(pos_ + message.size()) {}

  /// False at the end and on damage: failed() tells which.
  bool next(WireField* field);
  /// Makes the walk fail unless the field just read, which the message calls `name`, is of that
  /// type.
  bool expect(const WireField& field, WireType type, const char* name);
  bool failed() const { return error_ != WireError::kNone; }
  WireError error() const { return error_; }
  /// The text for "message" `name`, e.g. "unexpected EOF" or "proto: Binlog: wiretype end group for
  /// non-group".
  Status status(std::string_view name) const;

 private:
  bool read_varint(uint64_t* v);
  bool read_payload(WireField* field);
  bool skip_group();
  bool fail(WireError error, uint64_t number = 0, uint32_t type = 0);

  const char* pos_;
  const char* end_;
  WireError error_ = WireError::kNone;
  int32_t bad_number_ = 0;
  uint32_t bad_type_ = 0;
  const char* bad_field_ = "";
};

/// Protobuf's varint: like ByteReader::read_uvarint, but bits above 64 are dropped, as Go's
/// generated code does.
void put_wire_tag(std::string& out, uint32_t number, WireType type);
void put_wire_varint(std::string& out, uint32_t number, uint64_t v);
void put_wire_bytes(std::string& out, uint32_t number, Bytes v);
/// Tag and length only: the caller appends `size` bytes.
void put_wire_length(std::string& out, uint32_t number, size_t size);
/// Bytes of a varint.
constexpr size_t wire_varint_size(uint64_t v) {
  return static_cast<size_t>((63 - __builtin_clzll(v | 1)) / 7 + 1);
}

}  // namespace tbl::codec
