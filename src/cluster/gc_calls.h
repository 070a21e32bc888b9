// What a garbage collector asks of the stores.
#pragma once

#include <string>

#include "cluster/tikv.h"

namespace tbl::cluster {

/// Any thread. Does not own the clients.
class GcCalls {
 public:
  GcCalls(PdClient& pd, TikvClient& tikv) : pd_(pd), tikv_(tikv) {}

  /// Commits or rolls back, as their transaction says, all locks with a start ts up to
  /// `safe_point`, in every region. Error: kUnavailable when one belongs to a transaction that
  /// lives.
  Status resolve_locks(uint64_t safe_point);
  /// Removes every version of [start, end) on every store, at once and for good.
  Status destroy_range(const std::string& start, const std::string& end);

 private:
  PdClient& pd_;
  TikvClient& tikv_;
};

}  // namespace tbl::cluster
