#include "tidb/plan/bind_state.h"

#include <algorithm>

#include "tidb/plan/expr_util.h"
#include "tidb/plan/subplan.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

TableAccess* BindState::note_access(const std::string& db, const std::string& table,
                                    AccessType type) {
  if (view_depth > 0) return nullptr;
  for (TableAccess& access : accesses) {
    if (access.type == type && access.table == table && access.db == db) return &access;
  }
  accesses.push_back({db, table, type, {}, false});
  return &accesses.back();
}

void BindState::note_column(const ScopeColumn& column, AccessType type, bool named) {
  if (!column.origin) return;
  TableAccess* const access = note_access(column.origin->db, column.origin->table, type);
  if (access == nullptr) return;
  if (!named) access->all_columns = true;
  // A view's columns are known by their names only.
  const PlanColumn& c = column.column;
  const std::string& name = c.org_table.empty() ? c.name : c.org_name;
  if (std::find(access->columns.begin(), access->columns.end(), name) == access->columns.end()) {
    access->columns.push_back(name);
  }
}

void BindState::forget_bare_read(const std::string& db, const std::string& table) {
  std::erase_if(accesses, [&](const TableAccess& access) {
    return access.type == AccessType::kSelect && access.columns.empty() && access.db == db &&
           access.table == table;
  });
}

void BindState::note_table(const schema::TableInfoPtr& table) {
  if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
}

PlanColumn BindState::new_column(std::string name, const FieldType& type) {
  PlanColumn column;
  column.id = next_id++;
  column.name = std::move(name);
  column.type = type;
  return column;
}

Result<ExprPtr> OuterScope::try_column(const ast::ColumnName& name) {
  if (!source) return ExprPtr();
  TBL_ASSIGN(ExprPtr found, source->try_column(name));
  if (!found) return ExprPtr();
  std::string print = fingerprint(*found);
  size_t index = 0;
  while (index < prints.size() && prints[index] != print) ++index;
  FieldType type = found->type();
  std::string text = found->to_string();
  if (index == prints.size()) {
    prints.push_back(std::move(print));
    exprs.push_back(std::move(found));
  }
  return ExprPtr(std::make_unique<CorrelatedColumn>(slot, index, type, text));
}

std::string name_text(const ast::ColumnName& name) {
  std::string text;
  if (!name.schema.empty()) text += name.schema + ".";
  if (!name.table.empty()) text += name.table + ".";
  return text + name.name;
}

Result<ExprPtr> ClauseScope::from_column(const ast::ColumnName& name) {
  TBL_ASSIGN(const ScopeColumn* found,
             place_.scope.find({name.schema, name.table, name.name}, clause_));
  if (!found) return ExprPtr();
  place_.state.note_column(*found, AccessType::kSelect);
  return column_ref(found->column);
}

Result<ExprPtr> ClauseScope::try_column(const ast::ColumnName& name) {
  TBL_ASSIGN(ExprPtr found, from_column(name));
  if (!found && place_.outer) return place_.outer->try_column(name);
  return found;
}

Result<ExprPtr> ClauseScope::column(const ast::ColumnName& name) {
  TBL_ASSIGN(ExprPtr found, try_column(name));
  if (!found) return unknown_column(name_text(name), clause_);
  return found;
}

namespace {

CompareOp compare_op(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::kNe:
      return CompareOp::kNe;
    case ast::BinaryOp::kLt:
      return CompareOp::kLt;
    case ast::BinaryOp::kLe:
      return CompareOp::kLe;
    case ast::BinaryOp::kGt:
      return CompareOp::kGt;
    case ast::BinaryOp::kGe:
      return CompareOp::kGe;
    case ast::BinaryOp::kNullEq:
      return CompareOp::kNullEq;
    default:
      return CompareOp::kEq;
  }
}

const ast::Query& query_of(const ast::Expr& node) {
  switch (node.kind) {
    case ast::ExprKind::kExists:
      return *ast::as<ast::Exists>(node).query;
    case ast::ExprKind::kIn:
      return *ast::as<ast::In>(node).query;
    case ast::ExprKind::kCompareSubquery:
      return *ast::as<ast::CompareSubquery>(node).query;
    default:
      return *ast::as<ast::Subquery>(node).query;
  }
}

bool plan_is_volatile(PlanNode& plan) {
  bool found = false;
  for_each_expr(plan, [&found](ExprPtr& e) { found = found || is_volatile(*e); });
  for (auto& child : plan.children) found = found || plan_is_volatile(*child);
  return found;
}

}  // namespace

Result<ExprPtr> ClauseScope::subquery(const ast::Expr& node, ExprPtr left) {
  OuterScope boundary;
  boundary.source = this;
  QueryBinder binder(place_.state, place_.ctes, &boundary);
  auto plan = std::make_shared<SubPlan>();
  TBL_ASSIGN(plan->root, binder.bind(query_of(node)));
  for (const PlanColumn& column : plan->root->columns) plan->types.push_back(column.type);
  plan->slot = boundary.slot;
  plan->is_volatile = plan_is_volatile(*plan->root);
  plan->all_rows_matter = left != nullptr;
  auto runner = std::make_unique<PlanSubquery>(std::move(plan), std::move(boundary.exprs),
                                               place_.state.engine);
  switch (node.kind) {
    case ast::ExprKind::kExists:
      return make_subquery(SubqueryKind::kExists, std::move(runner));
    case ast::ExprKind::kIn:
      return make_quantified(std::move(left), CompareOp::kEq, SubqueryKind::kAny,
                             std::move(runner));
    case ast::ExprKind::kCompareSubquery: {
      const auto& compare = ast::as<ast::CompareSubquery>(node);
      return make_quantified(std::move(left), compare_op(compare.op),
                             compare.all ? SubqueryKind::kAll : SubqueryKind::kAny,
                             std::move(runner));
    }
    default:
      return make_subquery(SubqueryKind::kScalar, std::move(runner));
  }
}

Result<LimitValues> bind_limit(const ast::Limit& limit, BindState& state) {
  auto number = [&state](const ast::ExprPtr& e) -> Result<uint64_t> {
    BindScope none;
    TBL_ASSIGN(ExprPtr bound, bind_expr(*e, none, state.build()));
    TBL_ASSIGN(Value value, bound->eval(state.context.eval, Row()));
    if (value.is_null()) return sql_error(kErrWrongArguments, "Incorrect arguments to LIMIT");
    if (value.kind() == ValueKind::kInt && value.as_int() < 0) {
      return sql_error(kErrWrongArguments, "Incorrect arguments to LIMIT");
    }
    return to_uint(value, state.context.eval.convert);
  };
  LimitValues values;
  if (limit.offset) {
    TBL_ASSIGN(values.offset, number(limit.offset));
  }
  TBL_ASSIGN(values.count, number(limit.count));
  return values;
}

PlanPtr make_limit(PlanPtr child, const LimitValues& limit) {
  auto node = std::make_unique<LimitPlan>();
  node->columns = child->columns;
  node->offset = limit.offset;
  node->count = limit.count;
  node->children.push_back(std::move(child));
  return node;
}

PlanPtr make_selection(PlanPtr child, ExprPtr condition) {
  if (!condition) return child;
  auto node = std::make_unique<SelectionPlan>();
  node->columns = child->columns;
  node->conditions = split_conjunction(std::move(condition));
  node->children.push_back(std::move(child));
  return node;
}

PlanPtr make_distinct(PlanPtr child) {
  auto node = std::make_unique<AggregationPlan>();
  node->columns = child->columns;
  for (const PlanColumn& column : child->columns) node->group_by.push_back(column_ref(column));
  node->children.push_back(std::move(child));
  return node;
}

}  // namespace tbl::tidb
