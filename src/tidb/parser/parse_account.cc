// Users, passwords, roles.
#include "tidb/ast/account.h"

#include "tidb/parser/parse_account.h"
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

Status parse_auth(Cursor& in, UserSpec* spec) {
  if (!in.accept("IDENTIFIED")) return ok_status();
  if (in.accept("BY")) {
    const bool hash = in.accept("PASSWORD");
    TBL_ASSIGN(auto text, in.string());
    (hash ? spec->auth_string : spec->password) = std::move(text);
    return ok_status();
  }
  TBL_TRY(in.expect("WITH"));
  if (in.at(TokenKind::kString)) {
    spec->plugin = in.value(in.take());
  } else {
    TBL_ASSIGN(spec->plugin, in.name());
  }
  if (in.accept("BY")) {
    TBL_ASSIGN(spec->password, in.string());
  } else if (in.accept("AS")) {
    TBL_ASSIGN(spec->auth_string, in.string());
  }
  return ok_status();
}

Result<UserSpec> parse_user_spec(Cursor& in) {
  UserSpec spec;
  TBL_ASSIGN(spec.user, parse_user(in));
  TBL_TRY(parse_auth(in, &spec));
  return spec;
}

/// WITH limit n, PASSWORD EXPIRE .., ACCOUNT LOCK. Only the last of them is kept.
Status parse_user_options(Cursor& in, std::optional<bool>* locked) {
  TBL_TRY(skip_require(in));
  while (!in.at_end()) {
    if (in.at_words("ACCOUNT", "LOCK") || in.at_words("ACCOUNT", "UNLOCK")) {
      *locked = in.at("LOCK", 1);
      in.take();
      in.take();
    } else if (in.accept("PASSWORD", "EXPIRE")) {
      while (in.at_any(Kw("DEFAULT"), Kw("NEVER"), Kw("INTERVAL"), Kw("DAY")) ||
             in.at(TokenKind::kInteger)) {
        in.take();
      }
    } else if (in.accept("WITH")) {
      TBL_TRY(skip_resource_limits(in));
    } else {
      return in.syntax_error();
    }
  }
  return ok_status();
}

Result<std::vector<UserName>> parse_user_names(Cursor& in) {
  std::vector<UserName> users;
  do {
    TBL_ASSIGN(auto user, parse_user(in));
    users.push_back(std::move(user));
  } while (in.accept(','));
  return users;
}

}  // namespace

Status skip_require(Cursor& in) {
  if (!in.accept("REQUIRE")) return ok_status();
  if (in.accept("NONE") || in.accept("SSL") || in.accept("X509")) return ok_status();
  do {
    if (!in.accept_any(Kw("ISSUER"), Kw("SUBJECT"), Kw("CIPHER"))) return in.syntax_error();
    TBL_ASSIGN(auto ignored, in.string());
    in.accept("AND");
  } while (in.at_any(Kw("ISSUER"), Kw("SUBJECT"), Kw("CIPHER")));
  return ok_status();
}

bool at_resource_limit(const Cursor& in) {
  return in.at_any(Kw("MAX_QUERIES_PER_HOUR"), Kw("MAX_UPDATES_PER_HOUR"),
                   Kw("MAX_CONNECTIONS_PER_HOUR"), Kw("MAX_USER_CONNECTIONS"));
}

Status skip_resource_limits(Cursor& in) {
  if (!at_resource_limit(in)) return in.syntax_error();
  while (at_resource_limit(in)) {
    in.take();
    TBL_ASSIGN(uint64_t ignored, in.integer());
    (void)ignored;
  }
  return ok_status();
}

Result<UserName> parse_user(Cursor& in) {
  UserName user;
  if (in.accept("CURRENT_USER")) {
    user.current = true;
    if (in.accept('(')) TBL_TRY(in.expect(')'));
    return user;
  }
  if (in.at(TokenKind::kString)) {
    user.user = in.value(in.take());
  } else {
    TBL_ASSIGN(user.user, in.name());
  }
  // 'user'@'host': the host reads like a user variable.
  if (in.at(TokenKind::kUserVariable)) {
    user.host = parse_variable(in)->name;
  }
  return user;
}

Result<std::vector<UserSpec>> parse_user_specs(Cursor& in) {
  std::vector<UserSpec> users;
  do {
    TBL_ASSIGN(auto spec, parse_user_spec(in));
    users.push_back(std::move(spec));
  } while (in.accept(','));
  return users;
}

/// At USER or ROLE.
Result<StatementPtr> parse_create_user(Cursor& in) {
  auto node = std::make_unique<CreateUserStatement>();
  node->is_role = in.at("ROLE");
  in.take();
  TBL_ASSIGN(node->if_not_exists, parse_if_not_exists(in));
  TBL_ASSIGN(node->users, parse_user_specs(in));
  TBL_TRY(parse_user_options(in, &node->locked));
  return StatementPtr(std::move(node));
}

/// At USER.
Result<StatementPtr> parse_alter_user(Cursor& in) {
  in.take();
  auto node = std::make_unique<AlterUserStatement>();
  TBL_ASSIGN(node->if_exists, parse_if_exists(in));
  if (in.at("USER") && in.at('(', 1)) {
    in.take();
    in.take();
    TBL_TRY(in.expect(')'));
    UserSpec self;
    self.user.current = true;
    TBL_TRY(parse_auth(in, &self));
    node->users.push_back(std::move(self));
  } else {
    TBL_ASSIGN(node->users, parse_user_specs(in));
  }
  TBL_TRY(parse_user_options(in, &node->locked));
  return StatementPtr(std::move(node));
}

/// At USER or ROLE.
Result<StatementPtr> parse_drop_user(Cursor& in) {
  auto node = std::make_unique<DropUserStatement>();
  node->is_role = in.at("ROLE");
  in.take();
  TBL_ASSIGN(node->if_exists, parse_if_exists(in));
  TBL_ASSIGN(node->users, parse_user_names(in));
  return StatementPtr(std::move(node));
}

/// At PASSWORD.
Result<StatementPtr> parse_set_password(Cursor& in) {
  in.take();
  auto node = std::make_unique<SetPasswordStatement>();
  if (in.accept("FOR")) {
    TBL_ASSIGN(node->user, parse_user(in));
  }
  TBL_TRY(in.expect('='));
  if (in.accept("PASSWORD")) {
    TBL_TRY(in.expect('('));
    TBL_ASSIGN(node->password, in.string());
    TBL_TRY(in.expect(')'));
  } else {
    TBL_ASSIGN(node->password, in.string());
  }
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
