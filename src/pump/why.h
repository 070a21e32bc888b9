// GET /debug/why: in one JSON, why the feed stands where it stands.
#pragma once

#include <chrono>
#include <string>

#include "cluster/cluster.h"
#include "pump/disk_watch.h"
#include "pump/feed.h"
#include "pump/registration.h"
#include "pump/resolver.h"
#include "pump/state.h"
#include "pump/storage/storage.h"
#include "pump/write_gate.h"

namespace tbl::pump {

/// What is looked at; all outlive Why.
struct WhyParts {
  cluster::Cluster& cluster;
  Storage& storage;
  StateMachine& state;
  Registration& registration;
  Resolver& resolver;
  WriteGate& gate;
  DiskWatch& disk;
  Feed& feed;
  std::chrono::nanoseconds gc_keep;
};

/// "reasons" says it in sentences, the rest are the figures behind them. Any thread. Answers at
/// once also when PD does not: what only PD knows is then left out.
class Why {
 public:
  explicit Why(WhyParts parts) : parts_(parts) {}

  std::string to_json() const;

 private:
  WhyParts parts_;
};

}  // namespace tbl::pump
