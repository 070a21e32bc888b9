// The process's metrics over HTTP: asked for, and pushed to a Prometheus push gateway.
#pragma once

#include <string>

#include "base/status.h"

namespace tbl::rpc {

class Server;

/// GET /metrics. Below /debug/pprof/, where the originals have profiles of Go's runtime, a 404 says
/// that there are none.
void add_metrics_paths(Server& server);

/// Sends all metrics to <address>/metrics/job/binlog/instance/<instance>; "http://" is added when
/// missing. An error names the address, and is logged here already.
Status push_metrics(const std::string& address, const std::string& instance);

}  // namespace tbl::rpc
