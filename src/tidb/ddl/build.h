// From statements to table infos: what CREATE TABLE and ALTER TABLE share. Errors are MySQL's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "schema/table_info.h"
#include "tidb/ast/alter_table.h"
#include "tidb/ddl/ddl.h"
#include "tidb/expr/eval_context.h"

namespace tbl::tidb {

struct CharsetAndCollation;

/// Where a statement is checked.
struct BuildScope {
  const Schema& schema;
  EvalContext& eval;
  const DdlOptions& options;

  bool strict() const;
};

// ---- names

constexpr size_t kMaxNameLength = 64;
/// 1059, 1102, 1103, 1166.
Status check_database_name(std::string_view name);
Status check_table_name(std::string_view name);
Status check_column_name(std::string_view name);
Status check_index_name(std::string_view name);
Status check_comment(std::string_view comment, size_t limit, std::string_view what, int code);

// ---- columns (build_column.cc, build_default.cc, build_generated.cc)

/// A column as written, with what its options say of keys.
struct BuiltColumn {
  schema::ColumnInfo column;
  bool primary = false;
  bool unique = false;
  bool null_written = false;
  bool default_written = false;
};
/// `charset`: of the table. The column has no id and offset yet; generated expressions are not
/// checked against the other columns.
Result<BuiltColumn> build_column(const BuildScope& scope, const ast::ColumnDef& def,
                                 const CharsetAndCollation& charset);
/// NO DEFAULT VALUE where the column must be given a value.
void set_no_default_flag(schema::ColumnInfo* column, bool has_default);

/// Sets default_value and default_bit. Errors 1067, 1101.
Status set_default(const BuildScope& scope, const ast::Expr& expr, schema::ColumnInfo* column);
/// A call of now() or one of its synonyms; `fsp`: its argument or 0.
bool is_now_call(const ast::Expr& expr, int* fsp);
/// The value that rows written before the column existed have: origin_default of ADD COLUMN.
Status set_origin_default(const BuildScope& scope, schema::ColumnInfo* column);

/// Binds the column's expression against the columns of `table`, fills `dependences`. Errors 1054,
/// 3102, 3107, 3109. `position`: of the column in the table.
Status check_generated(const BuildScope& scope, const ast::Expr& expr, schema::TableInfo* table,
                       size_t position);

// ---- indexes (build_index.cc)

constexpr size_t kMaxKeyParts = 16;
constexpr size_t kMaxKeys = 64;

/// Adds the constraint's index to the table with the next index id, public; a single integer
/// column's PRIMARY KEY becomes the handle instead. Flags of the columns follow.
Status add_constraint(const BuildScope& scope, const ast::Constraint& constraint,
                      schema::TableInfo* table);
/// The index alone: parts checked and resolved; no id, state none. `name`: decided by the caller.
Result<schema::IndexInfo> build_index(const BuildScope& scope, const ast::Constraint& constraint,
                                      std::string_view name, const schema::TableInfo& table);
/// The name MySQL makes up: the first column's, with _2, _3, ... if that is taken.
std::string free_index_name(const schema::TableInfo& table, const ast::Constraint& constraint,
                            const std::vector<std::string>& taken);
Result<schema::ForeignKeyInfo> build_foreign_key(const ast::Constraint& constraint,
                                                 const schema::TableInfo& table);
/// 1075: an AUTO_INCREMENT column that begins no key, or two of them.
Status check_auto_increment(const schema::TableInfo& table);

// ---- partitions (build_partition.cc)

/// Sets table->partition; definitions have no ids yet.
Status build_partitions(const BuildScope& scope, const ast::PartitionBy& by,
                        schema::TableInfo* table);
/// Definitions to be added behind those of a RANGE table.
Result<std::vector<schema::PartitionDefinition>> build_definitions(
    const BuildScope& scope, const std::vector<ast::PartitionDef>& defs,
    const schema::TableInfo& table);
/// 1503 when a unique key lacks a column of the partitioning function.
Status check_partition_keys(const BuildScope& scope, const schema::TableInfo& table);

// ---- tables (build_table.cc)

/// Charset and collation of the database, over which the options of the table go.
Result<schema::TableInfo> build_table(const BuildScope& scope,
                                      const ast::CreateTableStatement& statement,
                                      const schema::DbInfo& db);

}  // namespace tbl::tidb
