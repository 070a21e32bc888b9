#include "cluster/etcd_lease.h"

#include "base/log.h"

namespace tbl::cluster {
namespace {

constexpr std::chrono::milliseconds kRetryPause{200};

}  // namespace

EtcdLeaseThread::EtcdLeaseThread(Etcd& etcd, const EtcdLease& lease, const StopToken& outer_stop)
    : etcd_(etcd),
      lease_(lease),
      expires_(Clock::now() + std::chrono::seconds(lease.ttl_s)),
      outer_stop_(outer_stop, [this] { stop_.request_stop(); }),
      thread_("etcd-lease", [this] { run(); }) {}

EtcdLeaseThread::~EtcdLeaseThread() { stop_.request_stop(); }

bool EtcdLeaseThread::alive() const { return !gone_.load() && Clock::now() < expires_.load(); }

void EtcdLeaseThread::run() {
  const std::chrono::milliseconds period(lease_.ttl_s * 1000 / 3);
  std::chrono::milliseconds pause = period;
  while (wait_for(stop_.get_token(), pause)) {
    // Counted from before the call: etcd cannot have renewed it earlier than that.
    const auto asked = Clock::now();
    const auto ttl = etcd_.keep_alive_once(lease_.id);
    if (ttl.ok()) {
      expires_.store(asked + std::chrono::seconds(*ttl));
      pause = period;
    } else if (ttl.status().code() == StatusCode::kNotFound) {
      gone_.store(true);
      log_warn("etcd lease is gone", {{"lease", lease_.id}});
      return;
    } else {
      pause = kRetryPause;
    }
  }
}

}  // namespace tbl::cluster
