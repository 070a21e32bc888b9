// Keeps the pullers in step with the registry.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/stop.h"
#include "cluster/node_status.h"
#include "drainer/merger.h"
#include "drainer/puller.h"

namespace tbl::drainer {

struct PumpListOptions {
  uint64_t cluster_id = 0;
  std::chrono::seconds interval{5};  ///< `detect-interval`
  bool gzip = false;
  spill::SpillDir* spill = nullptr;  ///< for the pullers
};

/// One thread lists the pumps at every interval and whenever somebody asks, and adds, pauses and
/// removes sources of the merge: every pump that is not offline is one. A listing that fails is
/// only logged. The merge is opened after the first listing.
class PumpList {
 public:
  using List = std::function<Result<std::vector<cluster::NodeStatus>>()>;

  PumpList(PumpListOptions options, Merger& merger, List list, Puller::Connect connect,
           std::function<void(const Status&)> on_fatal);
  /// Stops the pullers.
  ~PumpList();

  void start();
  /// Lists now; returns when the pumps that are registered at this moment are sources. For Notify.
  Status refresh();
  /// Last commit ts received per pump; nothing before the first listing. Rebuilt with every
  /// listing.
  std::optional<std::map<std::string, uint64_t>> positions() const;
  /// Sentences: why a listing failed, which pumps cannot be read or are paused. As of the last
  /// listing.
  std::vector<std::string> hold_ups() const;
  void stop();

 private:
  void run();
  Status list_once();
  void update(const cluster::NodeStatus& pump);
  void add(const cluster::NodeStatus& pump, const std::string& id);
  std::vector<std::string> find_hold_ups(const std::vector<cluster::NodeStatus>& pumps) const;

  const PumpListOptions options_;
  Merger& merger_;
  const List list_;
  const Puller::Connect connect_;
  const std::function<void(const Status&)> on_fatal_;
  std::map<std::string, std::unique_ptr<Puller>> pullers_;  ///< of the listing thread

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  uint64_t wanted_ = 0;  ///< number of the last listing asked for
  uint64_t done_ = 0;    ///< every request up to here was served by a listing begun after it
  Status last_result_;
  std::optional<std::map<std::string, uint64_t>> positions_;
  std::vector<std::string> hold_ups_;
  StopSource stop_;
  Thread thread_;
};

}  // namespace tbl::drainer
