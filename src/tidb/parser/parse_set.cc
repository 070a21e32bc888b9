// SET in all its forms.
#include "tidb/ast/account.h"
#include "tidb/ast/session.h"
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

std::optional<VariableScope> accept_scope(Cursor& in) {
  if (in.accept("GLOBAL")) return VariableScope::kGlobal;
  if (in.accept_any(Kw("SESSION"), Kw("LOCAL"))) return VariableScope::kSession;
  return std::nullopt;
}

/// The right side: ON, ALL, BINARY and plain words are texts.
Result<ExprPtr> parse_value(Cursor& in) {
  const bool alone = in.at(TokenKind::kEnd, 1) || in.at(',', 1);
  if (alone && in.at("DEFAULT")) {
    in.take();
    return ExprPtr(std::make_unique<Default>());
  }
  if (alone && in.at_any(Kw("ON"), Kw("ALL"), Kw("BINARY"))) {
    return string_literal(std::string(in.raw(in.take())));
  }
  TBL_ASSIGN(auto value, parse_expr(in));
  if (value->kind == ExprKind::kColumn && as<ColumnName>(*value).table.empty()) {
    return string_literal(std::move(as<ColumnName>(*value).name));
  }
  return value;
}

Status expect_assign(Cursor& in) {
  if (in.accept(kOpAssign)) return ok_status();
  return in.expect('=');
}

Result<SetItem> parse_charset_item(Cursor& in, SetItem::Kind kind) {
  SetItem item;
  item.kind = kind;
  if (in.accept("DEFAULT")) return item;
  TBL_ASSIGN(item.charset, in.charset_name());
  if (kind == SetItem::Kind::kNames && in.accept("COLLATE")) {
    if (in.accept("DEFAULT")) return item;
    TBL_ASSIGN(item.collate, in.charset_name());
  }
  return item;
}

Result<SetItem> parse_variable_item(Cursor& in) {
  SetItem item;
  auto variable = parse_variable(in);
  item.kind = variable->system ? SetItem::Kind::kSystem : SetItem::Kind::kUser;
  item.scope = variable->scope;
  item.name = std::move(variable->name);
  TBL_TRY(expect_assign(in));
  TBL_ASSIGN(item.value, item.kind == SetItem::Kind::kUser ? parse_expr(in) : parse_value(in));
  return item;
}

Result<SetItem> parse_item(Cursor& in) {
  if (in.at("NAMES") && !in.at('=', 1)) {
    in.take();
    return parse_charset_item(in, SetItem::Kind::kNames);
  }
  if (in.accept("CHARACTER", "SET") || in.accept("CHAR", "SET") ||
      (in.at("CHARSET") && !in.at('=', 1) && in.accept("CHARSET"))) {
    return parse_charset_item(in, SetItem::Kind::kCharset);
  }
  if (in.at_any(TokenKind::kUserVariable, TokenKind::kSystemVariable)) {
    return parse_variable_item(in);
  }
  SetItem item;
  if (auto scope = accept_scope(in)) item.scope = *scope;
  TBL_ASSIGN(auto name, in.name());
  item.name = lower(name);
  if (in.accept('.')) {
    TBL_ASSIGN(auto rest, in.any_word());
    item.name += "." + lower(rest);
  }
  TBL_TRY(expect_assign(in));
  TBL_ASSIGN(item.value, parse_value(in));
  return item;
}

Result<std::string> parse_isolation(Cursor& in) {
  TBL_TRY(in.expect("ISOLATION", "LEVEL"));
  if (in.accept("SERIALIZABLE")) return std::string("SERIALIZABLE");
  if (in.accept("REPEATABLE")) {
    TBL_TRY(in.expect("READ"));
    return std::string("REPEATABLE-READ");
  }
  TBL_TRY(in.expect("READ"));
  if (in.accept("COMMITTED")) return std::string("READ-COMMITTED");
  TBL_TRY(in.expect("UNCOMMITTED"));
  return std::string("READ-UNCOMMITTED");
}

bool at_transaction(const Cursor& in) {
  if (in.at("TRANSACTION")) return !in.at('=', 1);
  return in.at("TRANSACTION", 1) && in.at_any(Kw("GLOBAL"), Kw("SESSION"), Kw("LOCAL"));
}

Result<StatementPtr> parse_set_transaction(Cursor& in) {
  auto node = std::make_unique<SetTransactionStatement>();
  if (auto scope = accept_scope(in)) node->scope = *scope;
  TBL_TRY(in.expect("TRANSACTION"));
  do {
    if (in.accept("READ")) {
      node->read_only = in.accept("ONLY");
      if (!*node->read_only) TBL_TRY(in.expect("WRITE"));
    } else {
      TBL_ASSIGN(node->isolation, parse_isolation(in));
    }
  } while (in.accept(','));
  return StatementPtr(std::move(node));
}

/// SET [DEFAULT] ROLE: read to its end.
Result<StatementPtr> parse_set_role(Cursor& in) {
  in.accept("DEFAULT");
  in.take();
  if (in.at_end()) return in.syntax_error();
  while (!in.at_end()) in.take();
  return StatementPtr(std::make_unique<SetRoleStatement>());
}

}  // namespace

Result<StatementPtr> parse_set(Cursor& in) {
  in.take();
  if (in.at("PASSWORD") && (in.at('=', 1) || in.at("FOR", 1))) return parse_set_password(in);
  if (at_transaction(in)) return parse_set_transaction(in);
  if (in.at_words("DEFAULT", "ROLE") || (in.at("ROLE") && !in.at('=', 1))) {
    return parse_set_role(in);
  }
  auto node = std::make_unique<SetStatement>();
  do {
    TBL_ASSIGN(auto item, parse_item(in));
    node->items.push_back(std::move(item));
  } while (in.accept(','));
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
