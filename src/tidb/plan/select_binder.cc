#include "tidb/plan/select_binder.h"

#include <algorithm>

#include "tidb/plan/expr_util.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

bool is_position(const ast::Expr& e) {
  return e.kind == ast::ExprKind::kLiteral &&
         ast::as<ast::Literal>(e).literal == ast::LiteralKind::kInt;
}

/// The heading of an entry without an alias.
std::string heading(const ast::SelectItem& item) {
  if (item.expr->kind == ast::ExprKind::kColumn) return ast::as<ast::ColumnName>(*item.expr).name;
  if (item.expr->kind == ast::ExprKind::kLiteral) {
    const auto& literal = ast::as<ast::Literal>(*item.expr);
    if (literal.literal == ast::LiteralKind::kString) return literal.text;
    if (literal.literal == ast::LiteralKind::kNull) return "NULL";
  }
  return item.text;
}

bool has_aggregate(const Expr& e, const AggregateList& list) {
  ColumnIds ids = columns_of(e);
  for (const PlanColumn& column : list.columns) {
    if (ids.contains(column.id)) return true;
  }
  return false;
}

Status cannot_group_on(const std::string& name) {
  return sql_error(kErrWrongGroupField, "Can't group on '" + name + "'");
}

void lock_sources(PlanNode& node) {
  if (node.kind == PlanKind::kDataSource) as<DataSourcePlan>(node).lock_rows = true;
  for (auto& child : node.children) lock_sources(*child);
}

}  // namespace

Result<PlanPtr> SelectBinder::bind(const ast::SelectBlock& block, const ast::Query& query) {
  if (block.with_rollup) return not_supported_yet("GROUP BY ... WITH ROLLUP");
  bool alone = query.terms.size() == 1;
  TBL_ASSIGN(PlanPtr plan, bind_from(block));
  TBL_TRY(bind_fields(block));
  TBL_TRY(bind_group_by(block));
  if (block.having) {
    SelectClause clause(place(), "having clause",
                        {&aggregates_, AliasRule::kHaving, &fields_, &group_by_});
    TBL_ASSIGN(having_, bind_expr(*block.having, clause, state_.build()));
  }
  if (alone) TBL_TRY(bind_order_by(query));
  if (has_group_by_ || !aggregates_.empty()) {
    TBL_ASSIGN(plan, aggregate(std::move(plan)));
  }
  plan = make_selection(std::move(plan), std::move(having_));
  TBL_ASSIGN(plan, project(std::move(plan), block.distinct));
  plan = sort(std::move(plan));
  if (alone && query.limit) {
    TBL_ASSIGN(LimitValues limit, bind_limit(*query.limit, state_));
    plan = make_limit(std::move(plan), limit);
  }
  if (query.lock == ast::LockKind::kForUpdate || query.lock == ast::LockKind::kForUpdateNowait) {
    lock_sources(*plan);
  }
  if (plan->columns.size() == fields_.size()) return plan;
  auto trim = std::make_unique<ProjectionPlan>();
  for (size_t i = 0; i < fields_.size(); ++i) {
    trim->columns.push_back(plan->columns[i]);
    trim->exprs.push_back(column_ref(plan->columns[i]));
  }
  trim->children.push_back(std::move(plan));
  return PlanPtr(std::move(trim));
}

Result<PlanPtr> SelectBinder::bind_from(const ast::SelectBlock& block) {
  PlanPtr plan = std::make_unique<DualPlan>();
  if (block.from) {
    FromBinder binder(state_, ctes_, outer_);
    TBL_ASSIGN(BoundFrom from, binder.bind(*block.from));
    plan = std::move(from.plan);
    scope_ = std::move(from.scope);
  }
  if (!block.where) return plan;
  ClauseScope where(place(), "where clause");
  TBL_ASSIGN(ExprPtr condition, bind_expr(*block.where, where, state_.build()));
  return make_selection(std::move(plan), std::move(condition));
}

Status SelectBinder::bind_fields(const ast::SelectBlock& block) {
  SelectClause clause(place(), "field list", {&aggregates_, AliasRule::kNone, nullptr, nullptr});
  for (const ast::SelectItem& item : block.items) {
    if (!item.expr) {
      TBL_TRY(expand_star(item));
      continue;
    }
    SelectField field;
    TBL_ASSIGN(field.expr, bind_expr(*item.expr, clause, state_.build()));
    if (column_count(*field.expr) != 1) return operand_columns(1);
    field.aliased = item.alias.has_value();
    std::string name = item.alias ? *item.alias : heading(item);
    if (field.expr->kind() == ExprKind::kColumn) {
      size_t id = static_cast<const ColumnRef&>(*field.expr).index();
      if (const ScopeColumn* column = scope_.by_id(id)) field.column = column->column;
    }
    PlanColumn fresh = state_.new_column(std::move(name), field.expr->type());
    field.column.id = fresh.id;
    field.column.name = fresh.name;
    field.column.type = fresh.type;
    fields_.push_back(std::move(field));
  }
  return ok_status();
}

Status SelectBinder::expand_star(const ast::SelectItem& item) {
  std::vector<const ScopeColumn*> found;
  for (const ScopeColumn& column : scope_.columns) {
    if (column.hidden) continue;
    if (item.star_table.empty() ? column.merged
                                : !name_matches(item.star_table, column.column.table)) {
      continue;
    }
    if (name_matches(item.star_schema, column.column.db)) found.push_back(&column);
  }
  // USING moves columns to the front of `*`, not of `t.*`.
  if (!item.star_table.empty()) std::ranges::stable_sort(found, {}, &ScopeColumn::place);
  for (const ScopeColumn* column : found) {
    state_.note_column(*column, AccessType::kSelect, false);
    SelectField field;
    field.expr = column_ref(column->column);
    field.column = column->column;
    field.column.id = state_.next_id++;
    fields_.push_back(std::move(field));
  }
  if (!found.empty()) return ok_status();
  if (item.star_table.empty()) return sql_error(kErrNoTablesUsed, "No tables used");
  return bad_table(item.star_table);
}

Status SelectBinder::bind_group_by(const ast::SelectBlock& block) {
  has_group_by_ = !block.group_by.empty();
  for (const ast::OrderItem& item : block.group_by) {
    TBL_ASSIGN(ExprPtr key, group_key(*item.expr));
    group_by_.push_back(std::move(key));
  }
  return ok_status();
}

Result<ExprPtr> SelectBinder::group_key(const ast::Expr& node) {
  if (is_position(node)) {
    uint64_t position = ast::as<ast::Literal>(node).number;
    if (position == 0 || position > fields_.size()) {
      return unknown_column(std::to_string(position), "group statement");
    }
    const SelectField& field = fields_[position - 1];
    if (has_aggregate(*field.expr, aggregates_)) return cannot_group_on(field.column.name);
    return field.expr->clone();
  }
  SelectClause clause(place(), "group statement",
                      {nullptr, AliasRule::kAfterFrom, &fields_, &group_by_});
  TBL_ASSIGN(ExprPtr key, bind_expr(node, clause, state_.build()));
  if (has_aggregate(*key, aggregates_)) {
    bool is_name = node.kind == ast::ExprKind::kColumn;
    return cannot_group_on(is_name ? ast::as<ast::ColumnName>(node).name : key->to_string());
  }
  return key;
}

Status SelectBinder::bind_order_by(const ast::Query& query) {
  for (const ast::OrderItem& item : query.order_by) {
    TBL_ASSIGN(OrderKey key, order_key(item));
    order_.push_back(std::move(key));
  }
  return ok_status();
}

Result<OrderKey> SelectBinder::order_key(const ast::OrderItem& item) {
  OrderKey key;
  key.descending = item.descending;
  if (is_position(*item.expr)) {
    uint64_t position = ast::as<ast::Literal>(*item.expr).number;
    if (position == 0 || position > fields_.size()) {
      return unknown_column(std::to_string(position), "order clause");
    }
    key.field = position - 1;
    return key;
  }
  if (item.expr->kind == ast::ExprKind::kColumn) {
    const auto& name = ast::as<ast::ColumnName>(*item.expr);
    if (name.table.empty()) {
      TBL_ASSIGN(const SelectField* field, find_field(fields_, name.name, "order clause"));
      if (field) {
        key.field = static_cast<size_t>(field - fields_.data());
        return key;
      }
    }
  }
  SelectClause clause(place(), "order clause",
                      {&aggregates_, AliasRule::kAfterFrom, &fields_, &group_by_});
  TBL_ASSIGN(key.expr, bind_expr(*item.expr, clause, state_.build()));
  std::string print = fingerprint(*key.expr);
  for (size_t i = 0; i < fields_.size() && !is_volatile(*key.expr); ++i) {
    if (fingerprint(*fields_[i].expr) == print) key.field = i;
  }
  return key;
}

namespace {

/// Replaces what GROUP BY computes by the columns of the aggregation, and adds a first_row for each
/// column that is read besides, or refuses it.
class AboveAggregation {
 public:
  AboveAggregation(BindState& state, const Scope& scope, AggregationPlan* plan)
      : state_(state), scope_(scope), plan_(plan) {
    for (const PlanColumn& column : plan->columns) known_.insert(column.id);
  }
  void add_key(const std::string& print, const PlanColumn& column) {
    keys_.emplace_back(print, column);
  }
  void check_with(const GroupCheck* check, bool grouped) {
    check_ = check;
    grouped_ = grouped;
  }

  /// `number` from 1, and the words for the list it stands in.
  Status rewrite(ExprPtr* e, size_t number, const std::string& list) {
    rewrite_expr(e, [this](const Expr& node) { return replace(node); });
    for (size_t id : columns_of(**e)) {
      if (known_.contains(id)) continue;
      const ScopeColumn* column = scope_.by_id(id);
      if (!column) continue;
      if (check_ && !check_->determined(id)) return refuse(*column, number, list);
      TBL_TRY(add_first_row(column->column));
    }
    return ok_status();
  }

 private:
  ExprPtr replace(const Expr& node) const {
    if (node.kind() == ExprKind::kConstant) return nullptr;
    std::string print = fingerprint(node);
    for (const auto& [key, column] : keys_) {
      if (key == print) return column_ref(column);
    }
    return nullptr;
  }

  Status refuse(const ScopeColumn& column, size_t number, const std::string& list) const {
    std::string place = "expression #" + std::to_string(number) + " of " + list;
    std::string name = column_text(column.column);
    std::string end = "; this is incompatible with sql_mode=only_full_group_by";
    if (!grouped_) {
      return sql_error(kErrMixOfGroupFuncAndFields, "In aggregated query without GROUP BY, " +
                                                        place + " contains nonaggregated column '" +
                                                        name + "'" + end);
    }
    place[0] = 'E';
    return sql_error(kErrWrongFieldWithGroup,
                     place + " is not in GROUP BY clause and contains nonaggregated column '" +
                         name +
                         "' which is not functionally dependent on columns in GROUP BY "
                         "clause" +
                         end);
  }

  Status add_first_row(const PlanColumn& column) {
    AggregateCall call;
    call.name = "first_row";
    call.args.push_back(column_ref(column));
    TBL_ASSIGN(auto made, make_aggregate(std::move(call), state_.build()));
    // Aggregates stand before the group's values.
    plan_->columns.insert(
        plan_->columns.begin() + static_cast<std::ptrdiff_t>(plan_->aggregates.size()), column);
    plan_->aggregates.push_back(std::move(made));
    known_.insert(column.id);
    return ok_status();
  }

  BindState& state_;
  const Scope& scope_;
  AggregationPlan* plan_;
  ColumnIds known_;
  std::vector<std::pair<std::string, PlanColumn>> keys_;
  const GroupCheck* check_ = nullptr;
  bool grouped_ = false;
};

}  // namespace

Result<PlanPtr> SelectBinder::aggregate(PlanPtr plan) {
  auto node = std::make_unique<AggregationPlan>();
  node->scalar = !has_group_by_;
  GroupCheck check(scope_, group_by_, *plan);
  node->columns = aggregates_.columns;
  node->aggregates = std::move(aggregates_.calls);
  std::vector<std::pair<std::string, PlanColumn>> keys;
  for (ExprPtr& key : group_by_) {
    PlanColumn column = state_.new_column(key->to_string(), key->type());
    if (key->kind() == ExprKind::kColumn) {
      if (const ScopeColumn* from = scope_.by_id(static_cast<ColumnRef&>(*key).index())) {
        column = from->column;
      }
    }
    keys.emplace_back(fingerprint(*key), column);
    bool repeated = false;
    for (const PlanColumn& other : node->columns) repeated = repeated || other.id == column.id;
    if (repeated) continue;
    node->columns.push_back(column);
    node->group_by.push_back(std::move(key));
  }
  AboveAggregation above(state_, scope_, node.get());
  for (auto& [print, column] : keys) above.add_key(print, column);
  if (state_.context.eval.convert.sql_mode & kModeOnlyFullGroupBy) {
    above.check_with(&check, has_group_by_);
  }
  for (size_t i = 0; i < fields_.size(); ++i) {
    TBL_TRY(above.rewrite(&fields_[i].expr, i + 1, "SELECT list"));
  }
  for (size_t i = 0; i < order_.size(); ++i) {
    if (order_[i].expr) TBL_TRY(above.rewrite(&order_[i].expr, i + 1, "ORDER BY"));
  }
  if (having_) TBL_TRY(above.rewrite(&having_, 1, "HAVING"));
  node->children.push_back(std::move(plan));
  return PlanPtr(std::move(node));
}

Result<PlanPtr> SelectBinder::project(PlanPtr plan, bool distinct) {
  auto node = std::make_unique<ProjectionPlan>();
  for (SelectField& field : fields_) {
    node->columns.push_back(field.column);
    node->exprs.push_back(std::move(field.expr));
  }
  for (size_t i = 0; i < order_.size(); ++i) {
    OrderKey& key = order_[i];
    SortItem item;
    item.descending = key.descending;
    if (key.field != OrderKey::kNone) {
      item.expr = column_ref(node->columns[key.field]);
    } else if (key.expr->is_constant() && !has_correlated(*key.expr)) {
      continue;
    } else {
      if (distinct) {
        return sql_error(kErrFieldInOrderNotSelect,
                         "Expression #" + std::to_string(i + 1) +
                             " of ORDER BY clause is not in SELECT list, references column '" +
                             key.expr->to_string() +
                             "' which is not in SELECT list; this is incompatible with DISTINCT");
      }
      PlanColumn column = state_.new_column(key.expr->to_string(), key.expr->type());
      item.expr = column_ref(column);
      node->columns.push_back(std::move(column));
      node->exprs.push_back(std::move(key.expr));
    }
    sort_items_.push_back(std::move(item));
  }
  node->children.push_back(std::move(plan));
  PlanPtr result = std::move(node);
  return distinct ? make_distinct(std::move(result)) : std::move(result);
}

PlanPtr SelectBinder::sort(PlanPtr plan) {
  if (sort_items_.empty()) return plan;
  auto node = std::make_unique<SortPlan>();
  node->columns = plan->columns;
  node->items = std::move(sort_items_);
  node->children.push_back(std::move(plan));
  return node;
}

}  // namespace tbl::tidb
