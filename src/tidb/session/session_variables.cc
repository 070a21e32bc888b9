#include "tidb/session/session_variables.h"

#include <cstdlib>

#include "tidb/session/system_variables.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

const std::string kNothing;

/// Pairs of names for the same thing.
constexpr std::pair<std::string_view, std::string_view> kTwins[] = {
    {"tx_isolation", "transaction_isolation"},
    {"tx_read_only", "transaction_read_only"},
};

std::string_view twin_of(std::string_view name) {
  for (const auto& [a, b] : kTwins) {
    if (name == a) return b;
    if (name == b) return a;
  }
  return {};
}

bool is_charset_variable(std::string_view name) {
  return name.starts_with("character_set_") && name != "character_sets_dir";
}
bool is_collation_variable(std::string_view name) { return name.starts_with("collation_"); }

/// "character_set_connection" <-> "collation_connection"; client and results have no collation.
std::string partner_of(std::string_view name) {
  for (const char* suffix : {"connection", "database", "server"}) {
    if (name == std::string("character_set_") + suffix) return std::string("collation_") + suffix;
    if (name == std::string("collation_") + suffix) return std::string("character_set_") + suffix;
  }
  return {};
}

Result<codec::TimeZone> load_zone(const std::string& value) {
  auto zone = codec::TimeZone::load(equal_ignoring_case(value, "system") ? "System" : value);
  if (zone.ok()) return zone;
  return sql_error(kErrUnknownTimeZone, "Unknown or incorrect time zone: '" + value + "'");
}

Result<std::string> check_charset(const std::string& name, const std::string& value) {
  if (value.empty() && name == "character_set_results") return std::string();
  const CharsetInfo* charset = find_charset(value);
  if (charset == nullptr) {
    return sql_error(kErrUnknownCharacterSet, "Unknown character set: '" + value + "'");
  }
  return std::string(charset->name);
}

Result<std::string> check_isolation(const std::string& value) {
  if (value != "READ-UNCOMMITTED" && value != "SERIALIZABLE") return value;
  return sql_error(static_cast<SqlErrno>(8048),
                   "The isolation level '" + value +
                       "' is not supported. Set tidb_skip_isolation_level_check=1 to skip this "
                       "error");
}

}  // namespace

Result<std::string> check_variable(const std::string& name, const std::string& value) {
  if (name == "sql_mode") {
    TBL_ASSIGN(const SqlMode mode, parse_sql_mode(value));
    return sql_mode_text(mode);
  }
  if (name == "time_zone") {
    TBL_TRY(load_zone(value).status());
    return equal_ignoring_case(value, "system") ? std::string("SYSTEM") : value;
  }
  if (is_charset_variable(name)) return check_charset(name, value);
  if (is_collation_variable(name)) {
    const CollationInfo* collation = find_collation(value);
    if (collation != nullptr) return std::string(collation->name);
    return sql_error(kErrUnknownCollation, "Unknown collation: '" + value + "'");
  }
  if (name == "tx_isolation" || name == "transaction_isolation") return check_isolation(value);
  if (name == "tidb_txn_mode") {
    const std::string mode = ascii_lower(value);
    if (mode.empty() || mode == "optimistic" || mode == "pessimistic") return mode;
    return wrong_value_for_variable(name, value);
  }
  if (name == "foreign_key_checks" && value == "ON") return std::string("OFF");
  return value;
}

SessionVariables::SessionVariables(const GlobalVariables& globals) : values_(globals.all()) {
  // Stored values were checked when they were set; one that is not understood any more (a time zone
  // this machine lacks) leaves the standard in force.
  for (const char* name : {"sql_mode", "time_zone", "autocommit"}) {
    (void)set(name, std::string(get(name)));
  }
}

const std::string& SessionVariables::get(std::string_view name) const {
  const auto it = values_.find(name);
  return it != values_.end() ? it->second : kNothing;
}

int64_t SessionVariables::get_int(std::string_view name) const {
  return std::strtoll(get(name).c_str(), nullptr, 10);
}

Status SessionVariables::set(const std::string& name, const std::string& value) {
  TBL_ASSIGN(std::string kept, check_variable(name, value));
  if (name == "sql_mode") {
    TBL_ASSIGN(sql_mode_, parse_sql_mode(kept));
  } else if (name == "time_zone") {
    TBL_TRY(set_time_zone(kept));
  } else if (name == "autocommit") {
    autocommit_ = kept == "ON";
  } else if (is_charset_variable(name)) {
    return set_charset(name, kept);
  } else if (is_collation_variable(name)) {
    return set_collation(name, kept);
  }
  if (const std::string_view twin = twin_of(name); !twin.empty()) {
    values_[std::string(twin)] = kept;
  }
  values_[name] = std::move(kept);
  return ok_status();
}

Status SessionVariables::set_charset(const std::string& name, const std::string& value) {
  values_[name] = value;
  const std::string partner = partner_of(name);
  const CharsetInfo* charset = find_charset(value);
  if (!partner.empty() && charset != nullptr) values_[partner] = charset->default_collation;
  return ok_status();
}

Status SessionVariables::set_collation(const std::string& name, const std::string& value) {
  values_[name] = value;
  const std::string partner = partner_of(name);
  const CollationInfo* collation = find_collation(value);
  if (!partner.empty() && collation != nullptr) values_[partner] = collation->charset;
  return ok_status();
}

Status SessionVariables::set_time_zone(const std::string& value) {
  TBL_ASSIGN(time_zone_, load_zone(value));
  return ok_status();
}

}  // namespace tbl::tidb
