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
  Status on_row(const Row& row) override { return next_.on_row(row); }
  Status on_ok(const OkInfo& ok) override {
    ok_ = ok;
    return tbl::ok_status();
  }
  const OkInfo& ok() const { return ok_; }

 private:
  ResultSink& next_;
  OkInfo ok_;
};

/// Keeps what comes until it is known to be right. For few rows.
class HeldSink : public ResultSink {
 public:
  Status on_columns(const std::vector<ColumnMeta>& columns) override {
    columns_ = columns;
    return tbl::ok_status();
  }
  Status on_row(const Row& row) override {
    rows_.push_back(row);
    return tbl::ok_status();
  }
  Status on_ok(const OkInfo& ok) override {
    ok_ = ok;
    return tbl::ok_status();
  }
  Status pass_on(ResultSink& next) const {
    TBL_TRY(next.on_columns(columns_));
    for (const Row& row : rows_) TBL_TRY(next.on_row(row));
    return next.on_ok(ok_);
  }

 private:
  std::vector<ColumnMeta> columns_;
  std::vector<Row> rows_;
  OkInfo ok_;
};

}  // namespace tbl::tidb
