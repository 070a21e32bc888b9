// Holds prewrites back until every drainer knows this pump.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "base/status.h"

namespace tbl::pump {

/// A new pump must not take a prewrite before each online drainer reads from it: the drainer could
/// be past its commit ts already. What comes earlier waits here. Any thread.
class WriteGate {
 public:
  /// Runs when the gate opens (ok), or was given up (the error).
  using Waiter = std::function<void(const Status&)>;

  /// True: open, go on. False: `waiter` was taken and is called later, once.
  bool pass_or_wait(Waiter waiter);
  bool open() const;
  /// Ok opens for ever; an error answers all waiters, present and later. Once.
  void settle(const Status& status);

 private:
  mutable std::mutex mutex_;
  bool settled_ = false;
  Status status_;
  std::vector<Waiter> waiters_;
};

}  // namespace tbl::pump
