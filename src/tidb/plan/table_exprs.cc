#include "tidb/plan/table_exprs.h"

#include <algorithm>

#include "tidb/expr/bind.h"
#include "tidb/parser/parser.h"
#include "tidb/types/convert.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

constexpr int64_t kPartitionRange = 1;
constexpr int64_t kPartitionHash = 2;

/// Columns of one table by position.
class TableScope : public BindScope {
 public:
  explicit TableScope(const schema::TableInfo& table) : table_(table) {}
  Result<ExprPtr> column(const ast::ColumnName& name) override {
    const schema::ColumnInfo* column = table_.column_by_name(schema::CiName::of(name.name).l);
    if (!column) return unknown_column(name.name, "generated column function");
    auto position = static_cast<size_t>(column - table_.columns.data());
    return ExprPtr(
        std::make_unique<ColumnRef>(position, column->type, table_.name.o + "." + column->name.o));
  }

 private:
  const schema::TableInfo& table_;
};

Result<ExprPtr> bind_text(const std::string& text, const schema::TableInfo& table,
                          EvalContext& eval) {
  ParseOptions options;
  TBL_ASSIGN(ast::ExprPtr parsed, parse_expression(text, options));
  TableScope scope(table);
  return bind_expr(*parsed, scope, BuildContext{eval});
}

Result<std::optional<Value>> bind_bound(const schema::PartitionDefinition& definition,
                                        EvalContext& eval) {
  std::optional<Value> none;
  if (definition.less_than.empty()) return none;
  const std::string& text = definition.less_than[0];
  if (schema::CiName::of(text).l == "maxvalue") return none;
  ParseOptions options;
  TBL_ASSIGN(ast::ExprPtr parsed, parse_expression(text, options));
  BindScope scope;
  TBL_ASSIGN(ExprPtr bound, bind_expr(*parsed, scope, BuildContext{eval}));
  TBL_ASSIGN(Value value, bound->eval(eval, Row()));
  return std::optional<Value>(std::move(value));
}

Status no_partition(const Value& value) {
  std::string text = value.is_null() ? "NULL" : to_text(value);
  return sql_error(kErrNoPartitionForGivenValue, "Table has no partition for value " + text);
}

}  // namespace

Status TableExprs::fill_generated(const schema::TableInfo& table, EvalContext& eval,
                                  Row* row) const {
  for (const Generated& g : generated) {
    const schema::ColumnInfo& column = table.columns[g.offset];
    TBL_ASSIGN(Value value, g.expr->eval(eval, *row));
    TBL_ASSIGN((*row)[g.offset],
               cast_to_column(value, ColumnTarget{column.type, column.name.o, 1}, eval.convert));
  }
  return ok_status();
}

Result<int64_t> TableExprs::physical_id(const schema::TableInfo& table, EvalContext& eval,
                                        const Row& row) const {
  if (!partition) return table.id;
  const auto& definitions = table.partition->definitions;
  TBL_ASSIGN(Value value, partition->eval(eval, row));
  if (table.partition->type == kPartitionHash) {
    if (value.is_null()) return definitions[0].id;
    TBL_ASSIGN(int64_t number, to_int(value, eval.convert));
    int64_t slot = number % static_cast<int64_t>(definitions.size());
    return definitions[static_cast<size_t>(slot < 0 ? -slot : slot)].id;
  }
  for (size_t i = 0; i < definitions.size(); ++i) {
    if (!less_than[i] || value.is_null()) return definitions[i].id;
    TBL_ASSIGN(int order, compare(value, *less_than[i], eval.convert));
    if (order < 0) return definitions[i].id;
  }
  return no_partition(value);
}

Result<std::unique_ptr<TableExprs>> bind_table_exprs(const schema::TableInfo& table,
                                                     EvalContext& eval) {
  auto exprs = std::make_unique<TableExprs>();
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const schema::ColumnInfo& column = table.columns[i];
    if (!column.is_generated()) continue;
    auto bound = bind_text(column.generated_expr, table, eval);
    if (!bound.ok()) return std::move(bound).status().wrap("generated column " + column.name.o);
    exprs->generated.push_back({i, std::move(*bound), column.generated_stored});
  }
  if (!table.is_partitioned()) return exprs;
  const schema::PartitionInfo& partition = *table.partition;
  std::string text = partition.expr;
  if (partition.type == kPartitionRange && text.empty() && partition.columns.size() == 1) {
    text = "`" + partition.columns[0].o + "`";  // RANGE COLUMNS
  }
  if (partition.definitions.empty() || text.empty() ||
      (partition.type != kPartitionRange && partition.type != kPartitionHash)) {
    return not_supported_yet("this kind of partitioning");
  }
  auto bound = bind_text(text, table, eval);
  if (!bound.ok()) return std::move(bound).status().wrap("partition expression");
  exprs->partition = std::move(*bound);
  if (partition.type == kPartitionHash) return exprs;
  for (const auto& definition : partition.definitions) {
    TBL_ASSIGN(std::optional<Value> bound_value, bind_bound(definition, eval));
    exprs->less_than.push_back(std::move(bound_value));
  }
  return exprs;
}

}  // namespace tbl::tidb
