#include "pump/storage/binlog_fields.h"

#include <algorithm>

#include "pump/storage/segment_format.h"

namespace tbl::pump {
namespace {

constexpr size_t kLongestVarint = 10;

enum WireType : uint32_t { kVarint, kFixed64, kBytes, kGroupBegin, kGroupEnd, kFixed32 };

struct Field {
  uint32_t number = 0;
  uint32_t wire_type = 0;
  uint64_t tag = 0;
  uint64_t value = 0;    ///< of a number
  ByteRange whole;       ///< tag included
  ByteRange bytes;       ///< contents of a bytes field
  bool shortest = true;  ///< tag, number and length are encoded as short as can be
};

size_t varint_bytes(uint64_t v) {
  size_t n = 1;
  for (; v >= 0x80; v >>= 7) ++n;
  return n;
}

Status check_wire_type(const Field& field) {
  static constexpr const char* kNames[] = {"",         "Tp",          "StartTs",
                                           "CommitTs", "PrewriteKey", "PrewriteValue",
                                           "DdlQuery", "DdlJobId",    "DdlSchemaState"};
  if (field.number > kDdlSchemaStateField) return ok_status();
  const bool bytes = field.number >= kPrewriteKeyField && field.number <= kDdlQueryField;
  if (field.wire_type == (bytes ? kBytes : kVarint)) return ok_status();
  return unknown_error("proto: wrong wireType = " + std::to_string(field.wire_type) +
                       " for field " + kNames[field.number]);
}

/// Walks over the top-level fields of a message that lies in memory or in a segment.
class FieldScanner {
 public:
  explicit FieldScanner(Bytes message) : chunk_(message), size_(message.size()) {}
  FieldScanner(SegmentWindow* window, uint64_t base, uint64_t size)
      : window_(window), base_(base), size_(size) {}

  bool at_end() const { return pos_ == size_; }
  uint64_t size() const { return size_; }

  Status next(Field* field) {
    field->whole.offset = pos_;
    field->shortest = true;
    TBL_TRY(read_tag(field));
    if (field->wire_type == kGroupEnd) {
      return unknown_error("proto: Binlog: wiretype end group for non-group");
    }
    if (field->number == 0 || field->number > INT32_MAX) {
      return unknown_error("proto: Binlog: illegal tag " +
                           std::to_string(static_cast<int32_t>(field->number)) + " (wire type " +
                           std::to_string(field->tag) + ")");
    }
    TBL_TRY(check_wire_type(*field));
    TBL_TRY(read_value(field));
    for (int depth = field->wire_type == kGroupBegin ? 1 : 0; depth > 0;) {
      Field inner;
      TBL_TRY(read_tag(&inner));
      if (inner.wire_type == kGroupBegin) ++depth;
      if (inner.wire_type == kGroupEnd) --depth;
      TBL_TRY(read_value(&inner));
    }
    field->whole.length = pos_ - field->whole.offset;
    return ok_status();
  }

 private:
  Status read_tag(Field* field) {
    TBL_TRY(read_varint(&field->tag, &field->shortest));
    field->number = static_cast<uint32_t>(field->tag >> 3);
    field->wire_type = field->tag & 7;
    return ok_status();
  }

  Status read_value(Field* field) {
    switch (field->wire_type) {
      case kVarint:
        return read_varint(&field->value, &field->shortest);
      case kFixed64:
        return skip(8);
      case kFixed32:
        return skip(4);
      case kGroupBegin:
      case kGroupEnd:
        return ok_status();
      case kBytes:
        TBL_TRY(read_varint(&field->bytes.length, &field->shortest));
        if (field->bytes.length > INT64_MAX) {
          return unknown_error("proto: negative length found during unmarshaling");
        }
        field->bytes.offset = pos_;
        return skip(field->bytes.length);
      default:
        return unknown_error("proto: illegal wireType " + std::to_string(field->wire_type));
    }
  }

  Status skip(uint64_t n) {
    if (n > size_ - pos_) return unknown_error("unexpected EOF");
    pos_ += n;
    return ok_status();
  }

  Status read_varint(uint64_t* value, bool* shortest) {
    TBL_TRY(fill());
    const uint64_t begin = pos_;
    *value = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (shift >= 64) return unknown_error("proto: integer overflow");
      if (pos_ == size_) return unknown_error("unexpected EOF");
      const auto byte = static_cast<uint8_t>(chunk_[pos_ - chunk_begin_]);
      ++pos_;
      *value |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) break;
    }
    if (pos_ - begin != varint_bytes(*value)) *shortest = false;
    return ok_status();
  }

  /// Makes the next varint readable from chunk_.
  Status fill() {
    const size_t wanted = std::min<uint64_t>(kLongestVarint, size_ - pos_);
    if (window_ == nullptr || wanted == 0) return ok_status();
    TBL_ASSIGN(chunk_, window_->view(base_ + pos_, wanted));
    chunk_begin_ = pos_;
    if (chunk_.size() < wanted) return unknown_error("unexpected EOF");
    return ok_status();
  }

  SegmentWindow* window_ = nullptr;
  uint64_t base_ = 0;  ///< offset of the message in the segment
  Bytes chunk_;
  uint64_t chunk_begin_ = 0;
  uint64_t size_;
  uint64_t pos_ = 0;
};

void take_known(const Field& field, BinlogFields* fields) {
  switch (field.number) {
    case kTpField:
      fields->tp = static_cast<int32_t>(field.value);
      break;
    case kStartTsField:
      fields->start_ts = field.value;
      break;
    case kCommitTsField:
      fields->commit_ts = field.value;
      break;
    case kPrewriteKeyField:
      fields->prewrite_key = field.bytes;
      break;
    case kPrewriteValueField:
      fields->prewrite_value = field.bytes;
      break;
    case kDdlQueryField:
      fields->ddl_query = field.bytes;
      break;
    case kDdlJobIdField:
      fields->ddl_job_id = static_cast<int64_t>(field.value);
      break;
    default:
      fields->ddl_schema_state = static_cast<int32_t>(field.value);
      break;
  }
}

/// An int32 is written as the 64-bit number of the same value; other upper bits are lost in
/// decoding.
bool is_int32(uint64_t v) {
  return v == static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(v)));
}

Result<BinlogFields> parse(FieldScanner scanner) {
  BinlogFields fields;
  bool canonical = true;
  uint32_t last = 0;
  uint32_t seen = 0;
  while (!scanner.at_end()) {
    Field field;
    TBL_TRY(scanner.next(&field));
    if (field.number > kDdlSchemaStateField) {
      fields.unknown.push_back(field.whole);
      last = UINT32_MAX;
      continue;
    }
    take_known(field, &fields);
    const bool narrow = field.number == kTpField || field.number == kDdlSchemaStateField;
    if (field.number <= last || !field.shortest || (narrow && !is_int32(field.value))) {
      canonical = false;
    }
    last = field.number;
    seen |= 1u << field.number;
  }
  constexpr uint32_t kAlways = 1u << kTpField | 1u << kStartTsField | 1u << kCommitTsField |
                               1u << kDdlJobIdField | 1u << kDdlSchemaStateField;
  fields.canonical = canonical && (seen & kAlways) == kAlways;
  return fields;
}

/// Reads what nearly every binlog is: canonical, without unknown fields.
class PlainReader {
 public:
  explicit PlainReader(Bytes message) : begin_(message.data()), in_(message) {}

  bool at_end() const { return in_.empty(); }
  bool number(BinlogField field, uint64_t* value) { return tag(field, kVarint) && varint(value); }
  /// True also when there is no such field.
  bool bytes(BinlogField field, std::optional<ByteRange>* range) {
    if (!tag(field, kBytes)) return true;
    uint64_t length = 0;
    if (!varint(&length)) return false;
    *range = ByteRange{static_cast<uint64_t>(in_.position() - begin_), length};
    return in_.skip(length);
  }

 private:
  bool tag(BinlogField field, WireType type) {
    if (in_.empty() || static_cast<uint8_t>(*in_.position()) != (field << 3 | type)) return false;
    return in_.skip(1);
  }
  bool varint(uint64_t* value) {
    const char* const at = in_.position();
    return in_.read_uvarint(value) &&
           static_cast<size_t>(in_.position() - at) == varint_bytes(*value);
  }

  const char* const begin_;
  ByteReader in_;
};

/// Nothing: not plain, the scanner has to look.
std::optional<BinlogFields> parse_plain(Bytes message) {
  PlainReader in(message);
  BinlogFields fields;
  uint64_t tp = 0;
  uint64_t job_id = 0;
  uint64_t schema_state = 0;
  const bool plain = in.number(kTpField, &tp) && in.number(kStartTsField, &fields.start_ts) &&
                     in.number(kCommitTsField, &fields.commit_ts) &&
                     in.bytes(kPrewriteKeyField, &fields.prewrite_key) &&
                     in.bytes(kPrewriteValueField, &fields.prewrite_value) &&
                     in.bytes(kDdlQueryField, &fields.ddl_query) &&
                     in.number(kDdlJobIdField, &job_id) &&
                     in.number(kDdlSchemaStateField, &schema_state) && in.at_end();
  if (!plain || !is_int32(tp) || !is_int32(schema_state)) return std::nullopt;
  fields.tp = static_cast<int32_t>(tp);
  fields.ddl_job_id = static_cast<int64_t>(job_id);
  fields.ddl_schema_state = static_cast<int32_t>(schema_state);
  fields.canonical = true;
  return fields;
}

}  // namespace

Result<BinlogFields> parse_binlog_fields(Bytes message) {
  if (auto fields = parse_plain(message)) return *std::move(fields);
  return parse(FieldScanner(message));
}

Result<BinlogFields> parse_binlog_fields(SegmentWindow& window, const Place& place) {
  return parse(FieldScanner(&window, place.offset + kRecordHeaderBytes, place.length));
}

void put_number_field(FieldBuffer& out, BinlogField field, uint64_t value) {
  out.put(field << 3 | kVarint);
  out.put(value);
}

void put_bytes_prefix(FieldBuffer& out, BinlogField field, uint64_t length) {
  out.put(field << 3 | kBytes);
  out.put(length);
}

void put_number_field(std::string& out, BinlogField field, uint64_t value) {
  FieldBuffer buffer;
  put_number_field(buffer, field, value);
  out.append(buffer.bytes());
}

void put_bytes_prefix(std::string& out, BinlogField field, uint64_t length) {
  FieldBuffer buffer;
  put_bytes_prefix(buffer, field, length);
  out.append(buffer.bytes());
}

}  // namespace tbl::pump
