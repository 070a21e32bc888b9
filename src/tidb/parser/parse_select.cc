// One SELECT block, and the clauses queries share with UPDATE and DELETE.
#include "tidb/parser/rules.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

using namespace ast;

namespace {

/// False: the token is no option of SELECT.
bool accept_option(Cursor& in, SelectBlock& block) {
  switch (in.peek().word) {
    case Kw("ALL"):
    case Kw("SQL_SMALL_RESULT"):
    case Kw("SQL_BIG_RESULT"):
    case Kw("SQL_BUFFER_RESULT"):
    case Kw("SQL_CACHE"):
      break;
    case Kw("DISTINCT"):
    case Kw("DISTINCTROW"):
      block.distinct = true;
      break;
    case Kw("HIGH_PRIORITY"):
      block.high_priority = true;
      break;
    case Kw("STRAIGHT_JOIN"):
      block.straight_join = true;
      break;
    case Kw("SQL_NO_CACHE"):
      block.sql_no_cache = true;
      break;
    case Kw("SQL_CALC_FOUND_ROWS"):
      block.calc_found_rows = true;
      break;
    default:
      return false;
  }
  in.take();
  return true;
}

/// *, t.*, s.t.*; false: something else is there.
bool accept_star(Cursor& in, SelectItem& item) {
  if (in.accept('*')) return true;
  if (!in.at_name() || !in.at('.', 1)) return false;
  if (in.at('*', 2)) {
    item.star_table = in.value(in.take());
    in.take();
    in.take();
    return true;
  }
  if (!in.at('.', 3) || !in.at('*', 4)) return false;
  item.star_schema = in.value(in.take());
  in.take();
  item.star_table = in.value(in.take());
  in.take();
  in.take();
  return true;
}

Status parse_alias(Cursor& in, SelectItem& item) {
  const bool as = in.accept("AS");
  if (in.at(TokenKind::kString)) {
    item.alias = in.value(in.take());
  } else if (as) {
    TBL_ASSIGN(item.alias, in.name());
  } else if (in.at_name() && !in.at("INTERSECT")) {
    TBL_ASSIGN(item.alias, in.name());
  }
  return ok_status();
}

Result<SelectItem> parse_item(Cursor& in) {
  SelectItem item;
  const size_t begin = in.index();
  if (accept_star(in, item)) {
    item.text = in.text_since(begin);
    return item;
  }
  TBL_ASSIGN(item.expr, parse_expr(in));
  item.text = in.text_since(begin);
  TBL_TRY(parse_alias(in, item));
  return item;
}

Status parse_from(Cursor& in, SelectBlock& block) {
  if (!in.accept("FROM")) return ok_status();
  if (in.accept("DUAL")) return ok_status();
  TBL_ASSIGN(block.from, parse_table_refs(in));
  return ok_status();
}

Status parse_group_by(Cursor& in, SelectBlock& block) {
  if (!in.accept("GROUP", "BY")) return ok_status();
  TBL_ASSIGN(block.group_by, parse_order_items(in));
  block.with_rollup = in.accept("WITH", "ROLLUP");
  return ok_status();
}

}  // namespace

Result<std::unique_ptr<SelectBlock>> parse_select_block(Cursor& in,
                                                        std::vector<std::string>* into) {
  TBL_TRY(in.expect("SELECT"));
  auto block = std::make_unique<SelectBlock>();
  if (in.at(TokenKind::kHint)) {
    std::string_view hint = in.raw(in.take());
    block->hints = hint.substr(3, hint.size() - 5);
  }
  while (accept_option(in, *block)) {
  }
  do {
    TBL_ASSIGN(auto item, parse_item(in));
    block->items.push_back(std::move(item));
  } while (in.accept(','));
  TBL_TRY(parse_into(in, into));
  TBL_TRY(parse_from(in, *block));
  if (in.accept("WHERE")) {
    TBL_ASSIGN(block->where, parse_expr(in));
  }
  TBL_TRY(parse_group_by(in, *block));
  if (in.accept("HAVING")) {
    TBL_ASSIGN(block->having, parse_expr(in));
  }
  if (in.at("WINDOW") && in.at("AS", 2)) return not_supported_yet("window functions");
  return block;
}

Result<std::vector<OrderItem>> parse_order_items(Cursor& in) {
  std::vector<OrderItem> items;
  do {
    OrderItem item;
    TBL_ASSIGN(item.expr, parse_expr(in));
    item.descending = in.accept("DESC");
    if (!item.descending) in.accept("ASC");
    items.push_back(std::move(item));
  } while (in.accept(','));
  return items;
}

Result<std::vector<OrderItem>> parse_order_by(Cursor& in) {
  if (!in.accept("ORDER")) return std::vector<OrderItem>();
  TBL_TRY(in.expect("BY"));
  return parse_order_items(in);
}

namespace {

/// An unsigned number or a parameter.
Result<ExprPtr> parse_limit_number(Cursor& in) {
  if (!in.at_any(TokenKind::kInteger) && !in.at('?')) return in.syntax_error();
  return parse_primary(in);
}

}  // namespace

Result<std::optional<Limit>> parse_limit(Cursor& in) {
  std::optional<Limit> limit;
  if (!in.accept("LIMIT")) return limit;
  limit.emplace();
  TBL_ASSIGN(limit->count, parse_limit_number(in));
  if (in.accept(',')) {
    limit->offset = std::move(limit->count);
    TBL_ASSIGN(limit->count, parse_limit_number(in));
  } else if (in.accept("OFFSET")) {
    TBL_ASSIGN(limit->offset, parse_limit_number(in));
  }
  return limit;
}

}  // namespace tbl::tidb
