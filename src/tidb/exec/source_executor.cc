#include "codec/keys.h"
#include "tidb/exec/exec_util.h"
#include "tidb/exec/make.h"
#include "tidb/exec/row_source.h"
#include "tidb/plan/rules.h"
#include "tidb/plan/table_exprs.h"

namespace tbl::tidb {

namespace {

class StoredTableExecutor : public SourceExecutor {
 public:
  StoredTableExecutor(const DataSourcePlan& plan, ExecContext& context)
      : plan_(plan), context_(context), kill_(context) {}

  void set_ranges(std::vector<ValueRange> ranges) override { given_ = std::move(ranges); }

  Status open() override {
    close();
    TBL_TRY(bind_generated());
    std::vector<ValueRange> ranges = plan_.ranges;
    if (given_) {
      ranges = *given_;
    } else if (plan_.ranges_at_open) {
      ranges = ranges_at_open(plan_, context_.eval);
    }
    TBL_ASSIGN(source_, open_row_source(plan_, std::move(ranges), context_));
    return ok_status();
  }

  Result<bool> next(Row* row) override {
    while (true) {
      TBL_TRY(kill_.step());
      TBL_ASSIGN(bool more, source_->next(&stored_));
      if (!more) return false;
      if (computes_) {
        TBL_TRY(exprs_->fill_generated(*plan_.table, context_.eval, &stored_.row));
      }
      project(row);
      TBL_ASSIGN(bool pass, passes(plan_.filters, context_, *row));
      if (!pass) continue;
      if (plan_.lock_rows) {
        context_.keys_to_lock.push_back(codec::record_key(stored_.physical_id, stored_.handle));
      }
      return true;
    }
  }

  void close() override { source_.reset(); }

 private:
  /// Virtual columns are not stored. An index has their values itself.
  Status bind_generated() {
    if (exprs_ || plan_.access == AccessKind::kIndexReader) return ok_status();
    for (int offset : plan_.offsets) {
      if (offset < 0) continue;
      const schema::ColumnInfo& column = plan_.table->columns[static_cast<size_t>(offset)];
      computes_ = computes_ || (column.is_generated() && !column.generated_stored);
    }
    if (!computes_) return ok_status();
    TBL_ASSIGN(exprs_, bind_table_exprs(*plan_.table, context_.eval));
    return ok_status();
  }

  void project(Row* row) const {
    row->clear();
    for (int offset : plan_.offsets) {
      if (offset == DataSourcePlan::kHandle) {
        row->push_back(Value::of_int(stored_.handle));
      } else if (offset == DataSourcePlan::kPhysicalId) {
        row->push_back(Value::of_int(stored_.physical_id));
      } else {
        row->push_back(stored_.row[static_cast<size_t>(offset)]);
      }
    }
  }

  const DataSourcePlan& plan_;
  ExecContext& context_;
  KillCheck kill_;
  std::optional<std::vector<ValueRange>> given_;
  std::unique_ptr<TableExprs> exprs_;
  bool computes_ = false;
  std::unique_ptr<RowSource> source_;
  TableRow stored_;
};

}  // namespace

std::unique_ptr<SourceExecutor> make_source(const DataSourcePlan& plan, ExecContext& context) {
  return std::make_unique<StoredTableExecutor>(plan, context);
}

}  // namespace tbl::tidb
