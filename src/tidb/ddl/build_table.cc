// CREATE TABLE.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tidb/ast/restore.h"
#include "tidb/ddl/build.h"
#include "tidb/ddl/table_edit.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using ast::Constraint;
using ast::ConstraintKind;
using ast::TableOptionKind;
using schema::ColumnInfo;
using schema::TableInfo;

constexpr uint16_t kTableVersion = 3;
constexpr size_t kMaxColumns = 512;
constexpr size_t kMaxTableComment = 2048;
constexpr uint64_t kMaxShardBits = 15;

Status apply_option(const BuildScope& scope, const ast::TableOption& option, TableInfo* table) {
  switch (option.kind) {
    case TableOptionKind::kComment:
      table->comment = option.text;
      return check_comment(option.text, kMaxTableComment, fmt::format("table '{}'", table->name.o),
                           kErrTooLongTableComment);
    case TableOptionKind::kAutoIncrement:
      table->auto_increment = static_cast<int64_t>(option.number);
      return ok_status();
    case TableOptionKind::kShardRowIdBits:
      table->shard_row_id_bits = std::min(option.number, kMaxShardBits);
      table->max_shard_row_id_bits = table->shard_row_id_bits;
      return ok_status();
    case TableOptionKind::kPreSplitRegions:
      table->pre_split_regions = option.number;
      return ok_status();
    default:
      (void)scope;
      return ok_status();
  }
}

Result<CharsetAndCollation> table_charset(const ast::CreateTableStatement& statement,
                                          const schema::DbInfo& db, const DdlOptions& options) {
  CharsetAndCollation written;
  for (const auto& option : statement.options) {
    if (option.kind == TableOptionKind::kCharset) written.charset = option.text;
    if (option.kind == TableOptionKind::kCollate) written.collate = option.text;
  }
  if (!written.charset.empty() || !written.collate.empty()) {
    return resolve_charset(written.charset, written.collate);
  }
  if (!db.charset.empty()) return resolve_charset(db.charset, db.collate);
  return resolve_charset(options.default_charset, options.default_collate);
}

/// Names in the PRIMARY KEY that stands apart from the columns.
std::set<std::string> outer_primary_columns(const ast::CreateTableStatement& statement) {
  std::set<std::string> names;
  for (const Constraint& constraint : statement.constraints) {
    if (constraint.kind != ConstraintKind::kPrimaryKey) continue;
    for (const auto& part : constraint.columns) names.insert(ascii_lower(part.column));
    break;
  }
  return names;
}

/// A key an option of a column asks for.
Constraint inline_key(ConstraintKind kind, const ColumnInfo& column) {
  Constraint constraint;
  constraint.kind = kind;
  constraint.columns.emplace_back().column = column.name.o;
  return constraint;
}

Status add_columns(const BuildScope& scope, const ast::CreateTableStatement& statement,
                   std::vector<Constraint>* keys, TableInfo* table) {
  const std::set<std::string> outer_primary = outer_primary_columns(statement);
  for (const ast::ColumnDef& def : statement.columns) {
    TBL_ASSIGN(BuiltColumn built, build_column(scope, def, {table->charset, table->collate}));
    ColumnInfo& column = built.column;
    if (column_position(*table, column.name.l) >= 0) {
      return sql_error(kErrDupFieldName, fmt::format("Duplicate column name '{}'", def.name));
    }
    const bool in_primary = outer_primary.contains(column.name.l);
    if (in_primary && (built.null_written || (built.default_written && !column.default_value))) {
      return sql_error(kErrPrimaryCantHaveNull,
                       "All parts of a PRIMARY KEY must be NOT NULL; if you need NULL in a key, "
                       "use UNIQUE instead");
    }
    if (built.primary) keys->push_back(inline_key(ConstraintKind::kPrimaryKey, column));
    if (built.unique) keys->push_back(inline_key(ConstraintKind::kUnique, column));
    column.id = ++table->max_column_id;
    column.offset = static_cast<int64_t>(table->columns.size());
    table->columns.push_back(std::move(column));
  }
  return ok_status();
}

Status check_generated_columns(const BuildScope& scope, const ast::CreateTableStatement& statement,
                               TableInfo* table) {
  for (size_t i = 0; i < statement.columns.size(); ++i) {
    const auto* option = statement.columns[i].find(ast::ColumnOptionKind::kGenerated);
    if (option != nullptr) TBL_TRY(check_generated(scope, *option->expr, table, i));
  }
  return ok_status();
}

bool is_key(ConstraintKind kind) {
  return kind == ConstraintKind::kPrimaryKey || kind == ConstraintKind::kUnique ||
         kind == ConstraintKind::kIndex;
}

/// 1061 and 1068 among the keys as written.
Result<std::vector<std::string>> written_names(const ast::CreateTableStatement& statement,
                                               const std::vector<Constraint>& inline_keys) {
  std::vector<std::string> names;
  int primaries = 0;
  auto count = [&](const Constraint& c) {
    if (c.kind == ConstraintKind::kPrimaryKey) ++primaries;
  };
  for (const Constraint& c : inline_keys) count(c);
  for (const Constraint& c : statement.constraints) {
    count(c);
    if (c.name.empty() || !is_key(c.kind) || c.kind == ConstraintKind::kPrimaryKey) continue;
    const std::string lower = ascii_lower(c.name);
    if (std::ranges::find(names, lower) != names.end()) {
      return sql_error(kErrDupKeyName, fmt::format("Duplicate key name '{}'", c.name));
    }
    names.push_back(lower);
  }
  if (primaries > 1) return sql_error(kErrMultiplePriKey, "Multiple primary key defined");
  return names;
}

/// A copy of what build_index() reads, with the name decided.
Constraint named(const Constraint& from, std::string name) {
  Constraint copy;
  copy.kind = from.kind;
  copy.name = std::move(name);
  copy.options = from.options;
  for (const auto& part : from.columns) {
    auto& target = copy.columns.emplace_back();
    target.column = part.column;
    target.length = part.length;
  }
  return copy;
}

Status add_key(const BuildScope& scope, const Constraint& constraint,
               const std::vector<std::string>& taken, TableInfo* table) {
  if (std::ranges::any_of(constraint.columns,
                          [](const auto& part) { return part.expr != nullptr; }))
    return not_supported_yet("expression index");
  std::string name = constraint.name;
  if (name.empty()) name = free_index_name(*table, constraint, taken);
  return add_constraint(scope, named(constraint, std::move(name)), table);
}

Status add_constraints(const BuildScope& scope, const ast::CreateTableStatement& statement,
                       const std::vector<Constraint>& inline_keys, TableInfo* table) {
  TBL_ASSIGN(std::vector<std::string> taken, written_names(statement, inline_keys));
  for (const Constraint& constraint : statement.constraints) {
    switch (constraint.kind) {
      case ConstraintKind::kForeignKey: {
        TBL_ASSIGN(auto key, build_foreign_key(constraint, *table));
        if (key.name.o.empty()) {
          key.name = schema::CiName::of(fmt::format("fk_{}", table->foreign_keys.size() + 1));
        }
        table->foreign_keys.push_back(std::move(key));
        break;
      }
      case ConstraintKind::kFulltext:
        scope.eval.convert.warn(sql_error(kErrTableCantHandleFt,
                                          "The used table type doesn't support FULLTEXT indexes"));
        break;
      case ConstraintKind::kSpatial:
        return sql_error(kErrTableCantHandleSpkeys,
                         "The used table type doesn't support SPATIAL indexes");
      case ConstraintKind::kCheck:
        break;  // read and forgotten
      default:
        TBL_TRY(add_key(scope, constraint, taken, table));
    }
  }
  for (const Constraint& constraint : inline_keys) {
    TBL_TRY(add_key(scope, constraint, taken, table));
  }
  return ok_status();
}

}  // namespace

Result<TableInfo> build_table(const BuildScope& scope, const ast::CreateTableStatement& statement,
                              const schema::DbInfo& db) {
  TableInfo table;
  TBL_TRY(check_table_name(statement.table.name));
  table.name = schema::CiName::of(statement.table.name);
  table.version = kTableVersion;
  table.state = schema::SchemaState::kNone;
  TBL_ASSIGN(auto charset, table_charset(statement, db, scope.options));
  table.charset = charset.charset;
  table.collate = charset.collate;
  for (const auto& option : statement.options) TBL_TRY(apply_option(scope, option, &table));
  if (statement.columns.empty()) {
    return sql_error(kErrTableMustHaveColumns, "A table must have at least 1 column");
  }
  if (statement.columns.size() > kMaxColumns) {
    return sql_error(kErrTooManyFields, "Too many columns");
  }
  std::vector<Constraint> inline_keys;
  TBL_TRY(add_columns(scope, statement, &inline_keys, &table));
  TBL_TRY(check_generated_columns(scope, statement, &table));
  TBL_TRY(add_constraints(scope, statement, inline_keys, &table));
  TBL_TRY(check_auto_increment(table));
  if (statement.partition) TBL_TRY(build_partitions(scope, *statement.partition, &table));
  return table;
}

}  // namespace tbl::tidb
