#include "pump/storage/binlog_record.h"

#include "pump/storage/binlog_fields.h"

namespace tbl::pump {
namespace {

uint64_t as_number(int64_t v) { return static_cast<uint64_t>(v); }

void put_range(std::string& out, BinlogField field, const std::optional<ByteRange>& range,
               Bytes message) {
  if (!range) return;
  put_bytes_prefix(out, field, range->length);
  out.append(message.substr(range->offset, range->length));
}

std::string encode(const BinlogFields& fields, Bytes message) {
  std::string out;
  out.reserve(message.size() + 16);
  put_number_field(out, kTpField, as_number(fields.tp));
  put_number_field(out, kStartTsField, fields.start_ts);
  put_number_field(out, kCommitTsField, fields.commit_ts);
  put_range(out, kPrewriteKeyField, fields.prewrite_key, message);
  put_range(out, kPrewriteValueField, fields.prewrite_value, message);
  put_range(out, kDdlQueryField, fields.ddl_query, message);
  put_number_field(out, kDdlJobIdField, as_number(fields.ddl_job_id));
  put_number_field(out, kDdlSchemaStateField, as_number(fields.ddl_schema_state));
  for (const ByteRange& range : fields.unknown) {
    out.append(message.substr(range.offset, range.length));
  }
  return out;
}

BinlogRecord make_record(uint32_t tp, uint64_t start_ts, uint64_t commit_ts) {
  BinlogFields fields;
  fields.tp = static_cast<int32_t>(tp);
  fields.start_ts = start_ts;
  fields.commit_ts = commit_ts;
  return {to_header(fields), encode(fields, {})};
}

}  // namespace

BinlogHeader to_header(const BinlogFields& fields) {
  BinlogHeader header;
  header.tp = static_cast<uint32_t>(fields.tp);
  header.start_ts = fields.start_ts;
  header.commit_ts = fields.commit_ts;
  header.ddl = fields.ddl_job_id > 0;
  return header;
}

Result<BinlogRecord> decode_binlog(std::string payload) {
  TBL_ASSIGN(const BinlogFields fields, parse_binlog_fields(payload));
  BinlogRecord record;
  record.header = to_header(fields);
  record.payload = fields.canonical ? std::move(payload) : encode(fields, payload);
  return record;
}

BinlogRecord make_fake(uint64_t ts) { return make_record(kTpRollback, ts, ts); }

BinlogRecord make_commit(uint64_t start_ts, uint64_t commit_ts) {
  return make_record(kTpCommit, start_ts, commit_ts);
}

}  // namespace tbl::pump
