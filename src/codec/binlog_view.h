// The message Binlog: what TiDB sends to pump and pump to drainer.
#pragma once

#include <string>

#include "base/bytes.h"

namespace tbl::codec {

enum BinlogType : int32_t {
  kBinlogPrewrite = 0,
  kBinlogCommit = 1,
  kBinlogRollback = 2,
  kBinlogPreDdl = 3,
  kBinlogPostDdl = 4,
};

/// A Binlog taken apart without a copy: the Bytes point into the payload (or wherever the maker put
/// them). Absent numbers are 0. For optional bytes presence matters, since it decides what is
/// written again. Field order of the struct is that of the wire.
struct BinlogView {
  int32_t type = kBinlogPrewrite;  ///< BinlogType, but any number may come
  int64_t start_ts = 0;
  int64_t commit_ts = 0;
  Bytes prewrite_key;
  Bytes prewrite_value;
  Bytes ddl_query;
  int64_t ddl_job_id = 0;
  int32_t ddl_schema_state = 0;
  bool has_type = false;
  bool has_start_ts = false;
  bool has_commit_ts = false;
  bool has_prewrite_key = false;
  bool has_prewrite_value = false;
  bool has_ddl_query = false;
  bool has_ddl_job_id = false;
  bool has_ddl_schema_state = false;  ///< TiDB before 3.0.6 does not write it
  std::string unknown_fields;         ///< as they stood, one after the other

  bool is_ddl() const { return ddl_job_id > 0; }
  /// A pump's time signal: a rollback with equal timestamps.
  bool is_fake() const { return start_ts == commit_ts; }

  /// Later duplicates of a field win. Errors carry the texts of the original pump: "unexpected
  /// EOF", "proto: Binlog: wiretype end group for non-group", …
  static Result<BinlogView> parse(Bytes payload);
};

/// Appends the message as TiDB and pump encode it: numbers always, bytes where has_… says so, then
/// the unknown fields.
void write_binlog(std::string& out, const BinlogView& binlog);
/// Bytes that write_binlog will append.
size_t binlog_size(const BinlogView& binlog);

}  // namespace tbl::codec
