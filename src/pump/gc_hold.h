// Keeps TiDB's garbage collector away from transactions that only TiKV can tell about.
#pragma once

#include <chrono>
#include <cstdint>

#include "pump/oracle.h"

namespace tbl::pump {

/// Sets pump's service safe point in PD and renews it once a minute while there is a reason, and
/// removes it when there is none, also one that an earlier process left. It outlives this process
/// by a day. PDs that do not know the call are left alone. One thread.
class GcHold {
 public:
  using Time = std::chrono::steady_clock::time_point;
  GcHold(Oracle& oracle, Time start) : oracle_(oracle), next_(start + kInterval) {}

  /// `oldest`: start ts of the oldest transaction in question, 0: there is none.
  void update(uint64_t oldest, Time now);

 private:
  static constexpr std::chrono::seconds kInterval{60};
  static constexpr uint64_t kUnknown = UINT64_MAX;

  Oracle& oracle_;
  Time next_;
  uint64_t held_ = kUnknown;
};

}  // namespace tbl::pump
