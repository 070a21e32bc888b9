// SQL of the server itself: on the system tables, as root, without binlog.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "tidb/privilege/privilege_manager.h"
#include "tidb/session/domain.h"

namespace tbl::tidb {

/// Runs statements in a session of its own; each in its own transaction.
Status run_internal(Domain& domain, std::string_view sql);
/// Several statements in one transaction: all or none.
Status run_internal_together(Domain& domain, const std::vector<std::string>& statements);
/// Gives the last statement's rows.
Result<TextResult> query_internal(Domain& domain, std::string_view sql);
QueryRunner query_runner(Domain& domain);

/// 'text' as an SQL literal.
std::string sql_quote(std::string_view text);

}  // namespace tbl::tidb
