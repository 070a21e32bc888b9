#include "tidb/plan/from_binder.h"

#include <algorithm>

#include "tidb/ast/dml.h"
#include "tidb/catalog/schema.h"
#include "tidb/parser/parser.h"
#include "tidb/plan/expr_util.h"
#include "tidb/plan/virtual_source.h"
#include "tidb/types/collation.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

constexpr int kMaxViewDepth = 32;

PlanColumn table_column(BindState& state, const std::string& db, const schema::TableInfo& table,
                        const std::string& alias, size_t position) {
  const schema::ColumnInfo& info = table.columns[position];
  PlanColumn column = state.new_column(info.name.o, info.type);
  column.db = db;
  column.table = alias;
  column.org_table = table.name.o;
  column.org_name = info.name.o;
  return column;
}

void add_handle(BindState& state, DataSourcePlan* node, Scope* scope, size_t source) {
  PlanColumn column = state.new_column("_tidb_rowid", int_type());
  column.db = node->db;
  column.table = node->alias;
  column.org_table = node->table->name.o;
  column.org_name = "_tidb_rowid";
  node->columns.push_back(column);
  node->offsets.push_back(DataSourcePlan::kHandle);
  if (node->table->pk_is_handle) return;
  ScopeColumn visible{column, node->table, DataSourcePlan::kHandle, source};
  visible.hidden = true;
  if (!scope->columns.empty()) visible.origin = scope->columns.front().origin;
  scope->columns.push_back(std::move(visible));
}

const ast::CommonTable* find_cte(const CteScope* scope, const std::string& name,
                                 const CteScope** found, size_t* position) {
  for (; scope; scope = scope->outer) {
    for (size_t i = scope->count; i-- > 0;) {
      if (!equal_ignoring_case(scope->with->tables[i].name, name)) continue;
      *found = scope;
      *position = i;
      return &scope->with->tables[i];
    }
  }
  return nullptr;
}

}  // namespace

Result<FoundTable> find_table(BindState& state, const ast::TableName& name, AccessType type) {
  FoundTable found;
  found.db = name.schema.empty() ? state.current_db : name.schema;
  if (found.db.empty()) return no_database_selected();
  std::string db = ascii_lower(found.db);
  if (state.context.virtuals) {
    found.source = state.context.virtuals->find(db, ascii_lower(name.name));
    if (found.source) {
      state.note_access(found.db, name.name, type);
      return found;
    }
  }
  found.table = state.context.schema.table(db, name.name);
  if (!found.table) {
    state.note_access(found.db, name.name, type);
    bool known = state.context.schema.database(db) ||
                 (state.context.virtuals && state.context.virtuals->has_database(db));
    if (!known && name.schema.empty()) return unknown_database(found.db);
    return no_such_table(found.db, name.name);
  }
  if (const Database* database = state.context.schema.database(db)) {
    found.db = database->info->name.o;
  }
  state.note_access(found.db, found.table->name.o, type);
  return found;
}

Result<BoundFrom> FromBinder::bind(const ast::TableRef& ref) {
  switch (ref.kind) {
    case ast::TableRefKind::kTable:
      return bind_table(ast::as<ast::TableSource>(ref));
    case ast::TableRefKind::kDerived:
      return bind_derived(ast::as<ast::DerivedTable>(ref));
    case ast::TableRefKind::kJoin:
      return bind_join(ast::as<ast::Join>(ref));
  }
  return internal_error("unknown table reference");
}

namespace {

Status check_hinted_index(const schema::TableInfo& table, const std::string& name) {
  const std::string lower = ascii_lower(name);
  if (lower == "primary" && table.pk_is_handle) return ok_status();
  const bool there = std::ranges::any_of(table.indexes, [&](const schema::IndexInfo& index) {
    return index.is_public() && index.name.l == lower;
  });
  if (there) return ok_status();
  return sql_error(kErrKeyDoesNotExist,
                   "Key '" + name + "' doesn't exist in table '" + table.name.o + "'");
}

}  // namespace

Result<BoundFrom> FromBinder::bind_table(const ast::TableSource& source) {
  const std::string& alias = source.alias.empty() ? source.table.name : source.alias;
  if (source.table.schema.empty()) {
    const CteScope* scope = nullptr;
    size_t position = 0;
    if (const ast::CommonTable* cte = find_cte(ctes_, source.table.name, &scope, &position)) {
      if (scope->used) (*scope->used)[position] = true;
      CteScope inside{scope->with, position, scope->outer, scope->used};
      return bind_cte(inside, *cte, alias);
    }
  }
  TBL_ASSIGN(FoundTable found, find_table(state_, source.table, access_));
  if (found.source) return bind_virtual(*found.source, found.db, alias);
  if (found.table->view) return bind_view(found.db, *found.table, alias);
  if (found.table->sequence) {
    return sql_error(kErrTableNotBase,
                     "'" + found.db + "." + found.table->name.o + "' is not BASE TABLE");
  }
  TBL_ASSIGN(BoundFrom bound,
             bind_stored(found.db, found.table,
                         source.alias.empty() ? found.table->name.o : source.alias));
  auto& node = as<DataSourcePlan>(*bound.plan);
  for (const ast::IndexHint& hint : source.hints) {
    for (const std::string& name : hint.indexes) {
      TBL_TRY(check_hinted_index(*found.table, name));
      node.hints.push_back({hint.kind, ascii_lower(name)});
    }
    if (hint.indexes.empty() && hint.kind == ast::IndexHintKind::kUse) {
      node.hints.push_back({hint.kind, ""});
    }
  }
  for (const std::string& name : source.partitions) {
    node.partition_names.push_back(ascii_lower(name));
  }
  return bound;
}

Result<BoundFrom> FromBinder::bind_stored(const std::string& db, const schema::TableInfoPtr& table,
                                          const std::string& alias) {
  state_.note_table(table);
  auto node = std::make_unique<DataSourcePlan>();
  node->db = db;
  node->alias = alias;
  node->table = table;
  node->full_row = full_rows_;
  Scope scope;
  size_t source = state_.next_source++;
  const auto origin = std::make_shared<const GrantObject>(GrantObject{db, table->name.o});
  for (size_t i = 0; i < table->columns.size(); ++i) {
    bool is_public = table->columns[i].is_public();
    if (!is_public && !full_rows_) continue;
    PlanColumn column = table_column(state_, db, *table, alias, i);
    node->columns.push_back(column);
    node->offsets.push_back(static_cast<int>(i));
    if (is_public && !table->columns[i].hidden) {
      scope.columns.push_back({column, table, static_cast<int>(i), source});
      scope.columns.back().place = i;
      scope.columns.back().origin = origin;
    }
  }
  add_handle(state_, node.get(), &scope, source);
  if (full_rows_) {
    node->columns.push_back(state_.new_column("physical id", int_type()));
    node->offsets.push_back(DataSourcePlan::kPhysicalId);
  }
  return BoundFrom{std::move(node), std::move(scope)};
}

Result<BoundFrom> FromBinder::bind_virtual(const VirtualSource& source, const std::string& db,
                                           const std::string& alias) {
  auto node = std::make_unique<VirtualScanPlan>();
  node->source = &source;
  node->alias = alias;
  Scope scope;
  size_t number = state_.next_source++;
  const schema::TableInfo& table = *source.info();
  for (size_t i = 0; i < table.columns.size(); ++i) {
    PlanColumn column = table_column(state_, db, table, alias, i);
    node->columns.push_back(column);
    node->offsets.push_back(static_cast<int>(i));
    scope.columns.push_back({column, nullptr, -1, number});
    scope.columns.back().place = i;
  }
  return BoundFrom{std::move(node), std::move(scope)};
}

Result<BoundFrom> as_derived(BindState& state, PlanPtr plan, const std::string& alias,
                             const std::vector<std::string>& names) {
  if (!names.empty() && names.size() != plan->columns.size()) {
    return sql_error(SqlErrno(1353),
                     "In definition of view, derived table or common table expression, SELECT "
                     "list and column names list have different column counts");
  }
  Scope scope;
  size_t source = state.next_source++;
  for (size_t i = 0; i < plan->columns.size(); ++i) {
    PlanColumn& column = plan->columns[i];
    if (!names.empty()) column.name = names[i];
    column.db.clear();
    column.table = alias;
    column.org_table.clear();
    for (const ScopeColumn& other : scope.columns) {
      if (equal_ignoring_case(other.column.name, column.name)) {
        return sql_error(kErrDupFieldName, "Duplicate column name '" + column.name + "'");
      }
    }
    scope.columns.push_back({column, nullptr, -1, source});
    scope.columns.back().place = i;
  }
  return BoundFrom{std::move(plan), std::move(scope)};
}

Result<BoundFrom> FromBinder::bind_view(const std::string& db, const schema::TableInfo& view,
                                        const std::string& alias) {
  auto invalid = [&]() {
    return sql_error(kErrViewInvalid, "View '" + db + "." + view.name.o +
                                          "' references invalid table(s) or column(s) or "
                                          "function(s) or definer/invoker of view lack rights to "
                                          "use them");
  };
  if (state_.view_depth >= kMaxViewDepth) {
    return sql_error(kErrViewRecursive,
                     "`" + db + "`.`" + view.name.o + "` contains view recursion");
  }
  ParseOptions options;
  auto parsed = parse_one(view.view->select, options);
  if (!parsed.ok() || (*parsed)->kind != ast::StatementKind::kSelect) return invalid();
  std::string outer_db = std::exchange(state_.current_db, db);
  ++state_.view_depth;
  QueryBinder binder(state_, nullptr, nullptr);
  auto plan = binder.bind(*ast::as<ast::SelectStatement>(**parsed).query);
  --state_.view_depth;
  state_.current_db = std::move(outer_db);
  if (!plan.ok()) {
    int code = plan.status().detail();
    bool missing = code == kErrNoSuchTable || code == kErrBadField || code == kErrBadDb ||
                   code == kErrSpDoesNotExist;
    if (missing) return invalid();
    return std::move(plan).status();
  }
  std::vector<std::string> names;
  for (const schema::ColumnInfo& column : view.columns) names.push_back(column.name.o);
  if (names.size() != (*plan)->columns.size()) return invalid();
  TBL_ASSIGN(BoundFrom bound, as_derived(state_, std::move(*plan), alias, names));
  const auto origin = std::make_shared<const GrantObject>(GrantObject{db, view.name.o});
  for (ScopeColumn& column : bound.scope.columns) column.origin = origin;
  return bound;
}

Result<BoundFrom> FromBinder::bind_cte(const CteScope& scope, const ast::CommonTable& cte,
                                       const std::string& alias) {
  QueryBinder binder(state_, &scope, outer_);
  TBL_ASSIGN(PlanPtr plan, binder.bind(*cte.query));
  return as_derived(state_, std::move(plan), alias, cte.columns);
}

Result<BoundFrom> FromBinder::bind_derived(const ast::DerivedTable& derived) {
  if (derived.alias.empty()) {
    return sql_error(kErrDerivedMustHaveAlias, "Every derived table must have its own alias");
  }
  QueryBinder binder(state_, ctes_, outer_);
  TBL_ASSIGN(PlanPtr plan, binder.bind(*derived.query));
  return as_derived(state_, std::move(plan), derived.alias, derived.columns);
}

namespace {

Status check_unique_aliases(const Scope& left, const Scope& right) {
  size_t last = 0;
  for (const ScopeColumn& r : right.columns) {
    if (r.source == last) continue;
    last = r.source;
    for (const ScopeColumn& l : left.columns) {
      if (equal_ignoring_case(l.column.table, r.column.table) &&
          equal_ignoring_case(l.column.db, r.column.db)) {
        return sql_error(kErrNonuniqTable, "Not unique table/alias: '" + r.column.table + "'");
      }
    }
  }
  return ok_status();
}

}  // namespace

Result<BoundFrom> FromBinder::bind_join(const ast::Join& join) {
  TBL_ASSIGN(BoundFrom left, bind(*join.left));
  TBL_ASSIGN(BoundFrom right, bind(*join.right));
  TBL_TRY(check_unique_aliases(left.scope, right.scope));
  auto node = std::make_unique<JoinPlan>();
  bool outer = join.join == ast::JoinKind::kLeft || join.join == ast::JoinKind::kRight;
  node->join = outer ? JoinKind::kLeft : JoinKind::kInner;
  Scope scope;
  if (join.natural || !join.using_columns.empty()) {
    TBL_TRY(merge_common(join, &left, &right, node.get(), &scope));
  } else {
    scope = std::move(left.scope);
    scope.append(std::move(right.scope));
  }
  if (join.on) {
    ClauseScope on(ClauseScope::Place{state_, scope, ctes_, outer_}, "on clause");
    TBL_ASSIGN(ExprPtr condition, bind_expr(*join.on, on, state_.build()));
    for (ExprPtr& part : split_conjunction(std::move(condition))) {
      node->other.push_back(std::move(part));
    }
  }
  if (join.join == ast::JoinKind::kRight) std::swap(left.plan, right.plan);
  node->columns = left.plan->columns;
  node->columns.insert(node->columns.end(), right.plan->columns.begin(), right.plan->columns.end());
  node->children.push_back(std::move(left.plan));
  node->children.push_back(std::move(right.plan));
  return BoundFrom{std::move(node), std::move(scope)};
}

namespace {

/// The columns of NATURAL JOIN, or of USING, in the order of the side that is kept.
std::vector<std::string> common_names(const ast::Join& join, const Scope& kept,
                                      const Scope& other) {
  const auto has = [](const Scope& scope, const std::string& name) {
    return std::ranges::any_of(scope.columns, [&](const ScopeColumn& c) {
      return !c.merged && !c.hidden && equal_ignoring_case(c.column.name, name);
    });
  };
  const auto rank = [&](const std::string& name) {
    return std::ranges::find_if(kept.columns,
                                [&](const ScopeColumn& c) {
                                  return !c.merged && equal_ignoring_case(c.column.name, name);
                                }) -
           kept.columns.begin();
  };
  std::vector<std::string> names = join.using_columns;
  std::ranges::stable_sort(names, {}, rank);
  if (!join.natural) return names;
  for (const ScopeColumn& column : kept.columns) {
    const std::string& name = column.column.name;
    if (!column.merged && !column.hidden && has(other, name)) names.push_back(name);
  }
  return names;
}

Result<ScopeColumn*> common_column(Scope* scope, const std::string& name) {
  TBL_ASSIGN(const ScopeColumn* found, scope->find({"", "", name}, "from clause"));
  if (!found) return unknown_column(name, "from clause");
  return const_cast<ScopeColumn*>(found);
}

}  // namespace

Status FromBinder::merge_common(const ast::Join& join, BoundFrom* left, BoundFrom* right,
                                JoinPlan* plan, Scope* merged) {
  bool keep_right = join.join == ast::JoinKind::kRight;
  std::vector<size_t> moved;
  const Scope& kept_scope = keep_right ? right->scope : left->scope;
  const Scope& other_scope = keep_right ? left->scope : right->scope;
  for (const std::string& name : common_names(join, kept_scope, other_scope)) {
    TBL_ASSIGN(ScopeColumn * l, common_column(&left->scope, name));
    TBL_ASSIGN(ScopeColumn * r, common_column(&right->scope, name));
    state_.note_column(*l, AccessType::kSelect);
    state_.note_column(*r, AccessType::kSelect);
    std::vector<ExprPtr> sides;
    sides.push_back(column_ref(l->column));
    sides.push_back(column_ref(r->column));
    TBL_ASSIGN(ExprPtr equal, make_function("eq", std::move(sides), state_.build()));
    plan->other.push_back(std::move(equal));
    ScopeColumn* kept = keep_right ? r : l;
    (keep_right ? l : r)->merged = true;
    moved.push_back(kept->column.id);
    merged->columns.push_back(*kept);
  }
  auto add_rest = [&](Scope& scope) {
    for (ScopeColumn& column : scope.columns) {
      bool is_moved = std::find(moved.begin(), moved.end(), column.column.id) != moved.end();
      if (!is_moved) merged->columns.push_back(column);
    }
  };
  add_rest(keep_right ? right->scope : left->scope);
  add_rest(keep_right ? left->scope : right->scope);
  return ok_status();
}

}  // namespace tbl::tidb
