// Partitions: the function, the definitions, what they must hold to.
#include <fmt/format.h>

#include <algorithm>

#include "tidb/ast/restore.h"
#include "tidb/ddl/build.h"
#include "tidb/ddl/table_edit.h"
#include "tidb/expr/bind.h"
#include "tidb/parser/parser.h"
#include "tidb/types/collation.h"
#include "tidb/types/convert.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using ast::PartitionDef;
using ast::PartitionKind;
using schema::ColumnInfo;
using schema::PartitionDefinition;
using schema::TableInfo;

constexpr size_t kMaxPartitions = 1024;
constexpr int kErrPartitionWrongType = 1491;
constexpr std::string_view kMaxValue = "MAXVALUE";

Status constant_function() {
  return sql_error(kErrPartitionFuncNotAllowed,
                   "Constant, random or timezone-dependent expressions in (sub)partitioning "
                   "function are not allowed");
}

class FunctionScope : public BindScope {
 public:
  FunctionScope(const TableInfo& table, std::vector<std::string>* used)
      : table_(table), used_(used) {}
  std::string clause() const override { return "partition function"; }
  Result<ExprPtr> column(const ast::ColumnName& name) override {
    const int position = column_position(table_, ascii_lower(name.name));
    if (position < 0) return unknown_column(name.name, clause());
    const ColumnInfo& column = table_.columns[static_cast<size_t>(position)];
    if (std::ranges::find(*used_, column.name.l) == used_->end()) used_->push_back(column.name.l);
    return ExprPtr(
        std::make_unique<ColumnRef>(static_cast<size_t>(position), column.type, column.name.o));
  }

 private:
  const TableInfo& table_;
  std::vector<std::string>* used_;
};

struct BoundFunction {
  ExprPtr expr;
  std::vector<std::string> columns;
};

Result<BoundFunction> bind_function(const BuildScope& scope, const ast::Expr& expr,
                                    const TableInfo& table) {
  BoundFunction bound;
  FunctionScope names(table, &bound.columns);
  BuildContext build{scope.eval, /*fold=*/false};
  TBL_ASSIGN(bound.expr, bind_expr(expr, names, build));
  return bound;
}

Status check_function(const BuildScope& scope, const ast::Expr& expr, const TableInfo& table) {
  TBL_ASSIGN(BoundFunction bound, bind_function(scope, expr, table));
  if (bound.columns.empty() || bound.expr->volatility() == Volatility::kVolatile) {
    return constant_function();
  }
  const bool plain = expr.kind == ast::ExprKind::kColumn;
  const uint8_t tp = bound.expr->type().tp;
  if (plain && !schema::is_integer_type(tp)) {
    return sql_error(
        kErrFieldTypeNotAllowedAsPartitionField,
        fmt::format("Field '{}' is of a not allowed type for this type of partitioning",
                    ast::as<ast::ColumnName>(expr).name));
  }
  if (!schema::is_integer_type(tp) && tp != schema::kTypeYear) {
    return sql_error(static_cast<SqlErrno>(kErrPartitionWrongType),
                     "The PARTITION function returns the wrong type");
  }
  return ok_status();
}

Result<Value> constant_of(const BuildScope& scope, const ast::Expr& expr) {
  BindScope no_names;
  BuildContext build{scope.eval};
  TBL_ASSIGN(ExprPtr bound, bind_expr(expr, no_names, build));
  return bound->eval(scope.eval, {});
}

/// A bound as text: MAXVALUE, an integer, or (RANGE COLUMNS) a literal.
Result<std::string> bound_text(const BuildScope& scope, const ast::Expr* expr,
                               const FieldType* column_type) {
  if (expr == nullptr) return std::string(kMaxValue);
  TBL_ASSIGN(Value value, constant_of(scope, *expr));
  if (value.is_null()) {
    return sql_error(kErrPartitionWrongValues, "Not allowed to use NULL value in VALUES LESS THAN");
  }
  if (column_type != nullptr && !schema::is_integer_type(column_type->tp)) {
    return value_to_literal(value);
  }
  const bool is_integer = value.kind() == ValueKind::kInt || value.kind() == ValueKind::kUint;
  if (!is_integer) {
    return sql_error(kErrPartitionConstDomain,
                     "VALUES value must be of same type as partition function");
  }
  return to_text(value);
}

const FieldType* range_column_type(const TableInfo& table) {
  if (table.partition->columns.empty()) return nullptr;
  const int position = column_position(table, table.partition->columns[0].l);
  return &table.columns[static_cast<size_t>(position)].type;
}

/// Whether the bound `next` lies above `last`.
Result<bool> is_above(const BuildScope& scope, const ast::Expr& next, const ast::Expr& last,
                      const FieldType* type) {
  TBL_ASSIGN(Value low, constant_of(scope, last));
  TBL_ASSIGN(Value high, constant_of(scope, next));
  if (type != nullptr) {
    TBL_ASSIGN(low, cast_to_column(low, {*type, "partition"}, scope.eval.convert));
    TBL_ASSIGN(high, cast_to_column(high, {*type, "partition"}, scope.eval.convert));
  }
  TBL_ASSIGN(int order, compare(high, low, scope.eval.convert));
  return order > 0;
}

Status check_order(const BuildScope& scope, const std::vector<PartitionDef>& defs,
                   const FieldType* type) {
  for (size_t i = 0; i + 1 < defs.size(); ++i) {
    const ast::Expr* low = defs[i].less_than.at(0).get();
    const ast::Expr* high = defs[i + 1].less_than.at(0).get();
    if (low == nullptr) {
      return sql_error(kErrPartitionMaxvalue,
                       "MAXVALUE can only be used in last partition definition");
    }
    if (high == nullptr) continue;
    TBL_ASSIGN(bool above, is_above(scope, *high, *low, type));
    if (above) continue;
    return sql_error(kErrRangeNotIncreasing,
                     "VALUES LESS THAN value must be strictly increasing for each partition");
  }
  return ok_status();
}

/// 1493 when the first new bound is not above the last of the table.
Status check_after_last(const BuildScope& scope, const PartitionDef& def, const TableInfo& table,
                        const FieldType* type) {
  const auto& definitions = table.partition->definitions;
  if (definitions.empty()) return ok_status();
  const std::string& last = definitions.back().less_than.at(0);
  if (last == kMaxValue) {
    return sql_error(kErrPartitionMaxvalue,
                     "MAXVALUE can only be used in last partition definition");
  }
  const ast::Expr* bound = def.less_than.at(0).get();
  if (bound == nullptr) return ok_status();
  std::string text = last;
  if (text.size() >= 2 && text.front() == '\'') text = text.substr(1, text.size() - 2);
  ast::Literal literal;
  literal.literal = ast::LiteralKind::kString;
  literal.text = text;
  const FieldType number = int_type();
  TBL_ASSIGN(bool above, is_above(scope, *bound, literal, type == nullptr ? &number : type));
  if (above) return ok_status();
  return sql_error(kErrRangeNotIncreasing,
                   "VALUES LESS THAN value must be strictly increasing for each partition");
}

Status check_names(const std::vector<PartitionDef>& defs, const TableInfo& table) {
  std::vector<std::string> names;
  for (const auto& definition : table.partition->definitions) names.push_back(definition.name.l);
  for (const PartitionDef& def : defs) {
    if (std::ranges::find(names, ascii_lower(def.name)) != names.end()) {
      return sql_error(kErrSameNamePartition, fmt::format("Duplicate partition name {}", def.name));
    }
    names.push_back(ascii_lower(def.name));
  }
  return ok_status();
}

Status build_hash(const BuildScope& scope, const ast::PartitionBy& by, TableInfo* table) {
  TBL_TRY(check_function(scope, *by.expr, *table));
  size_t count = by.count == 0 ? 1 : by.count;
  if (!by.definitions.empty()) count = by.definitions.size();
  if (count > kMaxPartitions) {
    return sql_error(kErrTooManyPartitions,
                     "Too many partitions (including subpartitions) were defined");
  }
  table->partition->num = count;
  for (size_t i = 0; i < count; ++i) {
    auto& definition = table->partition->definitions.emplace_back();
    definition.name =
        schema::CiName::of(by.definitions.empty() ? fmt::format("p{}", i) : by.definitions[i].name);
    if (!by.definitions.empty()) definition.comment = by.definitions[i].comment;
  }
  return ok_status();
}

Status build_range(const BuildScope& scope, const ast::PartitionBy& by, TableInfo* table) {
  if (by.definitions.empty()) {
    return sql_error(kErrPartitionsMustBeDefined,
                     "For RANGE partitions each partition must be defined");
  }
  if (by.has_columns) {
    const int position = column_position(*table, ascii_lower(by.columns.at(0)));
    if (position < 0) {
      return sql_error(kErrPartitionFieldsNotFound,
                       "Field in list of fields for partition function not found in table");
    }
    table->partition->columns.push_back(table->columns[static_cast<size_t>(position)].name);
  } else {
    TBL_TRY(check_function(scope, *by.expr, *table));
  }
  TBL_ASSIGN(auto definitions, build_definitions(scope, by.definitions, *table));
  table->partition->num = definitions.size();
  table->partition->definitions = std::move(definitions);
  return ok_status();
}

/// Lower-case names of the columns a row's partition depends on.
std::vector<std::string> partition_columns(const BuildScope& scope, const ast::PartitionBy& by,
                                           const TableInfo& table) {
  std::vector<std::string> names;
  if (by.has_columns) {
    for (const auto& column : table.partition->columns) names.push_back(column.l);
    return names;
  }
  auto bound = bind_function(scope, *by.expr, table);
  return bound.ok() ? bound->columns : names;
}

Status needs_all_columns(std::string_view key) {
  return sql_error(
      kErrUniqueKeyNeedAllFieldsInPf,
      fmt::format("A {} must include all columns in the table's partitioning function", key));
}

Status check_keys(const TableInfo& table, const std::vector<std::string>& columns) {
  if (table.pk_is_handle) {
    for (const ColumnInfo& column : table.columns) {
      if (!(column.type.flag & schema::kFlagPrimaryKey)) continue;
      const bool all =
          std::ranges::all_of(columns, [&](auto& name) { return name == column.name.l; });
      if (!all) return needs_all_columns("PRIMARY KEY");
    }
  }
  for (const auto& index : table.indexes) {
    if (!index.unique) continue;
    const bool all = std::ranges::all_of(columns, [&](const std::string& name) {
      return std::ranges::any_of(index.columns, [&](auto& part) { return part.name.l == name; });
    });
    if (!all) return needs_all_columns(index.primary ? "PRIMARY KEY" : "UNIQUE INDEX");
  }
  return ok_status();
}

}  // namespace

Result<std::vector<PartitionDefinition>> build_definitions(const BuildScope& scope,
                                                           const std::vector<PartitionDef>& defs,
                                                           const TableInfo& table) {
  TBL_TRY(check_names(defs, table));
  const FieldType* type = range_column_type(table);
  std::vector<PartitionDefinition> definitions;
  for (const PartitionDef& def : defs) {
    if (def.values != PartitionDef::Values::kLessThan || def.less_than.size() != 1) {
      return sql_error(kErrPartitionRequiresValues,
                       "Syntax error : RANGE PARTITIONING requires definition of VALUES LESS THAN "
                       "for each partition");
    }
    auto& definition = definitions.emplace_back();
    definition.name = schema::CiName::of(def.name);
    definition.comment = def.comment;
    TBL_ASSIGN(std::string text, bound_text(scope, def.less_than[0].get(), type));
    definition.less_than.push_back(std::move(text));
  }
  TBL_TRY(check_order(scope, defs, type));
  if (!defs.empty()) TBL_TRY(check_after_last(scope, defs[0], table, type));
  if (table.partition->definitions.size() + defs.size() > kMaxPartitions) {
    return sql_error(kErrTooManyPartitions,
                     "Too many partitions (including subpartitions) were defined");
  }
  return definitions;
}

Status build_partitions(const BuildScope& scope, const ast::PartitionBy& by, TableInfo* table) {
  const bool known = by.kind == PartitionKind::kHash || by.kind == PartitionKind::kRange;
  if (!known || by.columns.size() > 1 || by.has_subpartitions) {
    scope.eval.convert.warn(
        sql_error(kErrUnsupportedDdl, "Unsupported partition type, treat as normal table"));
    return ok_status();
  }
  auto& partition = table->partition.emplace();
  partition.type = static_cast<int64_t>(by.kind);
  partition.enable = true;
  if (by.expr) {
    ast::RestoreOptions style;
    style.style = ast::RestoreStyle::kView;
    partition.expr = ast::restore(*by.expr, style);
  }
  TBL_TRY(by.kind == PartitionKind::kHash ? build_hash(scope, by, table)
                                          : build_range(scope, by, table));
  return check_keys(*table, partition_columns(scope, by, *table));
}

Status check_partition_keys(const BuildScope& scope, const TableInfo& table) {
  if (!table.is_partitioned()) return ok_status();
  if (!table.partition->columns.empty()) {
    return check_keys(table, {table.partition->columns[0].l});
  }
  TBL_ASSIGN(auto function, parse_expression(table.partition->expr, {}));
  TBL_ASSIGN(BoundFunction bound, bind_function(scope, *function, table));
  return check_keys(table, bound.columns);
}

}  // namespace tbl::tidb
