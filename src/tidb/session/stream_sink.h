// Between the executors and the client.
#pragma once

#include <vector>

#include "tidb/exec/result.h"

namespace tbl::tidb {

/// Passes rows on as they come; keeps the OK, which may be told only when the transaction has
/// committed.
class StreamSink : public ResultSink {
 public:
  explicit StreamSink(ResultSink& next) : next_(next) {}
  Status on_columns(const std::vector<ColumnMeta>& columns) override {
    return next_.on_columns(columns);
  }
  Status on_row(const Row& row) override {
    ++rows_;
    return next_.on_row(row);
  }
  Status on_ok(const OkInfo& ok) override {
    ok_ = ok;
    return tbl::ok_status();
  }
  uint64_t rows() const { return rows_; }
  const OkInfo& ok() const { return ok_; }

 private:
  ResultSink& next_;
  uint64_t rows_ = 0;
  OkInfo ok_;
};

}  // namespace tbl::tidb
