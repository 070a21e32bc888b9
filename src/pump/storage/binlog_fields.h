// The fields of a serialized `Binlog`, found without copying: in memory or straight in a segment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "base/varint_buffer.h"
#include "pump/storage/binlog_record.h"
#include "pump/storage/segment_window.h"

namespace tbl::pump {

/// A range of the message.
struct ByteRange {
  uint64_t offset = 0;
  uint64_t length = 0;
};

/// Values of the numbers, places of the bytes. As in the original's decoder the last of a repeated
/// field counts, and unknown fields are kept, tag included, in the order they came.
struct BinlogFields {
  int32_t tp = 0;
  uint64_t start_ts = 0;
  uint64_t commit_ts = 0;
  std::optional<ByteRange> prewrite_key;
  std::optional<ByteRange> prewrite_value;
  std::optional<ByteRange> ddl_query;
  int64_t ddl_job_id = 0;
  int32_t ddl_schema_state = 0;
  std::vector<ByteRange> unknown;
  /// The bytes are what the original's encoder would write.
  bool canonical = false;
};

/// Numbers of the fields of Binlog.
enum BinlogField : uint32_t {
  kTpField = 1,
  kStartTsField,
  kCommitTsField,
  kPrewriteKeyField,
  kPrewriteValueField,
  kDdlQueryField,
  kDdlJobIdField,
  kDdlSchemaStateField,
};

/// Errors have the texts of the original's decoder, e.g. "unexpected EOF".
Result<BinlogFields> parse_binlog_fields(Bytes message);
/// The same for the payload of a record of any length, in bounded memory.
Result<BinlogFields> parse_binlog_fields(SegmentWindow& window, const Place& place);

BinlogHeader to_header(const BinlogFields& fields);

/// Room for all numbers of a Binlog and the prefix of a bytes field.
using FieldBuffer = VarintBuffer<64>;

/// Tag and value of a number; a negative one takes ten bytes.
void put_number_field(std::string& out, BinlogField field, uint64_t value);
void put_number_field(FieldBuffer& out, BinlogField field, uint64_t value);
/// Tag and length of a bytes field.
void put_bytes_prefix(std::string& out, BinlogField field, uint64_t length);
void put_bytes_prefix(FieldBuffer& out, BinlogField field, uint64_t length);

}  // namespace tbl::pump
