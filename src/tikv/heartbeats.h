// What one store tells PD while it runs.
#pragma once

#include <map>

#include "base/stop.h"
#include "tikv/mvcc/command.h"
#include "tikv/options.h"
#include "tikv/pd_session.h"
#include "tikv/regions.h"

namespace tbl::tikv {

/// Two threads of its own: the store's heartbeat every 10 s; those of the regions that it leads on
/// a stream, at once, whenever they change, and every 60 s. Failures are logged and tried again.
/// All arguments must outlive it; the destructor stops.
class Heartbeats {
 public:
  struct Parts {
    Store& store;
    Regions& regions;
    PdSession& pd;
    const Options& options;
  };
  Heartbeats(Parts parts, uint64_t store_id);
  ~Heartbeats();

 private:
  class RegionStream;
  void beat_store();
  void beat_regions();
  Status send_store();
  Status run_region_stream();

  const Parts parts_;
  const uint64_t store_id_;
  const int64_t start_s_;
  StopSource stop_;
  Thread store_thread_;
  Thread region_thread_;
};

}  // namespace tbl::tikv
