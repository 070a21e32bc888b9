// Counts rows by kind.
#pragma once

#include "base/metrics.h"
#include "drainer/decode/transaction.h"

namespace tbl::drainer {

/// binlog_drainer_event{type="Insert|Update|Delete"}. Any thread.
class RowCounters {
 public:
  RowCounters();
  void count(const decode::Transaction& transaction) const;

  /// Of several transactions, by RowKind.
  struct Counts {
    size_t by_kind[3] = {};
    void add(const decode::Transaction& transaction);
  };
  void count(const Counts& counts) const;

 private:
  Counter* by_kind_[3];
};

}  // namespace tbl::drainer
