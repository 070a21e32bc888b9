// The first start on an empty cluster: databases `test` and `mysql` with TiDB v3.0's system tables,
// by normal DDL jobs, then their first rows.
#pragma once

#include "base/status.h"
#include "tidb/ddl/ddl.h"

namespace tbl::tidb {

/// The value of the meta key BootstrapKey.
constexpr int64_t kBootstrapVersion = 33;

struct BootstrapVariable {
  std::string name;
  std::string value;
};

/// True when BootstrapKey says that it was done. Error when a newer TiDB bootstrapped the cluster.
Result<bool> is_bootstrapped(DdlStorage& storage);

/// Does what is missing: may be repeated after a crash. `sql` runs both the DDL and the inserts
/// (through session and `Ddl::run`); `variables` are the rows of mysql.GLOBAL_VARIABLES.
Status bootstrap(DdlStorage& storage, SqlRunner& sql,
                 const std::vector<BootstrapVariable>& variables);

}  // namespace tbl::tidb
