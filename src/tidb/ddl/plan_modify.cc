// ALTER TABLE .. MODIFY, CHANGE, RENAME COLUMN: only what needs no rewriting of rows, as TiDB 3.0.
#include <fmt/format.h>

#include <algorithm>

#include "tidb/ddl/plan_jobs.h"
#include "tidb/types/collation.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using ast::AlterKind;
using ast::AlterSpec;
using ast::ColumnOptionKind;
using schema::ActionType;
using schema::ColumnInfo;
using schema::FieldType;
using schema::TableInfo;
using Found = PlanScope::Found;

Status refuse(std::string_view why) { return unsupported(fmt::format("modify column {}", why)); }

Status other_type(const FieldType& from, const FieldType& to) {
  return refuse(fmt::format("type {} not match origin {}", type_text(to), type_text(from)));
}

Status check_members(const FieldType& from, const FieldType& to) {
  if (to.elems.size() < from.elems.size()) {
    return refuse(fmt::format("the number of enum column's elements is less than the original: {}",
                              from.elems.size()));
  }
  for (size_t i = 0; i < from.elems.size(); ++i) {
    if (from.elems[i] == to.elems[i]) continue;
    return refuse(
        fmt::format("cannot modify enum column value {} to {}", from.elems[i], to.elems[i]));
  }
  return ok_status();
}

bool is_text_family(uint8_t tp) { return schema::is_string_type(tp); }

/// Lengths that count: those of strings (in characters) and of numbers whose range they tell.
Status check_length(const FieldType& from, const FieldType& to) {
  const bool integers = schema::is_integer_type(from.tp);
  if (integers) {
    // Display widths mean nothing; the type's size does.
    if (int_upper_bound(to.tp) < int_upper_bound(from.tp)) {
      return refuse(fmt::format("length {} is less than origin {}", to.flen, from.flen));
    }
    return ok_status();
  }
  if (to.flen >= 0 && from.flen >= 0 && to.flen < from.flen) {
    return refuse(fmt::format("length {} is less than origin {}", to.flen, from.flen));
  }
  if (to.decimal >= 0 && from.decimal >= 0 && to.decimal < from.decimal) {
    return refuse(fmt::format("decimal {} is less than origin {}", to.decimal, from.decimal));
  }
  return ok_status();
}

Status check_options(const ast::ColumnDef& def, const ColumnInfo& old, const ColumnInfo& wanted) {
  if (def.find(ColumnOptionKind::kPrimaryKey)) {
    return refuse("can't change column constraint - PRIMARY KEY");
  }
  if (def.find(ColumnOptionKind::kUniqueKey)) {
    return refuse("can't change column constraint - UNIQUE KEY");
  }
  const uint32_t changed = old.type.flag ^ wanted.type.flag;
  if (changed & schema::kFlagAutoIncrement) {
    return refuse(wanted.type.flag & schema::kFlagAutoIncrement
                      ? "can't set auto_increment"
                      : "can't remove auto_increment without @@tidb_allow_remove_auto_inc enabled");
  }
  const bool stored_changes = old.is_generated() && old.generated_stored != wanted.generated_stored;
  if (old.is_generated() != wanted.is_generated() || stored_changes) {
    return sql_error(kErrUnsupportedOnGeneratedColumn,
                     "'Changing the STORED status' is not supported for generated columns.");
  }
  if (old.is_generated() && old.generated_stored && old.generated_expr != wanted.generated_expr) {
    return sql_error(kErrUnsupportedOnGeneratedColumn,
                     "'Modifying a stored column' is not supported for generated columns.");
  }
  return ok_status();
}

Status check_rename(const TableInfo& table, const ColumnInfo& old, const std::string& new_lower) {
  if (new_lower == old.name.l) return ok_status();
  if (table.column_by_name(new_lower) != nullptr) {
    return sql_error(kErrDupFieldName, fmt::format("Duplicate column name '{}'", new_lower));
  }
  for (const ColumnInfo& other : table.columns) {
    if (std::ranges::find(other.dependences, old.name.l) == other.dependences.end()) continue;
    return sql_error(kErrDependentByGeneratedColumn,
                     fmt::format("Column '{}' has a generated column dependency.", old.name.o));
  }
  return ok_status();
}

Result<ColumnInfo> wanted_column(const Found& found, const AlterSpec& spec, const ColumnInfo& old,
                                 const PlanScope& scope) {
  if (spec.kind == AlterKind::kRenameColumn) {
    TBL_TRY(check_column_name(spec.new_name));
    ColumnInfo column = old;
    column.name = schema::CiName::of(spec.new_name);
    return column;
  }
  const ast::ColumnDef& def = spec.columns.at(0);
  TBL_ASSIGN(BuiltColumn built,
             build_column(scope.build, def, {found.table->charset, found.table->collate}));
  ColumnInfo& column = built.column;
  if (old.type.flag & schema::kFlagPrimaryKey) {
    if (built.null_written) {
      return sql_error(kErrPrimaryCantHaveNull,
                       "All parts of a PRIMARY KEY must be NOT NULL; if you need NULL in a key, "
                       "use UNIQUE instead");
    }
    column.type.flag |= schema::kFlagNotNull;
    set_no_default_flag(&column, built.default_written);
  }
  TBL_TRY(check_modify_type(old.type, column.type));
  TBL_TRY(check_options(def, old, column));
  if (const auto* generated = def.find(ColumnOptionKind::kGenerated)) {
    TableInfo table = *found.table;
    const auto position = static_cast<size_t>(old.offset);
    table.columns[position] = column;
    TBL_TRY(check_generated(scope.build, *generated->expr, &table, position));
    column.dependences = table.columns[position].dependences;
  }
  return std::move(built.column);
}

}  // namespace

Status check_modify_charset(const CharsetAndCollation& from, const CharsetAndCollation& to) {
  if (from.charset == to.charset) return ok_status();
  if (from.charset == "utf8" && to.charset == "utf8mb4") return ok_status();
  return unsupported(fmt::format("modify charset from {} to {}", from.charset, to.charset));
}

Status check_modify_type(const FieldType& from, const FieldType& to) {
  if (is_text_family(from.tp)) {
    if (!is_text_family(to.tp)) return other_type(from, to);
    if (from.has_binary_charset() != to.has_binary_charset()) {
      return unsupported(fmt::format("modify charset from {} to {}", from.charset, to.charset));
    }
    if (from.tp == schema::kTypeString && from.has_binary_charset() && to.flen != from.flen) {
      return refuse("can't change binary types of different length");
    }
  } else if (schema::is_integer_type(from.tp)) {
    if (!schema::is_integer_type(to.tp)) return other_type(from, to);
  } else if (from.tp != to.tp) {
    return other_type(from, to);
  }
  if (from.tp == schema::kTypeEnum || from.tp == schema::kTypeSet) {
    TBL_TRY(check_members(from, to));
  }
  if (from.tp == schema::kTypeNewDecimal && (from.flen != to.flen || from.decimal != to.decimal)) {
    return refuse("can't change decimal column precision");
  }
  TBL_TRY(check_length(from, to));
  if (from.is_unsigned() != to.is_unsigned()) {
    return refuse("can't change unsigned integer to signed or vice versa");
  }
  return check_modify_charset({from.charset, from.collate}, {to.charset, to.collate});
}

Result<JobPlan> plan_modify_column(const Found& found, const AlterSpec& spec,
                                   const PlanScope& scope) {
  const std::string& old_name =
      spec.kind == AlterKind::kModifyColumn ? spec.columns.at(0).name : spec.name;
  const ColumnInfo* old = found.table->column_by_name(ascii_lower(old_name));
  if (old == nullptr || !old->is_public()) {
    return unknown_column(old_name, found.table->name.o);
  }
  TBL_ASSIGN(ColumnInfo column, wanted_column(found, spec, *old, scope));
  TBL_TRY(check_rename(*found.table, *old, column.name.l));
  PlannedJob job = table_job(ActionType::kModifyColumn, found);
  job.args.name = old->name.l;
  job.args.first = spec.position.kind == ast::ColumnPosition::Kind::kFirst;
  if (spec.position.kind == ast::ColumnPosition::Kind::kAfter) {
    job.args.after = ascii_lower(spec.position.after);
    if (found.table->column_by_name(job.args.after) == nullptr) {
      return unknown_column(spec.position.after, found.table->name.o);
    }
  }
  column.state = schema::SchemaState::kNone;
  job.args.table = table_with(std::move(column));
  return single(std::move(job));
}

}  // namespace tbl::tidb
