// WriteBinlog: checks a binlog and hands it to the log.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/byte_budget.h"
#include "base/status.h"
#include "pump/disk_watch.h"
#include "pump/metrics.h"
#include "pump/state.h"
#include "pump/storage/binlog_record.h"
#include "pump/storage/storage.h"
#include "pump/write_gate.h"

namespace tbl::pump {

struct IngestOptions {
  uint64_t cluster_id = 0;
  uint64_t memory_limit_bytes = 256ULL << 20;
  double slow_write_s = 1.0;
};

/// What a write needs of the rest of pump; all outlive Ingest.
struct IngestParts {
  Storage& storage;
  StateMachine& state;
  WriteGate& gate;
  DiskWatch& disk;
  PumpMetrics& metrics;
};

/// Any thread; never blocks. A prewrite is refused unless pump is online, and waits at the gate;
/// commits, rollbacks and fakes are taken in any state. Fakes pass a full disk, so that drainers
/// can go on.
class Ingest {
 public:
  using Reply = std::function<void(const Status&)>;

  Ingest(IngestOptions options, IngestParts parts);

  /// A serialized WriteBinlogReq. `reply` is called once, maybe on the log's writer thread. Errors
  /// are kUnknown with the original's texts.
  void write(std::string request, Reply reply);
  /// The same of a binlog that is not in memory.
  void write_large(uint64_t cluster_id, BinlogRecord record, Reply reply);
  /// Pump's own fake binlog; not counted as a call.
  void write_fake(uint64_t ts, Reply reply);

  /// Calls of write() since the start, the refused ones too.
  uint64_t calls() const { return calls_; }

 private:
  using Time = std::chrono::steady_clock::time_point;

  /// One call of write() until its answer.
  struct Call {
    Reply reply;
    Time begin = std::chrono::steady_clock::now();
    Time stored = begin;  ///< when it had passed the gate
  };

  void answer(const Call& call, const Status& status, Time now);
  Result<BinlogRecord> decode(std::string request) const;
  void pass_gate(BinlogRecord record, Call call);
  Status admit(const BinlogRecord& record) const;
  void store(BinlogRecord record, Call call);
  void finish(const Status& status, const BinlogHeader& header, uint64_t bytes, double spent);

  const IngestOptions options_;
  IngestParts parts_;
  ByteBudget in_flight_;
  std::atomic<uint64_t> calls_{0};
};

}  // namespace tbl::pump
