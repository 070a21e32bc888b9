#include "codec/binlog_view.h"

#include "codec/wire.h"

namespace tbl::codec {

namespace {

enum FieldNumber : uint32_t {
  kType = 1,
  kStartTs = 2,
  kCommitTs = 3,
  kPrewriteKey = 4,
  kPrewriteValue = 5,
  kDdlQuery = 6,
  kDdlJobId = 7,
  kDdlSchemaState = 8,
};

struct FieldRule {
  WireType type;
  const char* name;
};

/// How the original names its fields in an error.
constexpr FieldRule kRules[] = {
    {WireType::kVarint, ""},
    {WireType::kVarint, "Tp"},
    {WireType::kVarint, "StartTs"},
    {WireType::kVarint, "CommitTs"},
    {WireType::kBytes, "PrewriteKey"},
    {WireType::kBytes, "PrewriteValue"},
    {WireType::kBytes, "DdlQuery"},
    {WireType::kVarint, "DdlJobId"},
    {WireType::kVarint, "DdlSchemaState"},
};

template <typename T>
void set(T* value, bool* has, T v) {
  *value = v;
  *has = true;
}

void take(BinlogView& b, const WireField& f) {
  switch (f.number) {
    case kType:
      return set(&b.type, &b.has_type, f.as_int32());
    case kStartTs:
      return set(&b.start_ts, &b.has_start_ts, f.as_int64());
    case kCommitTs:
      return set(&b.commit_ts, &b.has_commit_ts, f.as_int64());
    case kPrewriteKey:
      return set(&b.prewrite_key, &b.has_prewrite_key, f.bytes);
    case kPrewriteValue:
      return set(&b.prewrite_value, &b.has_prewrite_value, f.bytes);
    case kDdlQuery:
      return set(&b.ddl_query, &b.has_ddl_query, f.bytes);
    case kDdlJobId:
      return set(&b.ddl_job_id, &b.has_ddl_job_id, f.as_int64());
    case kDdlSchemaState:
      return set(&b.ddl_schema_state, &b.has_ddl_schema_state, f.as_int32());
    default:
      b.unknown_fields += f.whole;
  }
}

/// A negative int32 is written as ten bytes, like every negative number.
uint64_t wire_int(int64_t v) { return static_cast<uint64_t>(v); }

size_t bytes_field_size(bool has, Bytes v) {
  return has ? 1 + wire_varint_size(v.size()) + v.size() : 0;
}

}  // namespace

Result<BinlogView> BinlogView::parse(Bytes payload) {
  BinlogView binlog;
  WireReader reader(payload);
  WireField field;
  while (reader.next(&field)) {
    if (field.number < std::size(kRules)) {
      const FieldRule& rule = kRules[field.number];
      if (!reader.expect(field, rule.type, rule.name)) break;
    }
    take(binlog, field);
  }
  if (reader.failed()) return reader.status("Binlog");
  return binlog;
}

void write_binlog(std::string& out, const BinlogView& binlog) {
  out.reserve(out.size() + binlog_size(binlog));
  put_wire_varint(out, kType, wire_int(binlog.type));
  put_wire_varint(out, kStartTs, wire_int(binlog.start_ts));
  put_wire_varint(out, kCommitTs, wire_int(binlog.commit_ts));
  if (binlog.has_prewrite_key) put_wire_bytes(out, kPrewriteKey, binlog.prewrite_key);
  if (binlog.has_prewrite_value) put_wire_bytes(out, kPrewriteValue, binlog.prewrite_value);
  if (binlog.has_ddl_query) put_wire_bytes(out, kDdlQuery, binlog.ddl_query);
  put_wire_varint(out, kDdlJobId, wire_int(binlog.ddl_job_id));
  put_wire_varint(out, kDdlSchemaState, wire_int(binlog.ddl_schema_state));
  out += binlog.unknown_fields;
}

size_t binlog_size(const BinlogView& b) {
  size_t size = 5 + b.unknown_fields.size();
  for (int64_t v : {static_cast<int64_t>(b.type), b.start_ts, b.commit_ts, b.ddl_job_id,
                    static_cast<int64_t>(b.ddl_schema_state)}) {
    size += wire_varint_size(wire_int(v));
  }
  return size + bytes_field_size(b.has_prewrite_key, b.prewrite_key) +
         bytes_field_size(b.has_prewrite_value, b.prewrite_value) +
         bytes_field_size(b.has_ddl_query, b.ddl_query);
}

}  // namespace tbl::codec
