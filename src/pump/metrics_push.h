// Sends the metrics to a Prometheus push gateway.
#pragma once

#include <string>

#include "base/status.h"

namespace tbl::pump {

/// POST to <address>/metrics/job/binlog/instance/<instance>; "http://" is added when missing.
Status push_metrics(const std::string& address, const std::string& instance);

}  // namespace tbl::pump
