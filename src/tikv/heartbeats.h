// What the store tells PD while it runs, and what it hears.
#pragma once

#include "base/stop.h"
#include "tikv/identity.h"
#include "tikv/mvcc/command.h"
#include "tikv/options.h"
#include "tikv/pd_session.h"

namespace tbl::tikv {

/// Three threads of its own: the store's heartbeat every 10 s; the region's on a stream, at once
/// and every 60 s; garbage collection whenever PD's safe point has moved, asked for every 10 s.
/// Failures are logged and tried again. All arguments must outlive it; the destructor stops.
class Heartbeats {
 public:
  Heartbeats(Store& store, PdSession& pd, const Identity& identity, const Options& options);
  ~Heartbeats();

 private:
  void beat_store();
  void beat_region();
  void collect_garbage();
  Status send_store();
  Status run_region_stream();
  Status collect_up_to_safe_point();

  Store& store_;
  PdSession& pd_;
  const Identity& identity_;
  const Options& options_;
  const int64_t start_s_;
  uint64_t collected_ = 0;  ///< safe point of the last collection
  StopSource stop_;
  Thread store_thread_;
  Thread region_thread_;
  Thread gc_thread_;
};

}  // namespace tbl::tikv
