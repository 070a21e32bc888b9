// Keeps TiDB's garbage collector from versions that a restart would read (`load-schema-snapshot`).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "base/status.h"
#include "base/stop.h"
#include "cluster/pd.h"

namespace tbl::drainer {

/// A service safe point at the checkpoint, renewed by a thread of its own; removed when it is
/// destroyed.
class SafePointKeeper {
 public:
  using GetCommitTs = std::function<uint64_t()>;
  SafePointKeeper(cluster::PdClient& pd, std::string service_id, GetCommitTs commit_ts)
      : pd_(pd), service_id_(std::move(service_id)), commit_ts_(std::move(commit_ts)) {}
  ~SafePointKeeper();

  /// Sets it for the first time. Error: PD refuses, or the garbage collector has already passed it.
  Status start();

 private:
  Status set();
  void keep();

  cluster::PdClient& pd_;
  const std::string service_id_;
  const GetCommitTs commit_ts_;
  StopSource stop_;
  Thread thread_;
};

}  // namespace tbl::drainer
