#include "tidb/plan/aggregate_binder.h"

#include <map>

#include "tidb/expr/func_expr.h"
#include "tidb/plan/select_binder.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

ExprPtr AggregateList::add(std::unique_ptr<AggregateCall> call, BindState& state) {
  std::string print = call->to_string();
  for (const ExprPtr& arg : call->args) print += '|' + fingerprint(*arg);
  for (const AggregateOrder& order : call->order_by) print += '|' + fingerprint(*order.key);
  size_t index = 0;
  while (index < prints.size() && prints[index] != print) ++index;
  if (index == prints.size()) {
    columns.push_back(state.new_column(call->to_string(), call->type));
    prints.push_back(std::move(print));
    calls.push_back(std::move(call));
  }
  return column_ref(columns[index]);
}

Result<const SelectField*> find_field(const std::vector<SelectField>& fields, std::string_view name,
                                      std::string_view clause) {
  const SelectField* found = nullptr;
  for (const SelectField& field : fields) {
    if (!equal_ignoring_case(field.column.name, name)) continue;
    if (!found) {
      found = &field;
    } else if (fingerprint(*found->expr) != fingerprint(*field.expr)) {
      return ambiguous_column(name, clause);
    }
  }
  return found;
}

Result<ExprPtr> SelectClause::try_column(const ast::ColumnName& name) {
  if (inside_aggregate_ || sees_.rule == AliasRule::kNone) return ClauseScope::try_column(name);
  if (sees_.rule == AliasRule::kHaving) return having_column(name);
  TBL_ASSIGN(ExprPtr found, from_column(name));
  if (!found && name.table.empty()) {
    TBL_ASSIGN(const SelectField* field, find_field(*sees_.fields, name.name, clause()));
    if (field) found = field->expr->clone();
  }
  if (!found && place().outer) return place().outer->try_column(name);
  return found;
}

Result<ExprPtr> SelectClause::having_column(const ast::ColumnName& name) {
  auto is_one_of = [](const Expr& column, const Expr& e) {
    return e.kind() == ExprKind::kColumn && static_cast<const ColumnRef&>(e).index() ==
                                                static_cast<const ColumnRef&>(column).index();
  };
  auto from = from_column(name);
  if (from.ok() && *from) {
    for (const ExprPtr& key : *sees_.group_by) {
      if (is_one_of(**from, *key)) return std::move(*from);
    }
  }
  if (name.table.empty()) {
    TBL_ASSIGN(const SelectField* field, find_field(*sees_.fields, name.name, clause()));
    if (field) return field->expr->clone();
  }
  TBL_TRY(from.ok() ? ok_status() : from.status());
  if (*from) {
    for (const SelectField& field : *sees_.fields) {
      if (is_one_of(**from, *field.expr)) return std::move(*from);
    }
  }
  return place().outer ? place().outer->try_column(name) : Result<ExprPtr>(ExprPtr());
}

Result<ExprPtr> SelectClause::aggregate(const ast::Aggregate& node) {
  if (!sees_.aggregates || inside_aggregate_) {
    return sql_error(kErrInvalidGroupFuncUse, "Invalid use of group function");
  }
  inside_aggregate_ = true;
  auto bind_all = [&]() -> Result<std::unique_ptr<AggregateCall>> {
    AggregateCall call;
    call.name = node.name;
    call.distinct = node.distinct;
    if (node.separator) call.separator = *node.separator;
    for (const ast::ExprPtr& arg : node.args) {
      TBL_ASSIGN(ExprPtr bound, bind_expr(*arg, *this, place().state.build()));
      call.args.push_back(std::move(bound));
    }
    for (const ast::OrderItem& item : node.order_by) {
      AggregateOrder order;
      order.descending = item.descending;
      TBL_ASSIGN(order.key, bind_expr(*item.expr, *this, place().state.build()));
      call.order_by.push_back(std::move(order));
    }
    return make_aggregate(std::move(call), place().state.build());
  };
  auto call = bind_all();
  inside_aggregate_ = false;
  TBL_TRY(call.ok() ? ok_status() : call.status());
  return sees_.aggregates->add(std::move(*call), place().state);
}

namespace {

using ColumnPairs = std::vector<std::pair<size_t, size_t>>;

/// Columns that a condition compares with a constant, and pairs of columns it equates.
void equalities(const Expr& e, ColumnIds* fixed, ColumnPairs* pairs) {
  if (as_function(e, "and")) {
    for (const ExprPtr& child : e.children()) equalities(*child, fixed, pairs);
    return;
  }
  if (!as_function(e, "eq")) return;
  const Expr& a = *e.children()[0];
  const Expr& b = *e.children()[1];
  bool a_column = a.kind() == ExprKind::kColumn;
  bool b_column = b.kind() == ExprKind::kColumn;
  auto id = [](const Expr& c) { return static_cast<const ColumnRef&>(c).index(); };
  if (a_column && b_column) pairs->emplace_back(id(a), id(b));
  if (a_column && b.is_constant()) fixed->insert(id(a));
  if (b_column && a.is_constant()) fixed->insert(id(b));
}

void equalities(const PlanNode& node, ColumnIds* fixed, ColumnPairs* pairs) {
  const std::vector<ExprPtr>* conditions = nullptr;
  if (node.kind == PlanKind::kSelection) {
    conditions = &as<SelectionPlan>(node).conditions;
  } else if (node.kind == PlanKind::kJoin && as<JoinPlan>(node).join == JoinKind::kInner) {
    conditions = &as<JoinPlan>(node).other;
  } else {
    return;
  }
  for (const ExprPtr& e : *conditions) equalities(*e, fixed, pairs);
  for (const PlanPtr& child : node.children) equalities(*child, fixed, pairs);
}

}  // namespace

GroupCheck::GroupCheck(const Scope& scope, const std::vector<ExprPtr>& group_by,
                       const PlanNode& from) {
  for (const ExprPtr& key : group_by) {
    if (key->kind() == ExprKind::kColumn) {
      determined_.insert(static_cast<const ColumnRef&>(*key).index());
    }
  }
  ColumnPairs pairs;
  equalities(from, &determined_, &pairs);
  size_t before = SIZE_MAX;
  while (before != determined_.size()) {
    before = determined_.size();
    for (auto [a, b] : pairs) {
      if (determined_.contains(a)) determined_.insert(b);
      if (determined_.contains(b)) determined_.insert(a);
    }
    close_over_keys(scope);
  }
}

void GroupCheck::close_over_keys(const Scope& scope) {
  std::map<size_t, std::map<int, size_t>> tables;  // source -> offset -> id
  std::map<size_t, const schema::TableInfo*> infos;
  for (const ScopeColumn& column : scope.columns) {
    if (!column.table) continue;
    tables[column.source][column.offset] = column.column.id;
    infos[column.source] = column.table.get();
  }
  for (const auto& [source, ids] : tables) {
    const schema::TableInfo& table = *infos[source];
    for (const schema::UniqueKey& key : table.unique_keys) {
      bool whole = true;
      for (const auto& part : key.parts) {
        auto id = ids.find(static_cast<int>(part.position));
        whole = whole && id != ids.end() && determined_.contains(id->second) &&
                part.length == schema::IndexColumn::kWhole &&
                table.columns[part.position].type.not_null();
      }
      if (!whole) continue;
      for (const auto& [offset, id] : ids) determined_.insert(id);
    }
  }
}

bool GroupCheck::determined(size_t id) const { return determined_.contains(id); }

}  // namespace tbl::tidb
