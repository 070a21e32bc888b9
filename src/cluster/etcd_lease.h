// The thread behind EtcdLeaseKeeper. Inside of etcd*.cc only.
#pragma once

#include <atomic>
#include <functional>

#include "cluster/etcd.h"

namespace tbl::cluster {

class EtcdLeaseThread : public EtcdLeaseKeeper {
 public:
  EtcdLeaseThread(Etcd& etcd, const EtcdLease& lease, const StopToken& outer_stop);
  ~EtcdLeaseThread() override;
  bool alive() const override;

 private:
  using Clock = std::chrono::steady_clock;
  void run();

  Etcd& etcd_;
  const EtcdLease lease_;
  std::atomic<bool> gone_{false};
  std::atomic<Clock::time_point> expires_;
  StopSource stop_;
  std::stop_callback<std::function<void()>> outer_stop_;
  Thread thread_;
};

}  // namespace tbl::cluster
