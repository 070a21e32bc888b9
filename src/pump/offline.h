// Waits until nobody needs this pump any more.
#pragma once

#include "base/status.h"
#include "base/stop.h"
#include "cluster/registry.h"
#include "pump/fake_writer.h"
#include "pump/storage/storage.h"

namespace tbl::pump {

/// What the wait needs; all outlive it.
struct OfflineParts {
  FakeWriter& fakes;
  const Storage& storage;
  cluster::Registry& registry;
};

/// Returns OK when every prewrite here has its outcome and every drainer that is not offline has
/// read everything; no time limit. kCancelled: stop was requested.
Status wait_safe_to_offline(OfflineParts parts, const StopToken& stop);

}  // namespace tbl::pump
