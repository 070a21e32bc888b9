// Timestamps for many threads over one stream to PD's leader.
#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "cluster/pd_leader.h"

namespace tbl::cluster {

/// get() may be called by any thread; a thread of its own asks PD for as many timestamps as are
/// wanted at that moment. One message is in flight at a time, so all that arrive meanwhile share
/// the next one.
class TsoBatcher {
 public:
  explicit TsoBatcher(PdLeader& leader);
  ~TsoBatcher();

  /// Repeated over leader changes until PdOptions::total_timeout.
  Result<uint64_t> get();

 private:
  struct Waiting;
  struct Range {
    uint64_t first = 0;
    uint64_t step = 1;
  };

  void run();
  std::vector<Waiting*> take_batch();
  Status serve(const std::vector<Waiting*>& batch);
  /// Gives the error to those whose time is up, the others wait on.
  void give_up_expired(const std::vector<Waiting*>& batch, const Status& why);
  Result<Range> fetch(uint32_t count);
  Result<std::string> exchange(std::string request);
  Result<Range> check(const std::string& message, uint32_t count);

  PdLeader& leader_;
  StopSource stop_;
  std::stop_callback<std::function<void()>> outer_stop_;
  std::mutex mutex_;
  std::condition_variable_any wanted_;
  std::vector<Waiting*> waiting_;
  bool closed_ = false;
  // Of the thread only:
  std::unique_ptr<rpc::ClientStream> stream_;
  std::string stream_address_;
  uint64_t last_ts_ = 0;
  Thread thread_;
};

}  // namespace tbl::cluster
