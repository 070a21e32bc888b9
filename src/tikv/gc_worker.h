// Drops versions that nobody may read any more.
#pragma once

#include "base/stop.h"
#include "tikv/mvcc/command.h"
#include "tikv/pd_session.h"

namespace tbl::tikv {

/// A thread that asks PD for its safe point every 10 s, and collects garbage whenever it has moved.
/// Failures are logged and tried again. All arguments must outlive it; the destructor stops.
class GcWorker {
 public:
  GcWorker(Store& store, PdSession& pd);
  ~GcWorker();

 private:
  void run();
  Status collect_up_to_safe_point();

  Store& store_;
  PdSession& pd_;
  uint64_t collected_ = 0;  ///< safe point of the last collection
  StopSource stop_;
  Thread thread_;
};

}  // namespace tbl::tikv
