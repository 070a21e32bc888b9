// ALTER TABLE.
#include <fmt/format.h>

#include <algorithm>

#include "tidb/ddl/plan_jobs.h"
#include "tidb/ddl/table_edit.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using ast::AlterKind;
using ast::AlterSpec;
using ast::ColumnOptionKind;
using ast::TableOptionKind;
using schema::ActionType;
using schema::ColumnInfo;
using schema::TableInfo;
using Found = PlanScope::Found;

Status duplicate_column(std::string_view name) {
  return sql_error(kErrDupFieldName, fmt::format("Duplicate column name '{}'", name));
}

Status cannot_drop(std::string_view name) {
  return sql_error(kErrCantDropFieldOrKey,
                   fmt::format("Can't DROP '{}'; check that column/key exists", name));
}

const ColumnInfo* public_column(const TableInfo& table, std::string_view name) {
  const ColumnInfo* column = table.column_by_name(ascii_lower(name));
  return column != nullptr && column->is_public() ? column : nullptr;
}

Status unknown_column_of(const Found& found, std::string_view name) {
  return unknown_column(name, found.table->name.o);
}

void put_position(const ast::ColumnPosition& position, JobArgs* args) {
  args->first = position.kind == ast::ColumnPosition::Kind::kFirst;
  if (position.kind == ast::ColumnPosition::Kind::kAfter) {
    args->after = ascii_lower(position.after);
  }
}

/// What TiDB cannot do when it adds a column.
Status check_added_options(const ast::ColumnDef& def, const Found& found) {
  auto refuse = [&](std::string_view what) {
    return unsupported(fmt::format("add column '{}' constraint {} when altering '{}'", def.name,
                                   what, full_name(*found.db, found.table->name)));
  };
  if (def.find(ColumnOptionKind::kAutoIncrement)) return refuse("AUTO_INCREMENT");
  if (def.find(ColumnOptionKind::kPrimaryKey)) return refuse("PRIMARY KEY");
  if (def.find(ColumnOptionKind::kUniqueKey)) return refuse("UNIQUE KEY");
  const auto* generated = def.find(ColumnOptionKind::kGenerated);
  if (generated != nullptr && generated->stored) {
    return sql_error(kErrUnsupportedOnGeneratedColumn,
                     "'Adding generated stored column through ALTER TABLE' is not supported for "
                     "generated columns.");
  }
  return ok_status();
}

Result<JobPlan> plan_add_column(const Found& found, const AlterSpec& spec, const PlanScope& scope) {
  if (spec.columns.size() != 1 || !spec.constraints.empty()) {
    return unsupported("multi schema change");
  }
  const ast::ColumnDef& def = spec.columns[0];
  if (found.table->column_by_name(ascii_lower(def.name)) != nullptr) {
    Status exists = duplicate_column(def.name);
    if (!spec.if_not_exists) return exists;
    scope.note(exists);
    return JobPlan{};
  }
  TBL_TRY(check_added_options(def, found));
  const bool after = spec.position.kind == ast::ColumnPosition::Kind::kAfter;
  if (after && public_column(*found.table, spec.position.after) == nullptr) {
    return unknown_column_of(found, spec.position.after);
  }
  TBL_ASSIGN(BuiltColumn built,
             build_column(scope.build, def, {found.table->charset, found.table->collate}));
  TBL_TRY(set_origin_default(scope.build, &built.column));
  if (const auto* generated = def.find(ColumnOptionKind::kGenerated)) {
    TableInfo with_column = *found.table;
    with_column.columns.push_back(built.column);
    TBL_TRY(check_generated(scope.build, *generated->expr, &with_column,
                            with_column.columns.size() - 1));
    built.column.dependences = with_column.columns.back().dependences;
  }
  built.column.state = schema::SchemaState::kNone;
  PlannedJob job = table_job(ActionType::kAddColumn, found);
  put_position(spec.position, &job.args);
  job.args.table = table_with(std::move(built.column));
  return single(std::move(job));
}

Status check_droppable(const TableInfo& table, const ColumnInfo& column) {
  if (table.public_columns.size() == 1) {
    return sql_error(kErrCantRemoveAllFields, fmt::format("can't drop only column {} in table {}",
                                                          column.name.o, table.name.o));
  }
  if (table.pk_is_handle && (column.type.flag & schema::kFlagPrimaryKey)) {
    return unsupported("drop integer primary key");
  }
  for (const auto& index : table.indexes) {
    if (std::ranges::any_of(index.columns,
                            [&](const auto& part) { return part.name.l == column.name.l; })) {
      return sql_error(kErrUnsupportedDdl,
                       fmt::format("can't drop column {} with index covered now", column.name.o));
    }
  }
  for (const ColumnInfo& other : table.columns) {
    if (std::ranges::find(other.dependences, column.name.l) != other.dependences.end()) {
      return sql_error(
          kErrDependentByGeneratedColumn,
          fmt::format("Column '{}' has a generated column dependency.", column.name.o));
    }
  }
  return ok_status();
}

Result<JobPlan> plan_drop_column(const Found& found, const AlterSpec& spec,
                                 const PlanScope& scope) {
  const ColumnInfo* column = public_column(*found.table, spec.name);
  if (column == nullptr) {
    if (!spec.if_exists) return cannot_drop(spec.name);
    scope.note(cannot_drop(spec.name));
    return JobPlan{};
  }
  TBL_TRY(check_droppable(*found.table, *column));
  PlannedJob job = table_job(ActionType::kDropColumn, found);
  job.args.name = column->name.l;
  return single(std::move(job));
}

Result<JobPlan> plan_default(const Found& found, const AlterSpec& spec, const PlanScope& scope) {
  const ColumnInfo* old = public_column(*found.table, spec.name);
  if (old == nullptr) return unknown_column_of(found, spec.name);
  ColumnInfo column = *old;
  column.type.flag &= ~static_cast<uint32_t>(schema::kFlagNoDefaultValue);
  if (spec.kind == AlterKind::kSetDefault) {
    TBL_TRY(set_default(scope.build, *spec.default_value, &column));
    if (!column.default_value && column.type.not_null()) {
      return sql_error(kErrInvalidDefault,
                       fmt::format("Invalid default value for '{}'", column.name.o));
    }
  } else {
    column.default_value.reset();
    column.default_bit.reset();
    set_no_default_flag(&column, false);
  }
  PlannedJob job = table_job(ActionType::kSetDefaultValue, found);
  job.args.table = table_with(std::move(column));
  return single(std::move(job));
}

Result<JobPlan> plan_add_constraint(const Found& found, const AlterSpec& spec,
                                    const PlanScope& scope) {
  const ast::Constraint& constraint = *spec.constraint;
  switch (constraint.kind) {
    case ast::ConstraintKind::kForeignKey: {
      PlannedJob job = table_job(ActionType::kAddForeignKey, found);
      TBL_ASSIGN(auto key, build_foreign_key(constraint, *found.table));
      if (key.name.o.empty()) {
        key.name = schema::CiName::of(fmt::format("fk_{}", found.table->foreign_keys.size() + 1));
      }
      job.args.table.foreign_keys.push_back(std::move(key));
      return single(std::move(job));
    }
    case ast::ConstraintKind::kCheck:
      return JobPlan{};  // read and forgotten, as in CREATE TABLE
    default:
      return plan_add_index(found, constraint, scope);
  }
}

Result<JobPlan> plan_drop_foreign_key(const Found& found, const AlterSpec& spec) {
  PlannedJob job = table_job(ActionType::kDropForeignKey, found);
  job.args.name = ascii_lower(spec.name);
  return single(std::move(job));
}

Result<JobPlan> plan_rename_index(const Found& found, const AlterSpec& spec) {
  const std::string from = ascii_lower(spec.name);
  const auto* index = find_index(*found.table, from);
  if (index == nullptr || index->primary) {
    return sql_error(kErrKeyDoesNotExist, fmt::format("Key '{}' doesn't exist in table '{}'",
                                                      spec.name, found.table->name.o));
  }
  TBL_TRY(check_index_name(spec.new_name));
  if (index->name.o == spec.new_name) return JobPlan{};
  const std::string to = ascii_lower(spec.new_name);
  if (to != from && find_index(*found.table, to) != nullptr) {
    return sql_error(kErrDupKeyName, fmt::format("Duplicate key name '{}'", spec.new_name));
  }
  PlannedJob job = table_job(ActionType::kRenameIndex, found);
  job.args.name = from;
  job.args.new_name = spec.new_name;
  return single(std::move(job));
}

Result<JobPlan> plan_charset(const Found& found, const CharsetAndCollation& wanted,
                             bool convert_columns) {
  const TableInfo& table = *found.table;
  TBL_ASSIGN(auto resolved, resolve_charset(wanted.charset, wanted.collate));
  TBL_TRY(check_modify_charset({table.charset, table.collate}, resolved));
  bool changes = resolved.charset != table.charset || resolved.collate != table.collate;
  for (const ColumnInfo& column : table.columns) {
    if (!convert_columns || column.type.charset.empty() || column.type.has_binary_charset()) {
      continue;
    }
    TBL_TRY(check_modify_charset({column.type.charset, column.type.collate}, resolved));
    changes |= column.type.charset != resolved.charset || column.type.collate != resolved.collate;
  }
  if (!changes) return JobPlan{};
  PlannedJob job = table_job(ActionType::kModifyTableCharset, found);
  job.args.charset = resolved.charset;
  job.args.collate = resolved.collate;
  job.args.convert_columns = convert_columns;
  return single(std::move(job));
}

PlannedJob number_job(ActionType type, const Found& found, uint64_t number) {
  PlannedJob job = table_job(type, found);
  job.args.number = static_cast<int64_t>(number);
  return job;
}

Result<JobPlan> plan_options(const Found& found, const AlterSpec& spec) {
  JobPlan plan;
  CharsetAndCollation charset;
  for (const auto& option : spec.options) {
    switch (option.kind) {
      case TableOptionKind::kComment: {
        PlannedJob job = table_job(ActionType::kModifyTableComment, found);
        job.args.comment = option.text;
        plan.jobs.push_back(std::move(job));
        break;
      }
      case TableOptionKind::kAutoIncrement:
        plan.jobs.push_back(number_job(ActionType::kRebaseAutoId, found, option.number));
        break;
      case TableOptionKind::kShardRowIdBits:
        plan.jobs.push_back(number_job(ActionType::kShardRowId, found, option.number));
        break;
      case TableOptionKind::kCharset:
        charset.charset = option.text;
        break;
      case TableOptionKind::kCollate:
        charset.collate = option.text;
        break;
      default:
        break;
    }
  }
  if (charset.charset.empty() && charset.collate.empty()) return plan;
  TBL_ASSIGN(JobPlan change, plan_charset(found, charset, /*convert_columns=*/false));
  for (auto& job : change.jobs) plan.jobs.push_back(std::move(job));
  return plan;
}

Status not_partitioned() {
  return sql_error(kErrPartitionMgmtOnNonpartitioned,
                   "Partition management on a not partitioned table is not possible");
}

Result<JobPlan> plan_add_partitions(const Found& found, const AlterSpec& spec,
                                    const PlanScope& scope) {
  if (!found.table->is_partitioned()) return not_partitioned();
  if (found.table->partition->type != static_cast<int64_t>(ast::PartitionKind::kRange)) {
    return unsupported("ADD PARTITION for this type of partitioning");
  }
  PlannedJob job = table_job(ActionType::kAddTablePartition, found);
  auto& partition = job.args.table.partition.emplace();
  TBL_ASSIGN(partition.definitions,
             build_definitions(scope.build, spec.partition_definitions, *found.table));
  return single(std::move(job));
}

Result<JobPlan> plan_partition_names(const Found& found, const AlterSpec& spec, ActionType type) {
  if (!found.table->is_partitioned()) return not_partitioned();
  const auto& definitions = found.table->partition->definitions;
  PlannedJob job = table_job(type, found);
  for (const std::string& name : spec.partitions) job.args.names.push_back(ascii_lower(name));
  if (spec.all_partitions) {
    for (const auto& definition : definitions) job.args.names.push_back(definition.name.l);
  }
  for (const std::string& name : job.args.names) {
    if (std::ranges::none_of(definitions, [&](const auto& d) { return d.name.l == name; })) {
      return sql_error(kErrDropPartitionNonExistent,
                       fmt::format("Error in list of partitions to {}", name));
    }
  }
  const bool drops = type == ActionType::kDropTablePartition;
  if (!drops) return single(std::move(job));
  if (found.table->partition->type != static_cast<int64_t>(ast::PartitionKind::kRange)) {
    return sql_error(kErrOnlyOnRangeListPartition,
                     "DROP PARTITION can only be used on RANGE/LIST partitions");
  }
  if (job.args.names.size() == definitions.size()) {
    return sql_error(kErrDropLastPartition, "Cannot remove all partitions, use DROP TABLE instead");
  }
  return single(std::move(job));
}

Result<JobPlan> plan_spec(const Found& found, const AlterSpec& spec, const PlanScope& scope) {
  switch (spec.kind) {
    case AlterKind::kAddColumns:
      return plan_add_column(found, spec, scope);
    case AlterKind::kDropColumn:
      return plan_drop_column(found, spec, scope);
    case AlterKind::kModifyColumn:
    case AlterKind::kChangeColumn:
    case AlterKind::kRenameColumn:
      return plan_modify_column(found, spec, scope);
    case AlterKind::kSetDefault:
    case AlterKind::kDropDefault:
      return plan_default(found, spec, scope);
    case AlterKind::kAddConstraint:
      return plan_add_constraint(found, spec, scope);
    case AlterKind::kDropPrimaryKey:
      return plan_drop_index(found, "PRIMARY", /*if_exists=*/false, scope);
    case AlterKind::kDropIndex:
      return plan_drop_index(found, spec.name, spec.if_exists, scope);
    case AlterKind::kDropForeignKey:
      return plan_drop_foreign_key(found, spec);
    case AlterKind::kRenameIndex:
      return plan_rename_index(found, spec);
    case AlterKind::kRenameTable:
      return plan_rename({found.db->info->name.o, found.table->name.o}, spec.new_table, scope);
    case AlterKind::kOptions:
      return plan_options(found, spec);
    case AlterKind::kConvertCharset:
      return plan_charset(found, {spec.charset, spec.collate}, /*convert_columns=*/true);
    case AlterKind::kAddPartitions:
      return plan_add_partitions(found, spec, scope);
    case AlterKind::kDropPartitions:
      return plan_partition_names(found, spec, ActionType::kDropTablePartition);
    case AlterKind::kTruncatePartitions:
      return plan_partition_names(found, spec, ActionType::kTruncateTablePartition);
    case AlterKind::kDropCheck:
    case AlterKind::kAlterCheck:
    case AlterKind::kOrderBy:
    case AlterKind::kIgnored:
      return JobPlan{};
    default:
      return unsupported("ALTER TABLE operation");
  }
}

bool has_effect(const AlterSpec& spec) {
  return spec.kind != AlterKind::kIgnored && spec.kind != AlterKind::kOrderBy;
}

}  // namespace

Result<JobPlan> plan_add_index(const Found& found, const ast::Constraint& constraint,
                               const PlanScope& scope) {
  if (constraint.kind == ast::ConstraintKind::kFulltext ||
      constraint.kind == ast::ConstraintKind::kSpatial) {
    scope.eval().convert.warn(sql_error(
        kErrTableCantHandleFt, "The used table type doesn't support FULLTEXT/SPATIAL indexes"));
    return JobPlan{};
  }
  const bool primary = constraint.kind == ast::ConstraintKind::kPrimaryKey;
  if (primary && (found.table->pk_is_handle || find_index(*found.table, "primary") != nullptr)) {
    return sql_error(kErrMultiplePriKey, "Multiple primary key defined");
  }
  const std::string name = constraint.name.empty() && !primary
                               ? free_index_name(*found.table, constraint, {})
                               : constraint.name;
  if (!primary && find_index(*found.table, ascii_lower(name)) != nullptr) {
    Status exists = sql_error(kErrDupKeyName, fmt::format("Duplicate key name '{}'", name));
    if (!constraint.if_not_exists) return exists;
    scope.note(exists);
    return JobPlan{};
  }
  PlannedJob job = table_job(primary ? ActionType::kAddPrimaryKey : ActionType::kAddIndex, found);
  TBL_ASSIGN(auto index, build_index(scope.build, constraint, name, *found.table));
  TableInfo with_index = *found.table;
  with_index.indexes = {index};
  TBL_TRY(check_partition_keys(scope.build, with_index));
  job.args.table.indexes.push_back(std::move(index));
  return single(std::move(job));
}

Result<JobPlan> plan_drop_index(const Found& found, const std::string& name, bool if_exists,
                                const PlanScope& scope) {
  const std::string lower = ascii_lower(name);
  const bool primary = lower == "primary";
  if (primary && found.table->pk_is_handle) {
    return unsupported("drop primary key when the table's pkIsHandle is true");
  }
  if (find_index(*found.table, lower) == nullptr) {
    if (!if_exists) return cannot_drop(name);
    scope.note(cannot_drop(name));
    return JobPlan{};
  }
  TableInfo without = *found.table;
  std::erase_if(without.indexes, [&](const auto& index) { return index.name.l == lower; });
  TBL_TRY(check_auto_increment(without));
  PlannedJob job = table_job(primary ? ActionType::kDropPrimaryKey : ActionType::kDropIndex, found);
  job.args.name = lower;
  return single(std::move(job));
}

Result<JobPlan> plan_alter_table(const ast::AlterTableStatement& s, const PlanScope& scope) {
  TBL_ASSIGN(auto found, scope.base_table(s.table));
  const AlterSpec* only = nullptr;
  for (const AlterSpec& spec : s.specs) {
    if (!has_effect(spec)) continue;
    if (only != nullptr) return unsupported("multi schema change");
    only = &spec;
  }
  if (only == nullptr) return JobPlan{};
  return plan_spec(found, *only, scope);
}

}  // namespace tbl::tidb
