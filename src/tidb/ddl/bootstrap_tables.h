// The system tables of TiDB v3.0.
#pragma once

#include <span>
#include <string_view>

namespace tbl::tidb {

/// CREATE statements in the order that gives databases and tables the ids TiDB v3.0.0 gives them on
/// an empty cluster: test 1, mysql 3, mysql.user 5, ... the first user database 41.
std::span<const std::string_view> bootstrap_ddl();

}  // namespace tbl::tidb
