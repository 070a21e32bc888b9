// A running tidb-server: everything in the order it starts and, backwards, stops.
#pragma once

#include <memory>

#include "base/status.h"
#include "base/stop.h"
#include "tidb/server/config.h"

namespace tbl::tidb {

/// start(), wait(), the destructor: from one thread.
class TidbServer {
 public:
  /// Waits for PD and, with the binlog enabled, for a pump, 30 s each; bootstraps an empty cluster;
  /// returns when clients can connect. kCancelled when `stop` was requested before.
  static Result<std::unique_ptr<TidbServer>> start(TidbConfig config, StopSource stop);
  /// Lets running statements end for a while, then cuts the connections.
  ~TidbServer();

  /// Returns when the stop was requested. False: because this server may not go on (its owner key
  /// is lost).
  bool wait();

 private:
  class Impl;
  explicit TidbServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tbl::tidb
