// Calls: plain ones, aggregates, and those with a syntax of their own.
#include <algorithm>
#include <array>

#include "tidb/parser/rules.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

using namespace ast;

namespace {

using CallPtr = std::unique_ptr<FunctionCall>;

CallPtr make_call(std::string name) {
  auto node = std::make_unique<FunctionCall>();
  node->name = std::move(name);
  return node;
}

Result<ExprPtr> finish_call(CallPtr node) {
  cover(*node, node->args);
  return finish(std::move(node));
}

Status add_expr(Cursor& in, FunctionCall& call) {
  TBL_ASSIGN(auto arg, parse_expr(in));
  call.args.push_back(std::move(arg));
  return ok_status();
}

Status add_expr_after(Cursor& in, FunctionCall& call, char mark) {
  TBL_TRY(in.expect(mark));
  return add_expr(in, call);
}

/// What may stand without parentheses.
bool is_bare_function(const Cursor& in) {
  return in.at_any(Kw("CURRENT_TIMESTAMP"), Kw("CURRENT_DATE"), Kw("CURRENT_TIME"),
                   Kw("CURRENT_USER"), Kw("LOCALTIME"), Kw("LOCALTIMESTAMP"), Kw("UTC_DATE"),
                   Kw("UTC_TIME"), Kw("UTC_TIMESTAMP"));
}

/// Reserved words that are functions too.
bool is_reserved_function(const Cursor& in) {
  return in.at_any(Kw("IF"), Kw("LEFT"), Kw("RIGHT"), Kw("REPEAT"), Kw("REPLACE"), Kw("INSERT"),
                   Kw("DATABASE"), Kw("SCHEMA"), Kw("MOD"), Kw("CHAR"), Kw("CONVERT"), Kw("VALUES"),
                   Kw("DEFAULT"), Kw("INTERVAL"));
}

Result<ExprPtr> parse_arguments(Cursor& in, CallPtr node) {
  TBL_TRY(in.expect('('));
  if (!in.at(')')) {
    TBL_ASSIGN(node->args, parse_expr_list(in));
  }
  TBL_TRY(in.expect(')'));
  return finish_call(std::move(node));
}

// Each of the following stands behind "name(" and reads up to, not including, ")".

Result<ExprPtr> parse_cast(Cursor& in) {
  auto node = std::make_unique<Cast>();
  TBL_ASSIGN(node->value, parse_expr(in));
  TBL_TRY(in.expect("AS"));
  TBL_ASSIGN(node->type, parse_cast_type(in));
  cover(*node, node->value);
  return finish(std::move(node));
}

/// CONVERT(v, type), CONVERT(v USING charset)
Result<ExprPtr> parse_convert(Cursor& in) {
  TBL_ASSIGN(auto value, parse_expr(in));
  if (in.accept("USING")) {
    auto call = make_call("convert");
    TBL_ASSIGN(call->charset, in.charset_name());
    call->args.push_back(std::move(value));
    return finish_call(std::move(call));
  }
  TBL_TRY(in.expect(','));
  auto node = std::make_unique<Cast>();
  node->syntax = CastSyntax::kConvert;
  TBL_ASSIGN(node->type, parse_cast_type(in));
  node->value = std::move(value);
  cover(*node, node->value);
  return finish(std::move(node));
}

Result<ExprPtr> parse_char(Cursor& in) {
  auto call = make_call("char");
  TBL_ASSIGN(call->args, parse_expr_list(in));
  if (in.accept("USING")) {
    TBL_ASSIGN(call->charset, in.charset_name());
  }
  return finish_call(std::move(call));
}

Result<ExprPtr> parse_default_of(Cursor& in) {
  auto node = std::make_unique<Default>();
  TBL_ASSIGN(node->column, parse_column(in));
  return ExprPtr(std::move(node));
}

Result<ExprPtr> parse_values_of(Cursor& in) {
  auto node = std::make_unique<Values>();
  TBL_ASSIGN(node->column, parse_column(in));
  return ExprPtr(std::move(node));
}

Result<ExprPtr> parse_unit(Cursor& in) {
  auto node = std::make_unique<TimeUnitExpr>();
  TBL_ASSIGN(node->unit, parse_time_unit(in));
  return ExprPtr(std::move(node));
}

Result<ExprPtr> parse_extract(Cursor& in) {
  auto call = make_call("extract");
  TBL_ASSIGN(auto unit, parse_unit(in));
  call->args.push_back(std::move(unit));
  TBL_TRY(in.expect("FROM"));
  TBL_TRY(add_expr(in, *call));
  return finish_call(std::move(call));
}

/// timestampadd(unit, n, time), timestampdiff(unit, a, b); also SQL_TSI_DAY.
Result<ExprPtr> parse_timestamp_arithmetic(Cursor& in, std::string name) {
  auto call = make_call(std::move(name));
  TBL_ASSIGN(auto unit, parse_unit(in));
  call->args.push_back(std::move(unit));
  TBL_TRY(add_expr_after(in, *call, ','));
  TBL_TRY(add_expr_after(in, *call, ','));
  return finish_call(std::move(call));
}

Result<ExprPtr> parse_get_format(Cursor& in) {
  auto call = make_call("get_format");
  if (!in.at_any(Kw("DATE"), Kw("TIME"), Kw("DATETIME"), Kw("TIMESTAMP"))) {
    return in.syntax_error();
  }
  call->args.push_back(string_literal(upper(in.raw(in.take()))));
  TBL_TRY(add_expr_after(in, *call, ','));
  return finish_call(std::move(call));
}

Result<ExprPtr> parse_position(Cursor& in) {
  auto call = make_call("locate");
  TBL_ASSIGN(auto part, parse_binary(in, kLevelBitOr));
  call->args.push_back(std::move(part));
  TBL_TRY(in.expect("IN"));
  TBL_TRY(add_expr(in, *call));
  return finish_call(std::move(call));
}

/// substring(s, from[, length]), substring(s FROM from [FOR length])
Result<ExprPtr> parse_substring(Cursor& in, std::string name) {
  auto call = make_call(std::move(name));
  TBL_TRY(add_expr(in, *call));
  if (in.accept("FROM")) {
    TBL_TRY(add_expr(in, *call));
    if (in.accept("FOR")) TBL_TRY(add_expr(in, *call));
    return finish_call(std::move(call));
  }
  while (in.accept(',')) TBL_TRY(add_expr(in, *call));
  return finish_call(std::move(call));
}

/// trim([BOTH|LEADING|TRAILING] [removed] FROM s), trim(s)
Result<ExprPtr> parse_trim(Cursor& in) {
  auto call = make_call("trim");
  uint64_t side = 0;
  const bool has_side = in.at_any(Kw("BOTH"), Kw("LEADING"), Kw("TRAILING"));
  if (has_side) {
    side = in.at("LEADING") ? 1 : in.at("TRAILING") ? 2 : 0;
    in.take();
  }
  ExprPtr removed;
  if (!in.at("FROM")) {
    TBL_ASSIGN(removed, parse_expr(in));
  }
  if (!has_side && removed && !in.at("FROM")) {
    call->args.push_back(std::move(removed));
    return finish_call(std::move(call));
  }
  TBL_TRY(in.expect("FROM"));
  TBL_TRY(add_expr(in, *call));
  if (!removed) removed = string_literal(" ");
  call->args.push_back(std::move(removed));
  if (has_side) call->args.push_back(int_literal(side));
  return finish_call(std::move(call));
}

/// date_add(d, INTERVAL n unit); ADDDATE(d, n) means days.
Result<ExprPtr> parse_date_arithmetic(Cursor& in, std::string name) {
  const bool add = name == "date_add" || name == "adddate";
  const bool plain_days = name == "adddate" || name == "subdate";
  auto call = make_call(add ? "date_add" : "date_sub");
  TBL_TRY(add_expr(in, *call));
  TBL_TRY(in.expect(','));
  if (plain_days && !at_interval(in)) {
    auto days = std::make_unique<Interval>();
    TBL_ASSIGN(days->value, parse_expr(in));
    cover(*days, days->value);
    call->args.push_back(std::move(days));
  } else {
    if (!at_interval(in)) return in.syntax_error();
    TBL_ASSIGN(auto interval, parse_interval(in));
    call->args.push_back(std::move(interval));
  }
  return finish_call(std::move(call));
}

/// weight_string(s [AS CHAR(n)|BINARY(n)]): the cast is kept as the argument.
Result<ExprPtr> parse_weight_string(Cursor& in) {
  auto call = make_call("weight_string");
  TBL_ASSIGN(auto value, parse_expr(in));
  if (in.accept("AS")) {
    auto cast = std::make_unique<Cast>();
    TBL_ASSIGN(cast->type, parse_cast_type(in));
    cast->value = std::move(value);
    cover(*cast, cast->value);
    value = std::move(cast);
  }
  call->args.push_back(std::move(value));
  return finish_call(std::move(call));
}

Result<ExprPtr> parse_special(Cursor& in, uint16_t word, std::string name) {
  switch (word) {
    case Kw("CAST"):
      return parse_cast(in);
    case Kw("CONVERT"):
      return parse_convert(in);
    case Kw("CHAR"):
      return parse_char(in);
    case Kw("DEFAULT"):
      return parse_default_of(in);
    case Kw("VALUES"):
      return parse_values_of(in);
    case Kw("EXTRACT"):
      return parse_extract(in);
    case Kw("TIMESTAMPADD"):
    case Kw("TIMESTAMPDIFF"):
      return parse_timestamp_arithmetic(in, std::move(name));
    case Kw("GET_FORMAT"):
      return parse_get_format(in);
    case Kw("POSITION"):
      return parse_position(in);
    case Kw("SUBSTRING"):
    case Kw("SUBSTR"):
    case Kw("MID"):
      return parse_substring(in, std::move(name));
    case Kw("TRIM"):
      return parse_trim(in);
    case Kw("WEIGHT_STRING"):
      return parse_weight_string(in);
    default:
      return parse_date_arithmetic(in, std::move(name));
  }
}

bool is_special(const Cursor& in) {
  return in.at_any(Kw("CAST"), Kw("CONVERT"), Kw("CHAR"), Kw("DEFAULT"), Kw("VALUES"),
                   Kw("EXTRACT"), Kw("TIMESTAMPADD"), Kw("TIMESTAMPDIFF"), Kw("GET_FORMAT"),
                   Kw("POSITION"), Kw("SUBSTRING"), Kw("SUBSTR"), Kw("MID"), Kw("TRIM"),
                   Kw("WEIGHT_STRING"), Kw("DATE_ADD"), Kw("DATE_SUB"), Kw("ADDDATE"),
                   Kw("SUBDATE"));
}

Status parse_group_concat_rest(Cursor& in, Aggregate& node) {
  TBL_ASSIGN(node.order_by, parse_order_by(in));
  for (const auto& item : node.order_by) cover(node, item.expr);
  if (!in.accept("SEPARATOR")) return ok_status();
  TBL_ASSIGN(node.separator, in.string());
  return ok_status();
}

Result<ExprPtr> parse_aggregate(Cursor& in, std::string name) {
  auto node = std::make_unique<Aggregate>();
  node->name = std::move(name);
  TBL_TRY(in.expect('('));
  if (in.at('*') && node->name == "count") {
    in.take();
    node->star = true;
    node->args.push_back(int_literal(1));
  } else {
    node->distinct = in.accept_any(Kw("DISTINCT"), Kw("DISTINCTROW"));
    if (!node->distinct) in.accept("ALL");
    TBL_ASSIGN(node->args, parse_expr_list(in));
  }
  const bool many = node->name == "group_concat" || node->name == "json_objectagg" ||
                    node->name == "approx_count_distinct" ||
                    (node->name == "count" && node->distinct);
  if (node->args.size() > 1 && !many) return in.syntax_error();
  if (node->name == "group_concat") TBL_TRY(parse_group_concat_rest(in, *node));
  TBL_TRY(in.expect(')'));
  cover(*node, node->args);
  return finish(std::move(node));
}

Status refuse_window(const Cursor& in) {
  if (in.at("OVER") && (in.at('(', 1) || in.at_name(1)))
    return not_supported_yet("window functions");
  return ok_status();
}

/// NEXT VALUE FOR s
Result<ExprPtr> parse_next_value(Cursor& in) {
  in.take();
  TBL_TRY(in.expect("VALUE", "FOR"));
  auto call = make_call("nextval");
  TBL_ASSIGN(auto sequence, parse_column(in));
  call->args.push_back(std::move(sequence));
  return finish_call(std::move(call));
}

Result<ExprPtr> parse_named(Cursor& in) {
  std::string schema;
  TBL_ASSIGN(auto name, in.any_word());
  if (in.accept('.')) {
    schema = std::move(name);
    TBL_ASSIGN(name, in.any_word());
  }
  auto call = make_call(lower(name));
  call->schema = std::move(schema);
  return parse_arguments(in, std::move(call));
}

Result<ExprPtr> parse_call(Cursor& in) {
  const uint16_t word = in.peek().word;
  std::string name = lower(in.raw(in.peek()));
  if (!in.at('(', 1)) {
    if (!is_bare_function(in)) return parse_named(in);
    in.take();
    return ExprPtr(make_call(std::move(name)));
  }
  if (is_special(in)) {
    in.take();
    in.take();
    TBL_ASSIGN(auto node, parse_special(in, word, std::move(name)));
    TBL_TRY(in.expect(')'));
    return node;
  }
  if (in.at(TokenKind::kWord) && is_aggregate(name)) {
    in.take();
    return parse_aggregate(in, std::move(name));
  }
  return parse_named(in);
}

}  // namespace

bool is_aggregate(std::string_view name) {
  static constexpr std::array<std::string_view, 19> kNames = {"approx_count_distinct",
                                                              "avg",
                                                              "bit_and",
                                                              "bit_or",
                                                              "bit_xor",
                                                              "count",
                                                              "group_concat",
                                                              "json_arrayagg",
                                                              "json_objectagg",
                                                              "max",
                                                              "min",
                                                              "std",
                                                              "stddev",
                                                              "stddev_pop",
                                                              "stddev_samp",
                                                              "sum",
                                                              "var_pop",
                                                              "var_samp",
                                                              "variance"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool at_function(const Cursor& in) {
  if (is_bare_function(in)) return true;
  if (in.at_words("NEXT", "VALUE") && in.at("FOR", 2)) return true;
  if (in.at_name()) {
    if (in.at('(', 1)) return in.at(TokenKind::kWord);
    return in.at('.', 1) && in.at('(', 3) && !in.at('*', 2);
  }
  return is_reserved_function(in) && in.at('(', 1);
}

Result<ExprPtr> parse_function(Cursor& in) {
  if (in.at_words("NEXT", "VALUE") && in.at("FOR", 2)) return parse_next_value(in);
  TBL_ASSIGN(auto node, parse_call(in));
  TBL_TRY(refuse_window(in));
  return node;
}

}  // namespace tbl::tidb
