// Parts of the statements about users, for parse_account.cc and parse_grant.cc.
#pragma once

#include "tidb/ast/account.h"
#include "tidb/parser/cursor.h"

namespace tbl::tidb {

/// user [IDENTIFIED ..], ..
Result<std::vector<ast::UserSpec>> parse_user_specs(Cursor& in);
/// REQUIRE SSL and so on, without effect.
Status skip_require(Cursor& in);
/// MAX_QUERIES_PER_HOUR n and so on, without effect.
Status skip_resource_limits(Cursor& in);
bool at_resource_limit(const Cursor& in);

}  // namespace tbl::tidb
