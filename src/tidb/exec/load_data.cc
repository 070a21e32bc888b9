#include "tidb/exec/dml.h"
#include "tidb/exec/exec_util.h"
#include "tidb/exec/insert_rows.h"
#include "tidb/exec/load_lines.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

OnDuplicateRow rule_of(const LoadDataPlan& plan) {
  if (plan.replace) return OnDuplicateRow::kReplace;
  return plan.ignore ? OnDuplicateRow::kIgnore : OnDuplicateRow::kError;
}

class Load {
 public:
  Load(const LoadDataPlan& plan, DmlTable& table, ExecContext& context)
      : plan_(plan), table_(table), context_(context), rows_(table, context, rule_of(plan)) {}

  Result<OkInfo> run() {
    TBL_TRY(context_.load_data->open(plan_.path, plan_.local));
    LoadLines lines(plan_.format, *context_.load_data);
    TBL_TRY(lines.start());
    KillCheck kill(context_);
    std::vector<LoadField> fields;
    while (true) {
      TBL_TRY(kill.step());
      TBL_ASSIGN(bool more, lines.next(&fields));
      if (!more) break;
      TBL_TRY(add(fields));
    }
    OkInfo ok = rows_.info();
    uint64_t skipped = plan_.replace ? 0 : rows_.duplicates();
    uint64_t deleted = plan_.replace ? rows_.duplicates() : 0;
    Warnings* warnings = context_.eval.warnings();
    ok.message = "Records: " + std::to_string(rows_.records()) +
                 "  Deleted: " + std::to_string(deleted) + "  Skipped: " + std::to_string(skipped) +
                 "  Warnings: " + std::to_string(warnings ? warnings->count() : 0);
    return ok;
  }

 private:
  Status add(const std::vector<LoadField>& fields) {
    Row row = rows_.blank();
    std::vector<bool> given(row.size(), false);
    uint64_t number = rows_.records() + 1;
    if (fields.size() < plan_.fields.size()) {
      TBL_TRY(context_.eval.convert.report(
          sql_error(kErrWarnTooFewRecords,
                    "Row " + std::to_string(number) + " doesn't contain data for all columns")));
    } else if (fields.size() > plan_.fields.size()) {
      TBL_TRY(context_.eval.convert.report(
          sql_error(kErrWarnTooManyRecords,
                    "Row " + std::to_string(number) +
                        " was truncated; it contained more data than there were input columns")));
    }
    for (size_t i = 0; i < plan_.fields.size() && i < fields.size(); ++i) {
      Value value = fields[i] ? Value::of_string(*fields[i]) : Value::null();
      const LoadDataPlan::Field& target = plan_.fields[i];
      if (!target.offset) {
        context_.eval.hooks->set_user_variable(target.variable, {value, string_type()});
      } else {
        TBL_TRY(give(*target.offset, value, &row, &given));
      }
    }
    for (const Assignment& assignment : plan_.assignments) {
      if (!assignment.expr) continue;
      TBL_ASSIGN(Value value, assignment.expr->eval(context_.eval, row));
      TBL_TRY(give(assignment.offset, value, &row, &given));
    }
    return rows_.add(std::move(row), given);
  }

  Status give(size_t offset, const Value& value, Row* row, std::vector<bool>* given) {
    (*given)[offset] = true;
    if (rows_.wants_auto_id(offset, value)) {
      (*row)[offset] = Value::null();
      return ok_status();
    }
    TBL_ASSIGN((*row)[offset], table_.cast(offset, value, rows_.records() + 1));
    return ok_status();
  }

  const LoadDataPlan& plan_;
  DmlTable& table_;
  ExecContext& context_;
  InsertRows rows_;
};

}  // namespace

Result<OkInfo> run_load_data(const LoadDataPlan& plan, ExecContext& context) {
  if (!context.load_data) return not_supported_yet("LOAD DATA here");
  IgnoreScope ignore(context, plan.ignore);
  TBL_ASSIGN(auto table, DmlTable::open({plan.table, *plan.exprs}, context));
  return Load(plan, *table, context).run();
}

}  // namespace tbl::tidb
