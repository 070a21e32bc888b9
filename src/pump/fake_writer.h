// Writes fake binlogs: progress marks that let drainers go on when nothing happens here.
#pragma once

#include <cstdint>

#include "base/log.h"
#include "base/status.h"
#include "base/stop.h"
#include "cluster/pd.h"
#include "pump/ingest.h"
#include "pump/storage/storage.h"

namespace tbl::pump {

/// tick() from one thread, write() from any.
class FakeWriter {
 public:
  FakeWriter(Ingest& ingest, cluster::TsoSource& tso, const Storage& storage)
      : ingest_(ingest), tso_(tso), storage_(storage) {}

  /// Once per interval: writes a fake if no binlog came since the last tick, or if those that came
  /// (probes, rollbacks, refused ones) brought no progress.
  void tick();
  /// Takes a fresh ts from PD and returns it when its fake is durable.
  Result<uint64_t> write();

 private:
  void check_clock(uint64_t ts);

  Ingest& ingest_;
  cluster::TsoSource& tso_;
  const Storage& storage_;
  uint64_t last_calls_ = 0;
  uint64_t last_max_ts_ = 0;
  LogEvery clock_complaint_{60'000};
};

}  // namespace tbl::pump
