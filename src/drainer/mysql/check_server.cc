#include "drainer/mysql/check_server.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "base/ascii.h"
#include "drainer/mysql/errors.h"
#include "drainer/mysql/sql_text.h"
#include "drainer/schedule/key_fold.h"

namespace tbl::mysql {
namespace {

constexpr std::array<std::string_view, 9> kNeeded = {
    "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "INDEX", "CREATE VIEW"};
// TiDB's rows reach 6 MiB by default, as text up to twice that.
constexpr uint64_t kEnoughPacket = 16 << 20;

using Variables = std::map<std::string, std::string>;

Result<Variables> read_variables(Connection& connection) {
  TBL_ASSIGN(auto rows, connection.query(
                            "SHOW GLOBAL VARIABLES WHERE variable_name IN ('version','read_only',"
                            "'super_read_only','max_allowed_packet','character_set_server',"
                            "'collation_server','lower_case_table_names','default_storage_engine',"
                            "'sql_require_primary_key','innodb_force_primary_key')"));
  Variables out;
  for (const SqlRow& row : rows) out[ascii_lower(row[0].value_or(""))] = row[1].value_or("");
  return out;
}

bool is_on(const Variables& variables, const std::string& name) {
  auto it = variables.find(name);
  return it != variables.end() && (it->second == "ON" || it->second == "1");
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

// `db` as SHOW GRANTS writes it: quoted, with wildcards escaped.
bool is_on_schema(const std::string& on, const std::string& schema) {
  if (on == "*.*") return true;
  std::string pattern = on;
  std::erase(pattern, '\\');
  return equal_ignoring_case(pattern, quote_name(schema) + ".*");
}

bool has_privilege(const std::vector<Grant>& grants, std::string_view privilege,
                   const std::string& schema) {
  return std::ranges::any_of(grants, [&](const Grant& grant) {
    if (!is_on_schema(grant.on, schema)) return false;
    return std::ranges::any_of(grant.privileges, [&](const std::string& given) {
      return given == privilege || given == "ALL PRIVILEGES";
    });
  });
}

Status check_privileges(Connection& connection, const ServerCheck& check, Findings* findings) {
  auto rows = connection.query("SHOW GRANTS");
  if (is_lost(rows.status())) return rows.status();
  if (!rows.ok()) {
    findings->push_back({Severity::kWarning, "privileges", "SHOW GRANTS",
                         "cannot be looked at: " + rows.status().message()});
    return ok_status();
  }
  std::vector<Grant> grants;
  for (const SqlRow& row : *rows) grants.push_back(parse_grant(row[0].value_or("")));
  std::vector<std::string> schemas = check.schemas;
  schemas.push_back(check.checkpoint_schema);
  for (const std::string& schema : schemas) {
    std::string missing;
    for (std::string_view privilege : kNeeded) {
      if (has_privilege(grants, privilege, schema)) continue;
      missing.append(missing.empty() ? "" : ", ").append(privilege);
    }
    if (missing.empty()) continue;
    findings->push_back(
        {Severity::kFatal, "privileges", quote_name(schema), "missing: " + missing});
  }
  return ok_status();
}

void check_variables(const Variables& variables, Findings* findings) {
  auto add = [&](Severity severity, const char* check, const char* object, std::string text) {
    findings->push_back({severity, check, object, std::move(text)});
  };
  auto value = [&](const char* name) {
    auto it = variables.find(name);
    return it == variables.end() ? std::string() : it->second;
  };
  for (const char* name : {"read_only", "super_read_only"}) {
    if (is_on(variables, name))
      add(Severity::kFatal, "read-only", name, "the server takes no rows");
  }
  uint64_t packet = 0;
  const std::string text = value("max_allowed_packet");
  std::from_chars(text.data(), text.data() + text.size(), packet);
  if (packet != 0 && packet < kEnoughPacket) {
    add(Severity::kWarning, "packet", "max_allowed_packet",
        text +
            " bytes: a row that is larger as a statement stops drainer; 16 MiB hold every row "
            "that TiDB takes by default");
  }
  const std::string charset = value("character_set_server");
  if (charset != "utf8mb4") {
    add(Severity::kWarning, "charset", "character_set_server",
        charset + ": tables whose definition names no charset become utf8mb4 upstream and " +
            charset + " downstream");
  }
  const std::string collation = value("collation_server");
  if (schedule::fold_of_collation(collation) > schedule::Fold::kPadSpace) {
    add(Severity::kWarning, "collation", "collation_server",
        collation +
            ": in tables whose definition names no collation 'a' and 'A' are one key "
            "downstream, two upstream");
  }
  if (value("lower_case_table_names") == "0") {
    add(Severity::kInfo, "names", "lower_case_table_names",
        "0: a DDL that writes a table's name in another case than when it was made is refused");
  }
  for (const char* name : {"sql_require_primary_key", "innodb_force_primary_key"}) {
    if (is_on(variables, name)) {
      add(Severity::kWarning, "keys", name, "tables without a primary key cannot be made");
    }
  }
  const std::string engine = value("default_storage_engine");
  if (!engine.empty() && !equal_ignoring_case(engine, "InnoDB")) {
    add(Severity::kWarning, "engine", "default_storage_engine",
        engine + ": new tables may be without transactions, and rows come twice after a crash");
  }
}

}  // namespace

Grant parse_grant(const std::string& line) {
  Grant grant;
  const size_t on = line.find(" ON ");
  const size_t to = line.find(" TO ", on == line.npos ? 0 : on);
  if (!line.starts_with("GRANT ") || on == line.npos || to == line.npos) return grant;
  grant.on = line.substr(on + 4, to - on - 4);
  for (size_t begin = 6; begin < on;) {
    const size_t end = std::min(line.find(',', begin), on);
    std::string privilege = upper(line.substr(begin, end - begin));
    privilege.erase(0, privilege.find_first_not_of(' '));
    grant.privileges.push_back(std::move(privilege));
    begin = end + 1;
  }
  return grant;
}

Status check_server(Connection& connection, const ServerCheck& check, Findings* findings) {
  findings->push_back({Severity::kInfo, "server", "version", connection.server_version()});
  TBL_ASSIGN(Variables variables, read_variables(connection));
  check_variables(variables, findings);
  return check_privileges(connection, check, findings);
}

}  // namespace tbl::mysql
