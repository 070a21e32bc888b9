// A running PD.
#pragma once

#include <memory>

#include "base/status.h"
#include "base/stop.h"
#include "pd/options.h"

namespace tbl::pd {

/// Starts etcd, loads what it knows, then serves. start() and the destructor from one thread.
class PdServer {
 public:
  /// Returns when clients can connect. Error: etcd, the data directory or an address; kCancelled
  /// when `stop` was requested before.
  static Result<std::unique_ptr<PdServer>> start(const Options& options, const StopToken& stop);
  /// Ends the calls, then etcd.
  ~PdServer();

 private:
  class Impl;
  explicit PdServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tbl::pd
