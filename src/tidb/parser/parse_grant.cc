// GRANT and REVOKE.
#include "tidb/parser/parse_account.h"
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

/// The statement names roles: no ON stands in front of TO or FROM.
bool is_about_roles(const Cursor& in, Kw before_users) {
  for (size_t i = 0; !in.at(TokenKind::kEnd, i); ++i) {
    if (in.at("ON", i)) return false;
    if (in.at(before_users, i)) {
      return !(in.at("ALL") || in.at_words("GRANT", "OPTION"));
    }
  }
  return false;
}

/// One or more words, such as CREATE TEMPORARY TABLES, up to ',', '(' or ON.
Result<PrivilegeItem> parse_privilege(Cursor& in) {
  PrivilegeItem item;
  while (in.at(TokenKind::kWord) && !in.at("ON") && !in.at("FROM")) {
    if (!item.name.empty()) item.name += ' ';
    item.name += upper(in.raw(in.take()));
  }
  if (item.name.empty()) return in.syntax_error();
  if (item.name == "ALL PRIVILEGES") item.name = "ALL";
  if (in.at('(')) {
    TBL_ASSIGN(item.columns, in.name_list());
  }
  return item;
}

Result<std::vector<PrivilegeItem>> parse_privileges(Cursor& in) {
  std::vector<PrivilegeItem> items;
  do {
    TBL_ASSIGN(auto item, parse_privilege(in));
    items.push_back(std::move(item));
  } while (in.accept(','));
  return items;
}

/// [TABLE] *.* | * | db.* | db.t | t
Result<GrantLevel> parse_level(Cursor& in) {
  GrantLevel level;
  in.accept_any(Kw("TABLE"), Kw("FUNCTION"), Kw("PROCEDURE"));
  if (in.accept('*')) {
    if (!in.accept('.')) {
      level.kind = GrantLevel::Kind::kDatabase;
      return level;
    }
    TBL_TRY(in.expect('*'));
    return level;
  }
  TBL_ASSIGN(auto name, in.name());
  if (!in.accept('.')) {
    level.kind = GrantLevel::Kind::kTable;
    level.table = std::move(name);
    return level;
  }
  level.database = std::move(name);
  if (in.accept('*')) {
    level.kind = GrantLevel::Kind::kDatabase;
    return level;
  }
  level.kind = GrantLevel::Kind::kTable;
  TBL_ASSIGN(level.table, in.any_word());
  return level;
}

template <typename T>
Result<StatementPtr> parse_roles(Cursor& in, Kw before_users) {
  auto node = std::make_unique<T>();
  do {
    TBL_ASSIGN(auto role, parse_user(in));
    node->roles.push_back(std::move(role));
  } while (in.accept(','));
  TBL_TRY(in.expect(before_users));
  do {
    TBL_ASSIGN(auto user, parse_user(in));
    node->users.push_back(std::move(user));
  } while (in.accept(','));
  return StatementPtr(std::move(node));
}

Status parse_grant_options(Cursor& in, GrantStatement& node) {
  TBL_TRY(skip_require(in));
  if (!in.accept("WITH")) return ok_status();
  while (true) {
    if (in.accept("GRANT", "OPTION")) {
      node.with_grant_option = true;
    } else if (at_resource_limit(in)) {
      TBL_TRY(skip_resource_limits(in));
    } else {
      return ok_status();
    }
  }
}

}  // namespace

Result<StatementPtr> parse_grant(Cursor& in) {
  in.take();
  if (is_about_roles(in, "TO")) return parse_roles<GrantRoleStatement>(in, "TO");
  auto node = std::make_unique<GrantStatement>();
  TBL_ASSIGN(node->privileges, parse_privileges(in));
  TBL_TRY(in.expect("ON"));
  TBL_ASSIGN(node->level, parse_level(in));
  TBL_TRY(in.expect("TO"));
  TBL_ASSIGN(node->users, parse_user_specs(in));
  TBL_TRY(parse_grant_options(in, *node));
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_revoke(Cursor& in) {
  in.take();
  if (is_about_roles(in, "FROM")) return parse_roles<RevokeRoleStatement>(in, "FROM");
  auto node = std::make_unique<RevokeStatement>();
  TBL_ASSIGN(node->privileges, parse_privileges(in));
  const auto& items = node->privileges;
  node->everywhere = in.at("FROM") && items.size() == 2 && items[0].name == "ALL" &&
                     items[1].name == "GRANT OPTION";
  if (!node->everywhere) {
    TBL_TRY(in.expect("ON"));
    TBL_ASSIGN(node->level, parse_level(in));
  }
  TBL_TRY(in.expect("FROM"));
  TBL_ASSIGN(node->users, parse_user_specs(in));
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
