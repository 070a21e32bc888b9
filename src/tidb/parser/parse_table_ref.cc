// FROM: tables, derived tables and joins.
#include <variant>

#include "tidb/parser/rules.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

using namespace ast;

namespace {

Result<TableRefPtr> parse_join(Cursor& in);

bool at_join(const Cursor& in) {
  return in.at_any(Kw("JOIN"), Kw("INNER"), Kw("CROSS"), Kw("LEFT"), Kw("RIGHT"), Kw("NATURAL"),
                   Kw("STRAIGHT_JOIN"));
}

bool at_hint(const Cursor& in) {
  return in.at_any(Kw("USE"), Kw("IGNORE"), Kw("FORCE")) && (in.at("INDEX", 1) || in.at("KEY", 1));
}

Status parse_hint_scope(Cursor& in, IndexHint& hint) {
  if (!in.accept("FOR")) return ok_status();
  if (in.accept("JOIN")) {
    hint.scope = IndexHintScope::kJoin;
  } else if (in.accept("ORDER", "BY")) {
    hint.scope = IndexHintScope::kOrderBy;
  } else {
    TBL_TRY(in.expect("GROUP", "BY"));
    hint.scope = IndexHintScope::kGroupBy;
  }
  return ok_status();
}

Result<IndexHint> parse_hint(Cursor& in) {
  IndexHint hint;
  if (in.at("IGNORE")) hint.kind = IndexHintKind::kIgnore;
  if (in.at("FORCE")) hint.kind = IndexHintKind::kForce;
  in.take();
  in.take();
  TBL_TRY(parse_hint_scope(in, hint));
  TBL_TRY(in.expect('('));
  while (!in.at(')')) {
    TBL_ASSIGN(auto index, in.any_word());
    hint.indexes.push_back(std::move(index));
    if (!in.accept(',')) break;
  }
  TBL_TRY(in.expect(')'));
  return hint;
}

Result<TableRefPtr> derived_table(Cursor& in, QueryPtr query) {
  auto node = std::make_unique<DerivedTable>();
  TBL_ASSIGN(node->alias, parse_table_alias(in));
  if (!node->alias.empty() && in.at('(')) {
    TBL_ASSIGN(node->columns, in.name_list());
  }
  cover(&node->depth, query->depth);
  node->query = std::move(query);
  TBL_TRY(check_depth(node->depth));
  return TableRefPtr(std::move(node));
}

/// What a pair of parentheses in FROM holds is known only at its end.
using QueryOrTable = std::variant<QueryPtr, TableRefPtr>;

Result<TableRefPtr> parse_join_from(Cursor& in, TableRefPtr left);
Result<TableRefPtr> parse_commas(Cursor& in, TableRefPtr left);

/// The content of a pair of parentheses as tables, from a first factor on.
Result<TableRefPtr> parse_inner_tables(Cursor& in, TableRefPtr first) {
  TBL_ASSIGN(auto joined, parse_join_from(in, std::move(first)));
  TBL_ASSIGN(auto table, parse_commas(in, std::move(joined)));
  if (table->kind == TableRefKind::kJoin) as<Join>(*table).parens = true;
  return table;
}

Result<QueryOrTable> parse_parens(Cursor& in) {
  Nesting nesting(in);
  TBL_TRY(nesting.check());
  TBL_TRY(in.expect('('));
  QueryOrTable content;
  if (at_query(in)) {
    TBL_ASSIGN(content, parse_query(in));
  } else if (in.at('(')) {
    TBL_ASSIGN(content, parse_parens(in));
    if (auto* query = std::get_if<QueryPtr>(&content)) {
      if (in.at(')')) {
        ++(*query)->parens;
      } else if (at_query_rest(in)) {
        TBL_ASSIGN(content, parse_query_rest(in, std::move(*query)));
      } else {
        TBL_ASSIGN(auto table, derived_table(in, std::move(*query)));
        TBL_ASSIGN(content, parse_inner_tables(in, std::move(table)));
      }
    } else {
      TBL_ASSIGN(content, parse_inner_tables(in, std::move(std::get<TableRefPtr>(content))));
    }
  } else {
    TBL_ASSIGN(auto table, parse_table_source(in));
    TBL_ASSIGN(content, parse_inner_tables(in, std::move(table)));
  }
  TBL_TRY(in.expect(')'));
  return content;
}

Result<TableRefPtr> parse_factor(Cursor& in) {
  if (in.at("LATERAL")) return not_supported_yet("LATERAL");
  if (!in.at('(')) return parse_table_source(in);
  TBL_ASSIGN(auto content, parse_parens(in));
  if (auto* query = std::get_if<QueryPtr>(&content)) {
    return derived_table(in, std::move(*query));
  }
  return std::move(std::get<TableRefPtr>(content));
}

/// [INNER|CROSS] JOIN, LEFT [OUTER] JOIN, NATURAL .., STRAIGHT_JOIN
Status parse_join_words(Cursor& in, Join& node) {
  if (in.accept("STRAIGHT_JOIN")) {
    node.join = JoinKind::kStraight;
    return ok_status();
  }
  node.natural = in.accept("NATURAL");
  if (in.at_any(Kw("LEFT"), Kw("RIGHT"))) {
    node.join = in.at("LEFT") ? JoinKind::kLeft : JoinKind::kRight;
    in.take();
    in.accept("OUTER");
  } else if (!in.accept("INNER") && !node.natural) {
    in.accept("CROSS");
  }
  return in.expect("JOIN");
}

void cover_join(Join& node) {
  cover(&node.depth, node.left->depth);
  cover(&node.depth, node.right->depth);
  if (node.on) cover(&node.depth, node.on->depth);
}

/// INSERT .. SELECT * FROM a JOIN b ON DUPLICATE KEY ..: not a condition.
bool at_on(const Cursor& in) { return in.at("ON") && !(in.at("DUPLICATE", 1) && in.at("KEY", 2)); }

Status parse_condition(Cursor& in, Join& node) {
  if (at_on(in)) {
    in.take();
    TBL_ASSIGN(node.on, parse_expr(in));
  } else if (in.accept("USING")) {
    TBL_ASSIGN(node.using_columns, in.name_list());
  }
  return ok_status();
}

bool takes_condition(const TableRef& table) {
  if (table.kind != TableRefKind::kJoin) return false;
  const auto& join = as<Join>(table);
  return !join.on && join.using_columns.empty() && !join.natural && !join.comma && !join.parens;
}

/// a JOIN b JOIN c ON x, and now a second ON: it belongs to the first JOIN, whose right side then
/// is b JOIN c ON x.
Result<TableRefPtr> rotate(Cursor& in, TableRefPtr table) {
  auto inner = TableRefPtr(std::move(as<Join>(*table).left));
  auto& outer_join = as<Join>(*inner);
  auto& right = as<Join>(*table);
  right.left = std::move(outer_join.right);
  right.depth = outer_join.depth = 1;
  cover_join(right);
  outer_join.right = std::move(table);
  TBL_TRY(parse_condition(in, outer_join));
  cover_join(outer_join);
  TBL_TRY(check_depth(outer_join.depth));
  return inner;
}

Result<TableRefPtr> parse_join_from(Cursor& in, TableRefPtr left) {
  while (at_join(in)) {
    auto node = std::make_unique<Join>();
    TBL_TRY(parse_join_words(in, *node));
    TBL_ASSIGN(node->right, parse_factor(in));
    const bool outer = node->join == JoinKind::kLeft || node->join == JoinKind::kRight;
    if (outer && !node->natural && at_join(in)) {
      // a LEFT JOIN b JOIN c ON x ON y: an outer join's condition is still to come.
      Nesting nesting(in);
      TBL_TRY(nesting.check());
      TBL_ASSIGN(node->right, parse_join_from(in, std::move(node->right)));
    }
    if (!node->natural) TBL_TRY(parse_condition(in, *node));
    if (outer && !node->natural && !node->on && node->using_columns.empty()) {
      return in.syntax_error();
    }
    node->left = std::move(left);
    cover_join(*node);
    TBL_TRY(check_depth(node->depth));
    left = std::move(node);
    while ((at_on(in) || in.at("USING")) && !takes_condition(*left) &&
           left->kind == TableRefKind::kJoin && takes_condition(*as<Join>(*left).left)) {
      TBL_ASSIGN(left, rotate(in, std::move(left)));
    }
  }
  return left;
}

Result<TableRefPtr> parse_join(Cursor& in) {
  TBL_ASSIGN(auto first, parse_factor(in));
  return parse_join_from(in, std::move(first));
}

Result<TableRefPtr> parse_commas(Cursor& in, TableRefPtr left) {
  while (in.accept(',')) {
    auto node = std::make_unique<Join>();
    node->comma = true;
    TBL_ASSIGN(node->right, parse_join(in));
    node->left = std::move(left);
    cover_join(*node);
    TBL_TRY(check_depth(node->depth));
    left = std::move(node);
  }
  return left;
}

}  // namespace

Result<std::string> parse_table_alias(Cursor& in) {
  const bool as = in.accept("AS");
  if (as) {
    if (in.at(TokenKind::kString)) return in.value(in.take());
    return in.name();
  }
  if (!in.at_name()) return std::string();
  const bool set_operation = in.at("INTERSECT") && (in.at('(', 1) || in.at("SELECT", 1));
  const bool window = in.at("WINDOW") && in.at("AS", 2);
  if (set_operation || window) return std::string();
  return in.name();
}

Result<TableRefPtr> parse_table_source(Cursor& in) {
  auto node = std::make_unique<TableSource>();
  TBL_ASSIGN(node->table, in.table_name());
  if (in.accept("PARTITION")) {
    TBL_ASSIGN(node->partitions, in.name_list());
  }
  TBL_ASSIGN(node->alias, parse_table_alias(in));
  while (at_hint(in)) {
    TBL_ASSIGN(auto hint, parse_hint(in));
    node->hints.push_back(std::move(hint));
  }
  return TableRefPtr(std::move(node));
}

Result<TableRefPtr> parse_table_refs(Cursor& in) {
  TBL_ASSIGN(auto first, parse_join(in));
  return parse_commas(in, std::move(first));
}

}  // namespace tbl::tidb
