// The thread behind EtcdWatcher. Inside of etcd*.cc only.
#pragma once

#include <functional>
#include <string>

#include "cluster/etcd_calls.h"

namespace etcdserverpb {
class WatchResponse;
}

namespace tbl::cluster {

class EtcdWatchThread : public EtcdWatcher {
 public:
  using Handler = std::function<void(const EtcdWatchBatch&)>;

  EtcdWatchThread(EtcdCalls& calls, std::string prefix, int64_t from_revision, Handler handler);
  ~EtcdWatchThread() override;

 private:
  void run();
  /// One connection's life. Ok or an error, it is to be made again.
  Status watch_once(rpc::Channel& channel, bool* got_anything);
  Status on_response(const etcdserverpb::WatchResponse& response);

  EtcdCalls& calls_;
  const std::string prefix_;
  const Handler handler_;
  int64_t next_revision_;  ///< 0: not known yet, from now on
  StopSource stop_;
  std::stop_callback<std::function<void()>> outer_stop_;
  Thread thread_;
};

}  // namespace tbl::cluster
