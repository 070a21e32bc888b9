#include "drainer/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "base/log.h"
#include "base/net_address.h"
#include "base/secret.h"
#include "base/units.h"
#include "base/urls.h"

namespace tbl::drainer {

namespace {

constexpr char kDefaultPort[] = ":8249";

/// A switch with an old, inverse name; each name can stand on the command line or in the file.
struct Switch {
  std::optional<bool> disable_flag;
  std::optional<bool> disable_key;
  std::optional<bool> enable_flag;
  std::optional<bool> enable_key;

  bool value() const {
    if (disable_flag) return !*disable_flag;
    if (disable_key) return !*disable_key;
    return enable_flag.value_or(enable_key.value_or(true));
  }
};

struct RawServer {
  std::string encrypted_password;
};

/// Texts as the user gave them, before they are checked; and options that are taken and mean
/// nothing here.
struct RawConfig {
  std::string addr = first_ipv4_address() + kDefaultPort;
  std::string pd_urls = "http://127.0.0.1:2379";
  std::string config_file;
  std::string db_type = "mysql";
  std::string ignore_schemas = "INFORMATION_SCHEMA,PERFORMANCE_SCHEMA,mysql";
  std::vector<int64_t> ignore_txn_commit_ts;
  std::string commit_order = "free";
  std::string relay_dir;
  Switch dispatch;
  Switch detect;
  ScalarText read_timeout{"1m"};
  RawServer to;
  RawServer checkpoint;
  std::map<std::string, int> filter_rules;  // their number is all that counts
  std::vector<int> migrate_rules;

  bool ignored_bool = false;
  ScalarText ignored_text;
  std::vector<std::string> ignored_list;
};

std::string environment_or(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

void set_environment_defaults(SyncerConfig& c) {
  c.to.host = environment_or("MYSQL_HOST", "localhost");
  c.to.user = environment_or("MYSQL_USER", "root");
  c.to.password = environment_or("MYSQL_PSWD", "");
  const std::string port = environment_or("MYSQL_PORT", "3306");
  c.to.port = std::atoi(port.c_str());
  c.checkpoint.server.host = "127.0.0.1";
  c.checkpoint.server.user = "root";
}

void add_program_flags(ConfigSpec& spec, RawConfig& raw, DrainerConfig& c) {
  spec.add(&c.node_id,
           {.flag = "node-id",
            .key = "node-id",
            .help = "the ID of drainer node; if not specified, it is <hostname>:<port>"});
  spec.add(&raw.addr,
           {.flag = "addr", .key = "addr", .help = "addr (i.e. 'host:port') to listen on"});
  spec.add(&c.advertise_addr, {.flag = "advertise-addr",
                               .key = "advertise-addr",
                               .help = "addr (i.e. 'host:port') to advertise to the public"});
  spec.add(&c.data_dir,
           {.flag = "data-dir", .key = "data-dir", .help = "drainer data directory path"});
  spec.add(&c.detect_interval_s,
           {.flag = "detect-interval",
            .key = "detect-interval",
            .help = "the interval time (in seconds) of detect pumps' status"});
  spec.add(&raw.pd_urls,
           {.flag = "pd-urls", .key = "pd-urls", .help = "a comma separated list of PD endpoints"});
  spec.add(&c.log_level,
           {.flag = "L", .key = "log-level", .help = "log level: debug, info, warn, error, fatal"});
  spec.add(&c.log_file, {.flag = "log-file", .key = "log-file", .help = "log file path"});
  spec.add(&raw.config_file, {.flag = "config", .help = "path of the configuration file"});
  spec.add(&c.initial_commit_ts,
           {.flag = "initial-commit-ts",
            .key = "initial-commit-ts",
            .help = "where to start when no checkpoint exists; -1: from now on"});
  spec.add(&c.compressor, {.flag = "compressor",
                           .key = "compressor",
                           .help = "compress what pumps send: gzip, or empty for none"});
  spec.add(&c.synced_check_minutes,
           {.flag = "synced-check-time",
            .key = "synced-check-time",
            .help = "/status says Synced after so many minutes without anything to apply"});
  spec.add(&c.memory_limit,
           {.key = "memory-limit", .help = "bytes of binlogs and transactions on their way"});
}

void add_syncer_flags(ConfigSpec& spec, RawConfig& raw, DrainerConfig& config) {
  SyncerConfig& c = config.syncer;
  spec.add(&raw.ignore_schemas, {.flag = "ignore-schemas",
                                 .key = "syncer.ignore-schemas",
                                 .help = "databases that are not replicated, comma separated"});
  spec.add(&c.txn_batch, {.flag = "txn-batch",
                          .key = "syncer.txn-batch",
                          .help = "number of rows in one downstream transaction"});
  spec.add(&c.worker_count,
           {.flag = "c", .key = "syncer.worker-count", .help = "parallel worker count"});
  spec.add(
      &raw.db_type,
      {.flag = "dest-db-type", .key = "syncer.db-type", .help = "target db type: mysql or tidb"});
  spec.add(&c.safe_mode, {.flag = "safe-mode",
                          .key = "syncer.safe-mode",
                          .help = "write rows so that a second time does no harm"});
  spec.add(&c.sync_ddl, {.flag = "sync-ddl", .key = "syncer.sync-ddl", .help = "replicate DDL"});
  spec.add(&c.loopback, {.flag = "loopback-control",
                         .key = "syncer.loopback-control",
                         .help = "mark transactions for bidirectional replication"});
  spec.add(&c.channel_id, {.flag = "channel-id",
                           .key = "syncer.channel-id",
                           .help = "the channel of loopback-control"});
  spec.add(&config.load_schema_snapshot,
           {.flag = "load-schema-snapshot",
            .key = "syncer.load-schema-snapshot",
            .help = "insist on reading the schema as of the checkpoint, not the job history"});
  spec.add(
      &raw.relay_dir,
      {.flag = "relay-log-dir", .key = "syncer.relay.log-dir", .help = "path of relay log files"});
  spec.add(&raw.ignored_text, {.flag = "relay-max-file-size",
                               .key = "syncer.relay.max-file-size",
                               .help = "size of one relay log file"});
}

void add_switches(ConfigSpec& spec, RawConfig& raw) {
  auto add = [&spec](Switch& s, const std::string& name, const char* help) {
    spec.add(&s.disable_flag,
             {.flag = "disable-" + name, .help = "DEPRECATED, see enable-" + name});
    spec.add(&s.disable_key, {.key = "syncer.disable-" + name});
    spec.add(&s.enable_flag, {.flag = "enable-" + name, .help = help});
    spec.add(&s.enable_key, {.key = "syncer.enable-" + name});
  };
  add(raw.dispatch, "dispatch", "apply rows of one transaction on several connections");
  add(raw.detect, "detect", "keep rows that conflict in their order");
}

void add_syncer_keys(ConfigSpec& spec, RawConfig& raw, SyncerConfig& c) {
  auto bind_pattern = [](TablePattern& pattern, ConfigSpec& table) {
    table.add(&pattern.schema, {.key = "db-name"});
    table.add(&pattern.table, {.key = "tbl-name"});
  };
  spec.add(&c.sql_mode, {.key = "syncer.sql-mode"});
  spec.add(&raw.ignore_txn_commit_ts, {.key = "syncer.ignore-txn-commit-ts"});
  spec.add_tables<TablePattern>(&c.filter.ignore_tables, "syncer.ignore-table", bind_pattern);
  spec.add(&c.filter.do_schemas, {.key = "syncer.replicate-do-db"});
  spec.add_tables<TablePattern>(&c.filter.do_tables, "syncer.replicate-do-table", bind_pattern);
  spec.add(&raw.commit_order, {.key = "syncer.commit-order"});
  spec.add(&raw.ignored_bool, {.key = "syncer.case-sensitive"});
  auto ignored_text = &raw.ignored_text;
  auto ignored_list = &raw.ignored_list;
  spec.add_table_map<int>(&raw.filter_rules, "syncer.binlog-filter-rule",
                          [ignored_list](int&, ConfigSpec& rule) {
                            rule.add(ignored_list, {.key = "ignore-event"});
                            rule.add(ignored_list, {.key = "ignore-sql"});
                          });
  spec.add_tables<int>(&raw.migrate_rules, "syncer.table-migrate-rule",
                       [ignored_text, ignored_list](int&, ConfigSpec& rule) {
                         rule.add(ignored_list, {.key = "binlog-filter-rule"});
                         for (const char* side : {"source", "target"}) {
                           rule.add(ignored_text, {.key = std::string(side) + ".schema"});
                           rule.add(ignored_text, {.key = std::string(side) + ".table"});
                         }
                       });
}

void add_tls_keys(ConfigSpec& spec, const std::string& table, rpc::TlsOptions& tls) {
  spec.add(&tls.ca_path, {.key = table + ".ssl-ca"});
  spec.add(&tls.cert_path, {.key = table + ".ssl-cert"});
  spec.add(&tls.key_path, {.key = table + ".ssl-key"});
  spec.add(&tls.allowed_cn, {.key = table + ".cert-allowed-cn"});
}

void add_server_keys(ConfigSpec& spec, const std::string& table, ServerAddress& server,
                     RawServer& raw) {
  spec.add(&server.host, {.key = table + ".host"});
  spec.add(&server.port, {.key = table + ".port"});
  spec.add(&server.user, {.key = table + ".user"});
  spec.add(&server.password, {.key = table + ".password", .secret = true});
  spec.add(&raw.encrypted_password, {.key = table + ".encrypted_password", .secret = true});
  add_tls_keys(spec, table + ".security", server.tls);
}

void add_sink_keys(ConfigSpec& spec, RawConfig& raw, SyncerConfig& c) {
  add_server_keys(spec, "syncer.to", c.to, raw.to);
  spec.add(&c.session_params, {.key = "syncer.to.params"});
  spec.add(&c.sync_mode, {.key = "syncer.to.sync-mode"});
  spec.add(&raw.read_timeout, {.key = "syncer.to.read-timeout"});
  add_server_keys(spec, "syncer.to.checkpoint", c.checkpoint.server, raw.checkpoint);
  spec.add(&c.checkpoint.type, {.key = "syncer.to.checkpoint.type"});
  spec.add(&c.checkpoint.schema, {.key = "syncer.to.checkpoint.schema"});
  spec.add(&c.checkpoint.table, {.key = "syncer.to.checkpoint.table"});
}

/// Taken so that old command lines and files work: rows are always merged and batched, and other
/// sinks' keys mean nothing to these.
void add_ignored(ConfigSpec& spec, RawConfig& raw) {
  spec.add(&raw.ignored_bool, {.key = "syncer.to.merge"});
  for (const char* key :
       {"dir", "retention-time", "zookeeper-addrs", "kafka-addrs", "kafka-version",
        "kafka-max-messages", "kafka-max-message-size", "kafka-client-id", "topic-name",
        "oracle-service-name", "oracle-connect-string", "checkpoint.oracle-service-name",
        "checkpoint.oracle-connect-string"}) {
    spec.add(&raw.ignored_text, {.key = std::string("syncer.to.") + key});
  }
  spec.add(&raw.ignored_text,
           {.flag = "metrics-addr", .key = "MetricsAddr", .help = "accepted, no effect"});
  spec.add(&raw.ignored_text,
           {.flag = "metrics-interval", .key = "MetricsInterval", .help = "accepted, no effect"});
  for (const char* key : {"EtcdDialTimeout", "EtcdTimeout"}) {
    spec.add(&raw.ignored_text, {.key = key});
  }
  spec.add(&raw.ignored_text, {.flag = "cache-binlog-count", .help = "see memory-limit"});
  spec.add(&raw.ignored_text, {.flag = "log-rotate", .help = "DEPRECATED"});
}

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

Status check_supported(const RawConfig& raw) {
  if (!raw.relay_dir.empty()) return invalid_argument("relay log is not supported yet");
  if (!raw.filter_rules.empty() || !raw.migrate_rules.empty()) {
    return invalid_argument("binlog-filter-rule and table-migrate-rule are not supported yet");
  }
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

Status check_filter(const RawConfig& raw, SyncerConfig& c) {
  for (size_t begin = 0; begin <= raw.ignore_schemas.size();) {
    const size_t end = std::min(raw.ignore_schemas.find(',', begin), raw.ignore_schemas.size());
    c.filter.ignore_schemas.push_back(raw.ignore_schemas.substr(begin, end - begin));
    begin = end + 1;
  }
  return Filter::make(c.filter).status();
}

Status check_syncer(const RawConfig& raw, SyncerConfig& c) {
  TBL_TRY(check_sink(raw, c));
  TBL_TRY(check_supported(raw));
  TBL_TRY(check_filter(raw, c));
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
  if (raw.commit_order != "free" && raw.commit_order != "upstream") {
    return invalid_argument("commit-order must be free or upstream, not " + raw.commit_order);
  }
  c.commit_in_upstream_order = raw.commit_order == "upstream";
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
  if (c.detect_interval_s <= 0) c.detect_interval_s = 5;
  if (c.memory_limit.bytes == 0) return invalid_argument("memory-limit must not be 0");
  return ok_status();
}

}  // namespace

Result<DrainerCommand> parse_drainer_command(const std::vector<std::string>& args) {
  DrainerCommand command;
  RawConfig raw;
  set_environment_defaults(command.config.syncer);
  ConfigSpec spec({.program = "drainer", .environment_prefix = "BINLOG_SERVER_"});
  add_program_flags(spec, raw, command.config);
  add_syncer_flags(spec, raw, command.config);
  add_switches(spec, raw);
  add_syncer_keys(spec, raw, command.config.syncer);
  add_sink_keys(spec, raw, command.config.syncer);
  add_tls_keys(spec, "security", command.config.tls);
  add_ignored(spec, raw);
  spec.add(&command.print_version, {.flag = "V", .help = "print version information and exit"});
  TBL_ASSIGN(command.end, spec.parse_command_line(args));
  if (command.end || command.print_version) return command;
  TBL_TRY(spec.load(raw.config_file));
  TBL_TRY(check_program(raw, command.config));
  TBL_TRY(check_syncer(raw, command.config.syncer));
  command.config.text = spec.dump();
  return command;
}

}  // namespace tbl::drainer
