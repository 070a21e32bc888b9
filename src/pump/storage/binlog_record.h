// One stored `Binlog` (proto/binlog.proto): its three header fields and its canonical bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/status.h"
#include "pump/storage/large_payload.h"

namespace tbl::pump {

/// Values of Binlog.tp; others exist in old logs and count as commits.
constexpr uint32_t kTpPrewrite = 0;
constexpr uint32_t kTpCommit = 1;
constexpr uint32_t kTpRollback = 2;

/// What the log and the sorter need to know of a binlog.
struct BinlogHeader {
  uint32_t tp = kTpPrewrite;
  uint64_t start_ts = 0;
  uint64_t commit_ts = 0;
  bool ddl = false;  ///< ddl_job_id > 0

  /// P: also a binlog without tp.
  bool is_prewrite() const { return tp == kTpPrewrite; }
  bool is_rollback() const { return tp == kTpRollback; }
  /// Internal progress mark: start ts and commit ts are the same fresh ts. Its tp is Rollback.
  bool is_fake() const { return start_ts > 0 && start_ts == commit_ts; }
  /// What TiDB sends to see whether a pump is alive; answered, never stored.
  bool is_probe() const { return start_ts == 0 && commit_ts == 0; }
};

/// A binlog that may be written: `payload` is in the canonical form that the original stores
/// (fields in order of their numbers, tp, start_ts, commit_ts, ddl_job_id and ddl_schema_state
/// always present, unknown fields at the end as they came).
struct BinlogRecord {
  BinlogHeader header;
  std::string payload;
  std::shared_ptr<const LargePayload> large{};  ///< instead of `payload`

  uint64_t size() const { return large ? large->size() : payload.size(); }
};

/// Decodes what a client sent. Errors have the texts a client of the original gets, e.g.
/// "unexpected EOF". Empty bytes are a probe. A payload in canonical form is not copied.
Result<BinlogRecord> decode_binlog(std::string payload);

/// The fake binlog of a ts.
BinlogRecord make_fake(uint64_t ts);
/// The commit binlog of a transaction whose commit was found in TiKV.
BinlogRecord make_commit(uint64_t start_ts, uint64_t commit_ts);

}  // namespace tbl::pump
