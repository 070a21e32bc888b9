#include "tidb/ddl/bootstrap.h"

#include <fmt/format.h>

#include "base/log.h"
#include "tidb/catalog/meta.h"
#include "tidb/ddl/bootstrap_tables.h"

namespace tbl::tidb {

namespace {

constexpr size_t kVariablesPerInsert = 200;
constexpr int kFlagColumns = 25;  ///< privileges of mysql.user

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') out += c;
    out += c;
  }
  return out + "'";
}

/// root@% with an empty password and every privilege.
std::string root_user() {
  std::string values = "'%', 'root', ''";
  for (int i = 0; i < kFlagColumns; ++i) values += ", 'Y'";
  return "INSERT IGNORE INTO mysql.user VALUES (" + values + ", 'N', 'mysql_native_password')";
}

Status insert_variables(SqlRunner& sql, const std::vector<BootstrapVariable>& variables) {
  for (size_t from = 0; from < variables.size(); from += kVariablesPerInsert) {
    std::string rows;
    for (size_t i = from; i < variables.size() && i < from + kVariablesPerInsert; ++i) {
      rows += fmt::format("{}({}, {})", rows.empty() ? "" : ", ", quoted(variables[i].name),
                          quoted(variables[i].value));
    }
    TBL_TRY(sql.execute("INSERT IGNORE INTO mysql.GLOBAL_VARIABLES VALUES " + rows));
  }
  return ok_status();
}

Status insert_facts(SqlRunner& sql) {
  TBL_TRY(
      sql.execute(fmt::format("INSERT IGNORE INTO mysql.tidb VALUES ('tidb_server_version', '{}', "
                              "'Bootstrap version. Do not delete.')",
                              kBootstrapVersion)));
  TBL_TRY(sql.execute(
      "INSERT IGNORE INTO mysql.tidb VALUES ('system_tz', 'System', 'TiDB Global System "
      "Timezone.')"));
  return sql.execute(
      "INSERT IGNORE INTO mysql.tidb VALUES ('bootstrapped', 'True', 'Bootstrap flag. Do not "
      "delete.')");
}

Status set_done(DdlStorage& storage) {
  TBL_ASSIGN(auto txn, storage.begin());
  MetaWriter meta(txn->store());
  TBL_TRY(meta.set_bootstrap_version(kBootstrapVersion));
  return txn->commit(nullptr);
}

}  // namespace

Result<bool> is_bootstrapped(DdlStorage& storage) {
  TBL_ASSIGN(auto txn, storage.begin());
  MetaReader meta(txn->store());
  TBL_ASSIGN(int64_t version, meta.bootstrap_version());
  if (version > kBootstrapVersion) {
    return failed_precondition(
        fmt::format("the cluster was bootstrapped by a newer TiDB (bootstrap version {}, this "
                    "server's is {})",
                    version, kBootstrapVersion));
  }
  if (version > 0 && version < kBootstrapVersion) {
    return failed_precondition(fmt::format(
        "the cluster was bootstrapped by an older TiDB (bootstrap version {}): upgrade it with "
        "TiDB v3.0 first",
        version));
  }
  return version == kBootstrapVersion;
}

Status bootstrap(DdlStorage& storage, SqlRunner& sql,
                 const std::vector<BootstrapVariable>& variables) {
  log_info("bootstrap begins");
  for (std::string_view statement : bootstrap_ddl()) TBL_TRY(sql.execute(statement));
  TBL_TRY(sql.execute(root_user()));
  TBL_TRY(insert_variables(sql, variables));
  TBL_TRY(insert_facts(sql));
  TBL_TRY(set_done(storage));
  log_info("bootstrap done");
  return ok_status();
}

}  // namespace tbl::tidb
