#include <set>

#include "codec/keys.h"
#include "tidb/exec/dml.h"
#include "tidb/exec/dml_table.h"
#include "tidb/exec/exec_util.h"
#include "tidb/exec/executor.h"
#include "tidb/exec/row_bytes.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

/// The rows an UPDATE or DELETE works on. All are read before the first is changed: what the
/// statement writes must not come back as input.
class DmlSource {
 public:
  explicit DmlSource(ExecContext& context) : context_(context), quota_(context.memory) {}

  Status read(const PlanNode& plan) {
    ExecutorPtr executor = make_executor(plan, context_);
    auto read_all = [&]() -> Status {
      TBL_TRY(executor->open());
      Row row;
      while (true) {
        TBL_ASSIGN(bool more, executor->next(&row));
        if (!more) return ok_status();
        TBL_TRY(quota_.consume(row_bytes(row)));
        rows_.push_back(std::move(row));
      }
    };
    Status status = read_all();
    executor->close();
    return status;
  }
  std::vector<Row>& rows() { return rows_; }

 private:
  ExecContext& context_;
  QuotaUse quota_;
  std::vector<Row> rows_;
};

/// A target at work.
struct OpenTarget {
  const DmlTarget* plan = nullptr;
  std::unique_ptr<DmlTable> table;
  std::set<std::pair<int64_t, int64_t>> seen;  ///< physical id, handle

  size_t width() const { return plan->table->columns.size(); }
  /// The target's row in a row of the source; nothing for the padding of an outer join, and for a
  /// row that came before.
  std::optional<TableRow> row_of(const Row& source) {
    const Value& handle = source[plan->first_column + width()];
    if (handle.is_null()) return std::nullopt;
    TableRow row;
    row.handle = handle.as_int();
    row.physical_id = source[plan->first_column + width() + 1].as_int();
    if (!seen.emplace(row.physical_id, row.handle).second) return std::nullopt;
    auto first = source.begin() + static_cast<std::ptrdiff_t>(plan->first_column);
    row.row.assign(first, first + static_cast<std::ptrdiff_t>(width()));
    return row;
  }
};

Result<std::vector<OpenTarget>> open_targets(const std::vector<DmlTarget>& targets,
                                             ExecContext& context) {
  std::vector<OpenTarget> open;
  for (const DmlTarget& target : targets) {
    OpenTarget next;
    next.plan = &target;
    TBL_ASSIGN(next.table, DmlTable::open({target.table, *target.exprs}, context));
    open.push_back(std::move(next));
  }
  return open;
}

class Update {
 public:
  Update(const UpdatePlan& plan, ExecContext& context) : plan_(plan), context_(context) {}

  Result<OkInfo> run() {
    DmlSource source(context_);
    TBL_TRY(source.read(*plan_.source));
    TBL_ASSIGN(std::vector<OpenTarget> targets, open_targets(plan_.targets, context_));
    TBL_TRY(check_defaults(targets));
    KillCheck kill(context_);
    for (Row& row : source.rows()) {
      TBL_TRY(kill.step());
      ++row_number_;
      const Row before = row;
      for (OpenTarget& target : targets) {
        TBL_TRY(update(target, plan_.multi_table ? before : row, &row));
      }
    }
    // A transaction counts on the rows that it left as they were, too.
    if (!unchanged_.empty()) TBL_TRY(context_.transaction->lock_keys(std::move(unchanged_)));
    OkInfo ok;
    ok.affected_rows = context_.client_found_rows ? matched_ : changed_;
    ok.message = update_message(matched_, changed_, context_);
    if (context_.eval.new_last_insert_id) {
      ok.last_insert_id = *context_.eval.new_last_insert_id;
      ok.id_was_generated = true;
    }
    return ok;
  }

 private:
  /// A DEFAULT that a column does not have is an error also when no row is changed.
  Status check_defaults(std::vector<OpenTarget>& targets) {
    if (!context_.eval.convert.strict) return ok_status();
    for (OpenTarget& target : targets) {
      for (const Assignment& assignment : target.plan->assignments) {
        if (!assignment.expr) TBL_TRY(target.table->default_value(assignment.offset).status());
      }
    }
    return ok_status();
  }

  /// `values` is what the assignments read. In a statement on one table that is `*row`, where each
  /// assignment shows at once.
  Status update(OpenTarget& target, const Row& values, Row* row) {
    std::optional<TableRow> before = target.row_of(values);
    if (!before) return ok_status();
    ++matched_;
    Row after = before->row;
    for (const Assignment& assignment : target.plan->assignments) {
      Value value;
      if (assignment.expr) {
        TBL_ASSIGN(value, assignment.expr->eval(context_.eval, values));
        TBL_ASSIGN(value, target.table->cast(assignment.offset, value, row_number_));
      } else {
        TBL_ASSIGN(value, target.table->default_value(assignment.offset));
      }
      (*row)[target.plan->first_column + assignment.offset] = value;
      after[assignment.offset] = std::move(value);
    }
    return write(target, *before, std::move(after));
  }

  Status write(OpenTarget& target, const TableRow& before, Row after) {
    TxnMark mark = context_.transaction->mark();
    auto changed = target.table->update(before, std::move(after), target.plan->assignments);
    if (changed.ok()) {
      if (*changed) {
        ++changed_;
      } else if (context_.transaction->is_pessimistic()) {
        unchanged_.push_back(codec::record_key(before.physical_id, before.handle));
      }
      return ok_status();
    }
    if (!plan_.ignore || !is_ignorable(changed.status())) return changed.status();
    context_.transaction->rollback_to(mark);
    context_.eval.convert.warn(changed.status());
    return ok_status();
  }

  const UpdatePlan& plan_;
  ExecContext& context_;
  uint64_t row_number_ = 0;
  uint64_t matched_ = 0;
  uint64_t changed_ = 0;
  std::vector<std::string> unchanged_;  ///< rows to be locked
};

}  // namespace

Result<OkInfo> run_update(const UpdatePlan& plan, ExecContext& context) {
  IgnoreScope ignore(context, plan.ignore);
  return Update(plan, context).run();
}

Result<OkInfo> run_delete(const DeletePlan& plan, ExecContext& context) {
  IgnoreScope ignore(context, plan.ignore);
  DmlSource source(context);
  TBL_TRY(source.read(*plan.source));
  TBL_ASSIGN(std::vector<OpenTarget> targets, open_targets(plan.targets, context));
  KillCheck kill(context);
  OkInfo ok;
  for (const Row& row : source.rows()) {
    TBL_TRY(kill.step());
    for (OpenTarget& target : targets) {
      std::optional<TableRow> found = target.row_of(row);
      if (!found) continue;
      TBL_TRY(target.table->writer().remove(*found));
      ++ok.affected_rows;
    }
  }
  return ok;
}

}  // namespace tbl::tidb
