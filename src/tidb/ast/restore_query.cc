// Queries.
#include <algorithm>

#include "tidb/ast/restorer.h"

namespace tbl::tidb::ast {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; };
    return lower(x) == lower(y);
  });
}

}  // namespace

bool Restorer::is_common_table(std::string_view name) const {
  return std::any_of(common_tables_.begin(), common_tables_.end(),
                     [&](const std::string& table) { return same_name(table, name); });
}

void Restorer::query(const Query& node) {
  const size_t parens = options_.bracket_all ? std::min<size_t>(node.parens, 1) : node.parens;
  out_.append(parens, '(');
  query_body(node);
  out_.append(parens, ')');
}

void Restorer::subquery(const Query& query) {
  plain("(");
  if (options_.bracket_all) {
    query_body(query);
  } else {
    this->query(query);
  }
  plain(")");
}

void Restorer::query_body(const Query& node) {
  const size_t outer_tables = common_tables_.size();
  if (!node.with.tables.empty()) with(node.with);
  for (const auto& term : node.terms) {
    set_op(term.op);
    if (term.select) {
      select(*term.select);
    } else {
      query(*term.query);
    }
  }
  if (!node.order_by.empty()) {
    word(" ORDER BY ");
    order_items(node.order_by);
  }
  if (node.limit) limit(*node.limit);
  if (node.lock == LockKind::kForUpdate) word(" FOR UPDATE");
  if (node.lock == LockKind::kForUpdateNowait) word(" FOR UPDATE NOWAIT");
  if (node.lock == LockKind::kShare) word(" LOCK IN SHARE MODE");
  common_tables_.resize(outer_tables);
}

void Restorer::with(const With& node) {
  word(node.recursive ? "WITH RECURSIVE " : "WITH ");
  for (size_t i = 0; i < node.tables.size(); ++i) {
    const auto& table = node.tables[i];
    if (i > 0) plain(", ");
    quoted(table.name);
    if (!table.columns.empty()) {
      plain(" (");
      names(table.columns, ", ");
      plain(")");
    }
    if (node.recursive) common_tables_.push_back(table.name);
    word(" AS ");
    subquery(*table.query);
    if (!node.recursive) common_tables_.push_back(table.name);
  }
  plain(" ");
}

void Restorer::set_op(SetOp op) {
  static constexpr std::string_view kNames[] = {
      "", " UNION ", " UNION ALL ", " EXCEPT ", " EXCEPT ALL ", " INTERSECT ", " INTERSECT ALL "};
  word(kNames[static_cast<size_t>(op)]);
}

void Restorer::select(const SelectBlock& node) {
  word("SELECT ");
  if (node.high_priority) word("HIGH_PRIORITY ");
  if (node.sql_no_cache) word("SQL_NO_CACHE ");
  if (node.calc_found_rows) word("SQL_CALC_FOUND_ROWS ");
  if (node.distinct) word("DISTINCT ");
  if (node.straight_join) word("STRAIGHT_JOIN ");
  for (size_t i = 0; i < node.items.size(); ++i) {
    if (i > 0) plain(",");
    select_item(node.items[i]);
  }
  if (node.from) {
    word(" FROM ");
    table_ref(*node.from);
  }
  if (node.where) {
    if (!node.from) word(" FROM DUAL");
    word(" WHERE ");
    expr(*node.where);
  }
  if (!node.group_by.empty()) {
    word(" GROUP BY ");
    order_items(node.group_by);
    if (node.with_rollup) word(" WITH ROLLUP");
  }
  if (node.having) {
    word(" HAVING ");
    expr(*node.having);
  }
}

void Restorer::select_item(const SelectItem& item) {
  if (item.expr) {
    expr(*item.expr);
  } else {
    for (const auto* part : {&item.star_schema, &item.star_table}) {
      if (part->empty()) continue;
      quoted(*part);
      plain(".");
    }
    plain("*");
  }
  if (!item.alias) return;
  word(" AS ");
  quoted(*item.alias);
}

void Restorer::order_items(const std::vector<OrderItem>& items) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) plain(",");
    expr(*items[i].expr);
    if (items[i].descending) word(" DESC");
  }
}

void Restorer::limit(const Limit& node) {
  word(" LIMIT ");
  if (node.offset) {
    expr(*node.offset);
    plain(",");
  }
  expr(*node.count);
}

void Restorer::table_ref(const TableRef& node) {
  switch (node.kind) {
    case TableRefKind::kTable:
      return table(as<TableSource>(node));
    case TableRefKind::kDerived:
      return derived(as<DerivedTable>(node));
    case TableRefKind::kJoin:
      return join(as<Join>(node));
  }
}

void Restorer::table(const TableSource& node) {
  const auto& name = node.table;
  if (!name.schema.empty()) {
    quoted(name.schema);
    plain(".");
  } else if (!options_.current_schema.empty() && !is_common_table(name.name)) {
    quoted(options_.current_schema);
    plain(".");
  }
  quoted(name.name);
  if (!node.partitions.empty()) {
    word(" PARTITION(");
    names(node.partitions, ", ");
    plain(")");
  }
  if (!node.alias.empty()) {
    word(" AS ");
    quoted(node.alias);
  }
  for (const auto& hint : node.hints) index_hint(hint);
}

void Restorer::index_hint(const IndexHint& hint) {
  static constexpr std::string_view kKinds[] = {" USE INDEX", " IGNORE INDEX", " FORCE INDEX"};
  static constexpr std::string_view kScopes[] = {"", " FOR JOIN", " FOR ORDER BY", " FOR GROUP BY"};
  word(kKinds[static_cast<size_t>(hint.kind)]);
  word(kScopes[static_cast<size_t>(hint.scope)]);
  plain(" (");
  names(hint.indexes, ", ");
  plain(")");
}

void Restorer::derived(const DerivedTable& node) {
  subquery(*node.query);
  if (node.alias.empty()) return;
  word(" AS ");
  quoted(node.alias);
  if (node.columns.empty()) return;
  plain(" (");
  names(node.columns, ", ");
  plain(")");
}

void Restorer::join_side(const TableRef& side, bool parens) {
  if (parens) plain("(");
  table_ref(side);
  if (parens) plain(")");
}

void Restorer::join(const Join& node) {
  const bool left_join = node.left->kind == TableRefKind::kJoin;
  // TiDB writes the first table of a list with commas in parentheses.
  join_side(*node.left, left_join || (node.comma && !options_.bracket_all));
  plain(" ");
  if (node.natural) word("NATURAL ");
  if (node.join == JoinKind::kLeft) word("LEFT ");
  if (node.join == JoinKind::kRight) word("RIGHT ");
  word(node.join == JoinKind::kStraight ? "STRAIGHT_JOIN " : "JOIN ");
  join_side(*node.right, node.right->kind == TableRefKind::kJoin);
  if (node.on) {
    word(" ON ");
    expr(*node.on);
  }
  if (node.using_columns.empty()) return;
  word(" USING (");
  names(node.using_columns, ",");
  plain(")");
}

}  // namespace tbl::tidb::ast
