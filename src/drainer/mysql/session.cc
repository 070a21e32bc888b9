#include "drainer/mysql/session.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/log.h"
#include "drainer/mysql/errors.h"

namespace tbl::mysql {
namespace {

constexpr std::string_view kDefaultSqlMode =
    "STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES";
constexpr std::string_view kNoAutoValue = "NO_AUTO_VALUE_ON_ZERO";

// Cascades arrive as rows of their own. TIMESTAMP text is UTC.
constexpr std::string_view kEverySession =
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;"
    "SET SESSION autocommit=1,foreign_key_checks=0,unique_checks=1,time_zone='+00:00'";

struct Variable {
  std::string_view name;
  std::string_view value;
};
// Known to TiDB, some of them not to every version of it; the last to MariaDB: what upstream took
// without enforcing it must not be refused.
constexpr std::array<Variable, 4> kOptional = {{{"allow_auto_random_explicit_insert", "1"},
                                                {"tidb_txn_mode", "'pessimistic'"},
                                                {"tidb_placement_mode", "'ignore'"},
                                                {"check_constraint_checks", "0"}}};

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

std::vector<std::string> split_modes(std::string_view modes) {
  std::vector<std::string> out;
  while (!modes.empty()) {
    size_t comma = modes.find(',');
    if (std::string one = upper(modes.substr(0, comma)); !one.empty()) out.push_back(one);
    modes = comma == std::string_view::npos ? std::string_view() : modes.substr(comma + 1);
  }
  return out;
}

bool unknown_variable(const Status& status) {
  return error_number(status) == kErrUnknownSystemVariable ||
         status.message().find("Unknown system variable") != std::string::npos;
}

Result<std::string> optional_settings(Connection& probe) {
  std::string out;
  for (const Variable& variable : kOptional) {
    std::string sql = "SET SESSION ";
    sql.append(variable.name).append("=").append(variable.value);
    Status set = probe.exec(sql);
    if (set.ok()) {
      out += ";" + sql;
    } else if (!unknown_variable(set)) {
      return std::move(set).wrap(sql);
    }
  }
  return out;
}

// Rows are written with UTC in mind whatever the configured zone.
Result<std::string> configured_settings(Connection& probe, const ConnectionOptions& options) {
  std::string out;
  for (const auto& [name, value] : options.params) {
    if (equal_ignoring_case(name, "time_zone")) continue;
    std::string sql = "SET SESSION " + quote_name(name) + "=" + quote_string(value);
    if (Status set = probe.exec(sql); !set.ok()) {
      // Numbers are not taken as strings by every variable.
      sql = "SET SESSION " + quote_name(name) + "=" + value;
      bool plain = value.find_first_of(";'\"`\\") == std::string::npos;
      if (!plain || !probe.exec(sql).ok()) return std::move(set).wrap("params." + name);
    }
    out += ";" + sql;
  }
  return out;
}

}  // namespace

std::string apply_sql_mode(const ConnectionOptions& options) {
  std::string out;
  bool has_no_auto_value = false;
  for (const std::string& mode :
       split_modes(options.sql_mode.value_or(std::string(kDefaultSqlMode)))) {
    if (mode == "STRICT_TRANS_TABLES" && !options.strict) continue;
    has_no_auto_value |= mode == kNoAutoValue;
    out += (out.empty() ? "" : ",") + mode;
  }
  if (!has_no_auto_value) out.append(out.empty() ? "" : ",").append(kNoAutoValue);
  return out;
}

Result<ConnectionFactory> ConnectionFactory::create(ConnectionOptions options) {
  ConnectionFactory factory;
  factory.options_ = std::move(options);
  TBL_ASSIGN(auto probe, Connection::open(factory.options_));
  factory.server_kind_ = probe->server_kind();
  std::string mode = apply_sql_mode(factory.options_);
  factory.set_up_ = std::string(kEverySession) + ";SET SESSION sql_mode=" + quote_string(mode);
  factory.is_strict_ =
      mode.find("STRICT_") != std::string::npos || mode.find("TRADITIONAL") != std::string::npos;
  if (mode.find("NO_BACKSLASH_ESCAPES") != std::string::npos) factory.escapes_ = Escapes::kNone;
  TBL_TRY(probe->exec(factory.set_up_).wrap("set up a session"));
  TBL_ASSIGN(std::string known, optional_settings(*probe));
  TBL_ASSIGN(std::string configured, configured_settings(*probe, factory.options_));
  factory.set_up_ += known + configured;
  return factory;
}

Result<std::unique_ptr<Connection>> ConnectionFactory::open() const { return open(options_); }

Result<std::unique_ptr<Connection>> ConnectionFactory::open_patient() const {
  ConnectionOptions options = options_;
  options.read_timeout_s = 0;
  return open(options);
}

Result<std::unique_ptr<Connection>> ConnectionFactory::open(
    const ConnectionOptions& options) const {
  TBL_ASSIGN(auto connection, Connection::open(options));
  TBL_TRY(connection->exec(set_up_).wrap("set up a session"));
  if (!is_strict_) connection->watch_warnings();
  return connection;
}

}  // namespace tbl::mysql
