#include "pump/gc_hold.h"

#include "base/log.h"

namespace tbl::pump {

void GcHold::update(uint64_t oldest, Time now) {
  const bool is_first = oldest != 0 && (held_ == 0 || held_ == kUnknown);
  if (!is_first && (now < next_ || (oldest == 0 && held_ == 0))) return;
  next_ = now + kInterval;
  // PD keeps versions above the safe point, so it stands just below the transaction.
  Status status = oracle_.hold_gc(oldest == 0 ? 0 : oldest - 1);
  if (status.code() == StatusCode::kFailedPrecondition) {
    log_warn("garbage collection has passed a transaction whose outcome is not known",
             {{"start ts", oldest}, {"reason", status}});
  } else if (!status.ok()) {
    log_debug("PD was not asked to hold garbage collection back", {{"error", status}});
  }
  held_ = oldest;
}

}  // namespace tbl::pump
