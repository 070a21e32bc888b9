// Regions that never come to rest: for tests of clients.
#pragma once

#include <random>

#include "base/stop.h"
#include "tikv/methods.h"
#include "tikv/mvcc/engine.h"
#include "tikv/options.h"

namespace tbl::tikv {

/// Two threads: one splits regions at keys that exist, or merges neighbours once there are many;
/// the other moves leaders between the region's peers, with a time without one in between. All
/// arguments must outlive it; the destructor stops.
class Unrest {
 public:
  struct Parts {
    Engine& engine;
    Regions& regions;
    Splitter& splitter;
  };
  Unrest(Parts parts, const UnrestOptions& options);
  ~Unrest();

 private:
  void cut();
  void move();
  Status split_one(std::minstd_rand& random);
  Status merge_one(std::minstd_rand& random);
  Status move_one(std::minstd_rand& random);

  const Parts parts_;
  const UnrestOptions& options_;
  const uint64_t seed_;
  StopSource stop_;
  Thread cutter_;
  Thread mover_;
};

}  // namespace tbl::tikv
