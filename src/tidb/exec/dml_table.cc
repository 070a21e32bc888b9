#include "tidb/exec/dml_table.h"

#include <algorithm>

#include "tidb/catalog/schema.h"
#include "tidb/expr/eval_context.h"
#include "tidb/plan/column_default.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

Result<std::unique_ptr<DmlTable>> DmlTable::open(const Target& target, ExecContext& context) {
  std::unique_ptr<DmlTable> table(new DmlTable(target, context));
  TBL_TRY(table->set_up());
  return table;
}

Status DmlTable::set_up() {
  for (size_t i = 0; i < table_->columns.size(); ++i) {
    if (table_->columns[i].type.flag & schema::kFlagAutoIncrement) auto_column_ = i;
  }
  WriterOptions options;
  options.format = context_.row_format_v2 ? RowFormat::kV2 : RowFormat::kV1;
  options.zone = &context_.eval.convert.zone();
  options.check_in_place = context_.check_in_place;
  if (exprs_.partition) {
    options.route = [this](const Row& row) {
      return exprs_.physical_id(*table_, context_.eval, row);
    };
  }
  if (context_.auto_ids && context_.schema) {
    Schema::TableRef ref = context_.schema->table_by_id(table_->id);
    if (!ref) return no_such_table("", table_->name.o);
    int64_t db_id = table_->old_schema_id != 0 ? table_->old_schema_id : ref.database->info->id;
    auto_ids_ = context_.auto_ids->of(db_id, *table_);
    options.row_ids = auto_ids_.get();
  }
  writer_ = std::make_unique<TableWriter>(table_, *context_.transaction, std::move(options));
  return ok_status();
}

Result<Value> DmlTable::cast(size_t offset, const Value& value, uint64_t row) {
  const schema::ColumnInfo& column = table_->columns[offset];
  ColumnTarget target{column.type, column.name.o, row};
  TBL_ASSIGN(Value stored, cast_to_column(value, target, context_.eval.convert));
  return check_not_null(std::move(stored), target, !is_strict(), context_.eval.convert);
}

Result<Value> DmlTable::default_value(size_t offset) {
  const schema::ColumnInfo& column = table_->columns[offset];
  if (!column.is_public()) return origin_default_value(column, context_.eval.convert);
  if (column.is_generated()) return Value::null();
  if (!lacks_default(column)) return column_default(column, context_.eval);
  if (column.type.tp != schema::kTypeEnum) {
    TBL_TRY(context_.eval.convert.report(no_default_for(column.name.o)));
  }
  return zero_value(column.type);
}

Status DmlTable::compute(Row* row) { return exprs_.fill_generated(*table_, context_.eval, row); }

Status DmlTable::complete(TableRow* row) {
  bool has_virtual = std::any_of(exprs_.generated.begin(), exprs_.generated.end(),
                                 [](const TableExprs::Generated& g) { return !g.stored; });
  return has_virtual ? compute(&row->row) : ok_status();
}

Status DmlTable::touch_times(Row* row, const std::vector<Assignment>& assigned) {
  for (size_t i = 0; i < table_->columns.size(); ++i) {
    const schema::ColumnInfo& column = table_->columns[i];
    if (!(column.type.flag & schema::kFlagOnUpdateNow)) continue;
    bool set = std::any_of(assigned.begin(), assigned.end(),
                           [i](const Assignment& a) { return a.offset == i; });
    if (set) continue;
    TBL_ASSIGN((*row)[i], current_time_of(column, context_.eval));
  }
  return ok_status();
}

Result<bool> DmlTable::update(const TableRow& before, Row after,
                              const std::vector<Assignment>& assigned) {
  bool changed = std::any_of(assigned.begin(), assigned.end(), [&](const Assignment& a) {
    const Value& x = before.row[a.offset];
    const Value& y = after[a.offset];
    return x.is_null() != y.is_null() || (!x.is_null() && !(x == y));
  });
  if (!changed) return false;
  TBL_TRY(touch_times(&after, assigned));
  TBL_TRY(compute(&after));
  if (auto_column_ != kNone && auto_ids_ && !(before.row[auto_column_] == after[auto_column_])) {
    TBL_TRY(auto_ids_->rebase(value_to_handle(after[auto_column_])));
  }
  TBL_TRY(writer_->update(before, after).status());
  return true;
}

namespace {

uint64_t warning_count(ExecContext& context) {
  Warnings* warnings = context.eval.warnings();
  return warnings ? warnings->count() : 0;
}

}  // namespace

bool is_ignorable(const Status& status) {
  return is_sql_error(status, kErrDupEntry) || is_sql_error(status, kErrNoPartitionForGivenValue);
}

std::string insert_message(uint64_t records, uint64_t duplicates, ExecContext& context) {
  return "Records: " + std::to_string(records) + "  Duplicates: " + std::to_string(duplicates) +
         "  Warnings: " + std::to_string(warning_count(context));
}

std::string update_message(uint64_t matched, uint64_t changed, ExecContext& context) {
  return "Rows matched: " + std::to_string(matched) + "  Changed: " + std::to_string(changed) +
         "  Warnings: " + std::to_string(warning_count(context));
}

}  // namespace tbl::tidb
