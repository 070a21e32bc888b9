// A running store.
#pragma once

#include <memory>

#include "base/status.h"
#include "base/stop.h"
#include "tikv/options.h"

namespace tbl::tikv {

/// Opens the data, joins the cluster, serves. start() and the destructor from one thread.
class TikvServer {
 public:
  /// Waits for PD; returns when clients can connect. kCancelled when `stop` was requested before.
  static Result<std::unique_ptr<TikvServer>> start(const Options& options, const StopToken& stop);
  ~TikvServer();

 private:
  class Impl;
  explicit TikvServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tbl::tikv
