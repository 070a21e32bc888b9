// Columns: added and dropped through the states of an online change, modified in one.
#include <fmt/format.h>

#include "tidb/ddl/job_step.h"
#include "tidb/ddl/table_edit.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using schema::ActionType;
using schema::ColumnInfo;
using schema::JobState;
using schema::SchemaState;
using schema::TableInfo;

Status unknown_column_of(const TableInfo& table, std::string_view column) {
  return sql_error(kErrBadField, fmt::format("Unknown column '{}' in '{}'", column, table.name.o));
}

/// Where FIRST or AFTER puts a column that now stands at `current`; none: AFTER an unknown column.
std::optional<size_t> target_position(const TableInfo& table, const JobArgs& args, size_t current,
                                      size_t otherwise) {
  if (args.first) return 0;
  if (args.after.empty()) return otherwise;
  const int after = column_position(table, args.after);
  if (after < 0) return std::nullopt;
  const auto position = static_cast<size_t>(after);
  return position < current ? position + 1 : position;
}

/// The new column at the end of the table, not yet to be seen by anybody.
Status append_column(JobStep& step, TableInfo* table) {
  ColumnInfo column = step.args.table.columns.at(0);
  if (column_position(*table, column.name.l) >= 0) {
    return step.fail(sql_error(kErrDupFieldName, "Duplicate column name '" + column.name.o + "'"));
  }
  if (!step.args.after.empty() && column_position(*table, step.args.after) < 0) {
    return step.fail(unknown_column_of(*table, step.args.after));
  }
  column.id = ++table->max_column_id;
  column.offset = static_cast<int64_t>(table->columns.size());
  column.state = SchemaState::kDeleteOnly;
  table->columns.push_back(std::move(column));
  return ok_status();
}

Status finish_add_column(JobStep& step, TableInfo table, size_t current) {
  const size_t end = table.columns.size() - 1;
  auto position = target_position(table, step.args, current, end);
  table.columns[current].state = SchemaState::kPublic;
  move_column(table, current, position.value_or(end));
  return step.finish(std::move(table), SchemaState::kPublic);
}

Status finish_drop_column(JobStep& step, TableInfo table, size_t current) {
  const schema::CiName name = table.columns[current].name;
  table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(current));
  const bool rolled_back = step.job.state == JobState::kRollingback;
  if (!rolled_back) step.job.raw_args = finished_args::column(name);
  return step.finish(std::move(table), SchemaState::kNone,
                     rolled_back ? JobState::kRollbackDone : JobState::kDone);
}

/// Sets `now` as state of the column and the job.
Status store_column_state(JobStep& step, TableInfo table, size_t position, SchemaState now) {
  table.columns[position].state = now;
  step.job.schema_state = now;
  return step.store_table(std::move(table));
}

/// Makes a nullable column NOT NULL for writers, so that no NULL can come while the rows there are
/// looked through.
bool is_null_to_not_null(const ColumnInfo& old, const ColumnInfo& wanted) {
  return !old.type.not_null() && wanted.type.not_null();
}

Status replace_column(JobStep& step, TableInfo table, size_t current) {
  ColumnInfo& column = table.columns[current];
  const ColumnInfo& wanted = step.args.table.columns.at(0);
  const schema::CiName old_name = column.name;
  const uint32_t key_flags = column.type.flag & (schema::kFlagPrimaryKey | schema::kFlagUniqueKey |
                                                 schema::kFlagMultipleKey);
  ColumnInfo changed = wanted;
  changed.id = column.id;
  changed.offset = column.offset;
  changed.state = SchemaState::kPublic;
  changed.origin_default = column.origin_default;
  changed.origin_default_bit = column.origin_default_bit;
  changed.type.flag |= key_flags;
  column = changed;
  for (auto& index : table.indexes) {
    for (auto& part : index.columns) {
      if (part.name.l == old_name.l) part.name = changed.name;
    }
  }
  auto position = target_position(table, step.args, current, current);
  if (!position) return step.fail(unknown_column_of(table, step.args.after));
  move_column(table, current, *position);
  return step.finish(std::move(table), SchemaState::kPublic);
}

/// The way back of a change to NOT NULL that met a NULL.
Status refuse_nulls(JobStep& step, TableInfo table, size_t position) {
  table.columns[position].type.flag &=
      ~static_cast<uint32_t>(kFlagPreventNullInsert | schema::kFlagNotNull);
  TBL_TRY(step.store_table(std::move(table)));
  return step.fail(sql_error(kErrInvalidUseOfNull, "Invalid use of NULL value"));
}

}  // namespace

Result<bool> has_nulls(JobStep& step, const TableInfo& table, const ColumnInfo& column) {
  const Database* db = step.schema.database_by_id(step.job.schema_id);
  if (step.sql == nullptr || db == nullptr) return false;
  auto quoted = [](std::string_view name) {
    std::string out = "`";
    for (char c : name) out += c == '`' ? std::string("``") : std::string(1, c);
    return out + "`";
  };
  return step.sql->any_row(fmt::format("SELECT 1 FROM {}.{} WHERE ISNULL({}) LIMIT 1",
                                       quoted(db->info->name.o), quoted(table.name.o),
                                       quoted(column.name.o)));
}

Status step_add_column(JobStep& step) {
  if (step.job.state == JobState::kRollingback) return step_drop_column(step);
  TBL_ASSIGN(auto loaded, step.load_table());
  if (!loaded) return ok_status();
  TableInfo table = std::move(*loaded);
  if (step.job.schema_state == SchemaState::kNone) {
    TBL_TRY(append_column(step, &table));
    if (step.job.state == JobState::kCancelled) return ok_status();
    return store_column_state(step, std::move(table), table.columns.size() - 1,
                              SchemaState::kDeleteOnly);
  }
  const int found = column_position(table, step.args.table.columns.at(0).name.l);
  if (found < 0) return data_loss(fmt::format("ddl job {}: its column is gone", step.job.id));
  const auto position = static_cast<size_t>(found);
  switch (table.columns[position].state) {
    case SchemaState::kDeleteOnly:
      return store_column_state(step, std::move(table), position, SchemaState::kWriteOnly);
    case SchemaState::kWriteOnly:
      return store_column_state(step, std::move(table), position,
                                SchemaState::kWriteReorganization);
    default:
      return finish_add_column(step, std::move(table), position);
  }
}

Status step_drop_column(JobStep& step) {
  TBL_ASSIGN(auto loaded, step.load_table());
  if (!loaded) return ok_status();
  TableInfo table = std::move(*loaded);
  const bool is_rollback = step.job.type == ActionType::kAddColumn;
  const std::string& name = is_rollback ? step.args.table.columns.at(0).name.l : step.args.name;
  const int found = column_position(table, name);
  if (found < 0) {
    return step.fail(sql_error(kErrCantDropFieldOrKey, "column " + name + " doesn't exist"));
  }
  const auto position = static_cast<size_t>(found);
  switch (table.columns[position].state) {
    case SchemaState::kPublic: {
      const size_t end = table.columns.size() - 1;
      move_column(table, position, end);
      return store_column_state(step, std::move(table), end, SchemaState::kWriteOnly);
    }
    case SchemaState::kWriteOnly:
      return store_column_state(step, std::move(table), position, SchemaState::kDeleteOnly);
    case SchemaState::kWriteReorganization:  // only on the way back
      return store_column_state(step, std::move(table), position, SchemaState::kDeleteOnly);
    case SchemaState::kDeleteOnly:
      return store_column_state(step, std::move(table), position,
                                SchemaState::kDeleteReorganization);
    default:
      return finish_drop_column(step, std::move(table), position);
  }
}

Status step_modify_column(JobStep& step) {
  TBL_ASSIGN(auto loaded, step.load_table());
  if (!loaded) return ok_status();
  TableInfo table = std::move(*loaded);
  const ColumnInfo& wanted = step.args.table.columns.at(0);
  const int found = column_position(table, step.args.name);
  if (found < 0) return step.fail(unknown_column_of(table, step.args.name));
  const auto position = static_cast<size_t>(found);
  if (wanted.name.l != step.args.name && column_position(table, wanted.name.l) >= 0) {
    return step.fail(sql_error(kErrDupFieldName, "Duplicate column name '" + wanted.name.o + "'"));
  }
  ColumnInfo& column = table.columns[position];
  if (is_null_to_not_null(column, wanted)) {
    column.type.flag |= schema::kFlagNotNull | kFlagPreventNullInsert;
    return step.store_table(std::move(table));
  }
  if (column.type.flag & kFlagPreventNullInsert) {
    TBL_ASSIGN(bool nulls, has_nulls(step, table, column));
    if (nulls) return refuse_nulls(step, std::move(table), position);
  }
  return replace_column(step, std::move(table), position);
}

Status step_set_default(JobStep& step) {
  TBL_ASSIGN(auto loaded, step.load_table());
  if (!loaded) return ok_status();
  const ColumnInfo& wanted = step.args.table.columns.at(0);
  ColumnInfo* column = find_column(*loaded, wanted.name.l);
  if (column == nullptr) return step.fail(unknown_column_of(*loaded, wanted.name.o));
  column->default_value = wanted.default_value;
  column->default_bit = wanted.default_bit;
  column->type.flag = (column->type.flag & ~static_cast<uint32_t>(schema::kFlagNoDefaultValue)) |
                      (wanted.type.flag & schema::kFlagNoDefaultValue);
  return step.finish(std::move(*loaded), SchemaState::kPublic);
}

}  // namespace tbl::tidb
