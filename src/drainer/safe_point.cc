#include "drainer/safe_point.h"

#include <fmt/format.h>

#include "base/log.h"

namespace tbl::drainer {

namespace {

using namespace std::chrono_literals;

constexpr int64_t kTtlSeconds = 300;
constexpr auto kInterval = 150s;
constexpr int kTries = 11;

}  // namespace

SafePointKeeper::~SafePointKeeper() {
  if (!thread_.joinable()) return;
  stop_.request_stop();
  thread_.join();
  auto removed = pd_.update_service_gc_safe_point(service_id_, 0, commit_ts_());
  if (!removed.ok()) log_warn("cannot remove service safe point", {{"error", removed.status()}});
}

Status SafePointKeeper::start() {
  TBL_TRY(set());
  thread_ = Thread("safe-point", [this] { keep(); });
  return ok_status();
}

Status SafePointKeeper::set() {
  const uint64_t ts = commit_ts_();
  TBL_ASSIGN(auto lowest, pd_.update_service_gc_safe_point(service_id_, kTtlSeconds, ts));
  if (lowest.min_safe_point <= ts) return ok_status();
  return failed_precondition(fmt::format("service safe point {} is below {} of {}", ts,
                                         lowest.min_safe_point, lowest.service_id));
}

void SafePointKeeper::keep() {
  const StopToken stop = stop_.get_token();
  while (wait_for(stop, kInterval)) {
    Status status = set();
    for (int tries = 1; !status.ok() && tries < kTries; ++tries) {
      if (!wait_for(stop, 1s)) return;
      status = set();
    }
    if (!status.ok()) log_error("cannot renew service safe point", {{"error", status}});
  }
}

}  // namespace tbl::drainer
