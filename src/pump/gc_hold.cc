#include "pump/gc_hold.h"

#include "base/log.h"

namespace tbl::pump {

void GcHold::update(uint64_t oldest, Time now) {
  if (now < next_ || (oldest == 0 && held_ == 0)) return;
  next_ = now + kInterval;
  // PD keeps versions above the safe point, so it stands just below the transaction.
  Status status = oracle_.hold_gc(oldest == 0 ? 0 : oldest - 1);
  if (!status.ok()) {
    log_debug("PD was not asked to hold garbage collection back", {{"error", status}});
  }
  held_ = oldest;
}

}  // namespace tbl::pump
