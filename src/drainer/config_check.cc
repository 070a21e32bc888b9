// What options must be, and what follows from them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/ascii.h"
#include "base/env.h"
#include "base/secret.h"
#include "base/units.h"
#include "base/urls.h"
#include "codec/time_zone.h"
#include "drainer/ddl_rules.h"
#include "drainer/raw_config.h"

namespace tbl::drainer {

namespace {

Status check_sink(const RawConfig& raw, SyncerConfig& c) {
  if (raw.db_type == "mysql") {
    c.sink = SinkKind::kMysql;
  } else if (raw.db_type == "tidb") {
    c.sink = SinkKind::kTidb;
  } else if (raw.db_type == "discard") {
    c.sink = SinkKind::kDiscard;
  } else if (raw.db_type == "flash") {
    return invalid_argument("the flash DestDBType is no longer supported");
  } else if (raw.db_type == "file" || raw.db_type == "pb" || raw.db_type == "kafka" ||
             raw.db_type == "oracle") {
    return invalid_argument(fmt::format("DestDBType {} is not supported yet", raw.db_type));
  } else {
    return invalid_argument("unknown DestDBType: " + raw.db_type);
  }
  const std::string& type = c.checkpoint.type;
  if (type.empty() || type == "mysql" || type == "tidb") return ok_status();
  if (type == "oracle") return invalid_argument("checkpoint type oracle is not supported yet");
  return invalid_argument("unknown checkpoint type: " + type);
}

Status check_relay(const RawConfig& raw, SyncerConfig& c) {
  if (raw.relay_file_size < 1) {
    return invalid_argument("syncer.relay.max-file-size: must be at least 1, not " +
                            std::to_string(raw.relay_file_size));
  }
  c.relay_file_size = static_cast<uint64_t>(raw.relay_file_size);
  return ok_status();
}

Status check_sql_mode(const std::string& modes) {
  static constexpr std::array<std::string_view, 39> kKnown = {"",
                                                              "REAL_AS_FLOAT",
                                                              "PIPES_AS_CONCAT",
                                                              "ANSI_QUOTES",
                                                              "IGNORE_SPACE",
                                                              "NOT_USED",
                                                              "ONLY_FULL_GROUP_BY",
                                                              "NO_UNSIGNED_SUBTRACTION",
                                                              "NO_DIR_IN_CREATE",
                                                              "POSTGRESQL",
                                                              "ORACLE",
                                                              "MSSQL",
                                                              "DB2",
                                                              "MAXDB",
                                                              "NO_KEY_OPTIONS",
                                                              "NO_TABLE_OPTIONS",
                                                              "NO_FIELD_OPTIONS",
                                                              "MYSQL323",
                                                              "MYSQL40",
                                                              "ANSI",
                                                              "NO_AUTO_VALUE_ON_ZERO",
                                                              "NO_BACKSLASH_ESCAPES",
                                                              "STRICT_TRANS_TABLES",
                                                              "STRICT_ALL_TABLES",
                                                              "NO_ZERO_IN_DATE",
                                                              "NO_ZERO_DATE",
                                                              "INVALID_DATES",
                                                              "ERROR_FOR_DIVISION_BY_ZERO",
                                                              "TRADITIONAL",
                                                              "NO_AUTO_CREATE_USER",
                                                              "HIGH_NOT_PRECEDENCE",
                                                              "NO_ENGINE_SUBSTITUTION",
                                                              "PAD_CHAR_TO_FULL_LENGTH",
                                                              "ALLOW_INVALID_DATES",
                                                              "TIME_TRUNCATE_FRACTIONAL",
                                                              "IGNORE_BAD_TABLE_OPTIONS",
                                                              "SIMULTANEOUS_ASSIGNMENT",
                                                              "EMPTY_STRING_IS_NULL",
                                                              "TIME_ROUND_FRACTIONAL"};
  for (size_t begin = 0; begin <= modes.size();) {
    const size_t end = std::min(modes.find(',', begin), modes.size());
    std::string mode = modes.substr(begin, end - begin);
    std::ranges::transform(mode, mode.begin(), [](unsigned char c) { return std::toupper(c); });
    if (std::ranges::find(kKnown, mode) == kKnown.end()) {
      return invalid_argument("invalid config: `sql-mode` must be a valid SQL_MODE: " + mode);
    }
    begin = end + 1;
  }
  return ok_status();
}

Status decrypt_password(const RawServer& raw, ServerAddress& server) {
  if (raw.encrypted_password.empty()) return ok_status();
  TBL_ASSIGN(std::string key, secret_key());
  TBL_ASSIGN(server.password, decrypt_secret(raw.encrypted_password, key));
  return ok_status();
}

Status check_port(std::string_view key, int port) {
  if (port >= 1 && port <= 65535) return ok_status();
  return invalid_argument(fmt::format("{} must be a port, 1 to 65535, not {}", key, port));
}

Status check_filter(const RawConfig& raw, SyncerConfig& c) {
  for (size_t begin = 0; begin <= raw.ignore_schemas.size();) {
    const size_t end = std::min(raw.ignore_schemas.find(',', begin), raw.ignore_schemas.size());
    c.filter.ignore_schemas.push_back(raw.ignore_schemas.substr(begin, end - begin));
    begin = end + 1;
  }
  TBL_TRY(Filter::make(c.filter).status());
  c.events = {raw.event_rules, raw.migrate_rules, raw.case_sensitive};
  for (const MigrateRuleConfig& rule : c.events.migrate) {
    if (!rule.target_table.empty() && (rule.target_schema.empty() || rule.table.empty())) {
      return invalid_argument("table-migrate-rule: target.table " + rule.target_table +
                              " wants target.schema and source.table");
    }
  }
  return EventFilter::make(c.events).status();
}

/// Sessions downstream are always in UTC; but a zone that the original refuses, or that there is
/// none of, is a mistake worth an error.
Status check_time_zone(const std::map<std::string, std::string>& params) {
  for (const auto& [name, value] : params) {
    if (!equal_ignoring_case(name, "time_zone")) continue;
    if (equal_ignoring_case(value, "SYSTEM") || equal_ignoring_case(value, "Local")) {
      return invalid_argument("'SYSTEM' or 'Local' time_zone is not supported");
    }
    TBL_TRY(codec::TimeZone::load(value).status().wrap("syncer.to.params.time_zone"));
  }
  return ok_status();
}

using Choice = std::pair<std::string_view, std::string_view>;

Result<bool> is_second(std::string_view key, const std::string& value, const Choice& choice) {
  if (value != choice.first && value != choice.second) {
    return invalid_argument(
        fmt::format("{} must be {} or {}, not {}", key, choice.first, choice.second, value));
  }
  return value == choice.second;
}

Status check_syncer(const RawConfig& raw, SyncerConfig& c) {
  TBL_TRY(check_sink(raw, c));
  TBL_TRY(check_relay(raw, c));
  TBL_TRY(check_filter(raw, c));
  TBL_TRY(check_time_zone(c.session_params));
  TBL_TRY(check_port("syncer.to.port", c.to.port));
  if (!c.checkpoint.type.empty()) {
    TBL_TRY(check_port("syncer.to.checkpoint.port", c.checkpoint.server.port));
  }
  if (c.sql_mode) TBL_TRY(check_sql_mode(*c.sql_mode));
  TBL_TRY(decrypt_password(raw.to, c.to).wrap("syncer.to.encrypted_password"));
  TBL_TRY(decrypt_password(raw.checkpoint, c.checkpoint.server)
              .wrap("syncer.to.checkpoint.encrypted_password"));
  for (int64_t ts : raw.ignore_txn_commit_ts) {
    c.ignore_txn_commit_ts.insert(static_cast<uint64_t>(ts));
  }
  auto timeout = parse_days_or_duration(raw.read_timeout.text);
  if (!timeout.ok()) return timeout.status().wrap("syncer.to.read-timeout");
  c.read_timeout = *timeout;
  TBL_ASSIGN(c.commit_in_upstream_order,
             is_second("commit-order", raw.commit_order, {"free", "upstream"}));
  // Without dispatch the original has each transaction whole.
  const std::string atomicity = raw.dispatch.value() ? "split" : "whole";
  TBL_ASSIGN(c.whole_transactions,
             is_second("transaction-atomicity",
                       raw.transaction_atomicity.empty() ? atomicity : raw.transaction_atomicity,
                       {"split", "whole"}));
  TBL_ASSIGN(c.stop_on_missing_row, is_second("missing-row", raw.missing_row, {"warn", "stop"}));
  TBL_ASSIGN(c.replace_duplicate_rows,
             is_second("duplicate-row", raw.duplicate_row, {"stop", "warn"}));
  TBL_ASSIGN(c.wait_after_ddl_error, is_second("ddl-error", raw.ddl_error, {"stop", "wait"}));
  if (c.wait_after_ddl_error && c.ddl_rules.empty()) {
    return invalid_argument("ddl-error = \"wait\" wants ddl-rules, which it waits for");
  }
  DdlRulesOptions rules;
  rules.path = c.ddl_rules;
  TBL_TRY(DdlRules::open(posix_env(), rules).status().wrap("syncer.ddl-rules"));
  if (c.sync_mode == 0) c.sync_mode = 1;
  if (c.sync_mode != 1 && c.sync_mode != 2) {
    return invalid_argument(fmt::format("sync-mode must be 1 or 2, not {}", c.sync_mode));
  }
  c.enable_dispatch = raw.dispatch.value();
  c.enable_detect = raw.detect.value();
  c.worker_count = c.enable_dispatch ? std::max(1, c.worker_count) : 1;
  c.txn_batch = std::max(1, c.txn_batch);
  return ok_status();
}

/// "host:port", also written as a URL.
Result<HostPort> check_address(const std::string& text, const std::string& what) {
  const size_t scheme = text.find("://");
  auto parsed = parse_host_port(scheme == text.npos ? text : text.substr(scheme + 3));
  if (parsed.ok()) return parsed;
  return invalid_argument(
      fmt::format("bad {} host format: {}, {}", what, text, parsed.status().message()));
}

Status check_program(const RawConfig& raw, DrainerConfig& c) {
  c.addr = raw.addr.empty() ? std::string("127.0.0.1") + kDefaultPort : raw.addr;
  if (c.advertise_addr.empty()) c.advertise_addr = c.addr;
  TBL_ASSIGN(HostPort listen, check_address(c.addr, "addr"));
  c.addr = listen.to_string();
  TBL_ASSIGN(HostPort advertise, check_address(c.advertise_addr, "advertise-addr"));
  c.advertise_addr = advertise.to_string();
  TBL_ASSIGN(c.pd_urls, parse_etcd_urls(raw.pd_urls));
  if (!c.compressor.empty() && c.compressor != "gzip") {
    return invalid_argument(
        fmt::format("Invalid compressor: {}, must be one of these: [gzip]", c.compressor));
  }
  if (c.initial_commit_ts < -1) {
    return invalid_argument(
        fmt::format("initial-commit-ts must be a ts, or -1 for now, not {}", c.initial_commit_ts));
  }
  if (c.detect_interval_s <= 0) c.detect_interval_s = 5;
  if (c.memory_limit.bytes == 0) return invalid_argument("memory-limit must not be 0");
  if (c.spill_size.bytes == 0) return invalid_argument("spill-size must not be 0");
  return ok_status();
}

}  // namespace

Status check_config(const RawConfig& raw, DrainerConfig& config) {
  TBL_TRY(check_program(raw, config));
  return check_syncer(raw, config.syncer);
}

}  // namespace tbl::drainer
