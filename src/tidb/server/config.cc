#include "tidb/server/config.h"

#include <algorithm>

#include "base/units.h"
#include "base/version.h"
#include "tidb/types/release.h"

namespace tbl::tidb {
namespace {

/// Values as they are written, and options that mean nothing here.
struct Raw {
  std::string config_file;
  ScalarText write_timeout{"15s"};
  std::string log_format = "text";
  bool config_strict = false;
  int64_t ignored_int = 0;
  bool ignored_bool = false;
  double ignored_float = 0;
  ScalarText ignored_text;
  std::vector<std::string> ignored_list;
};

void add_main(ConfigSpec& spec, Raw& raw, TidbConfig& c) {
  spec.add(&raw.config_file, {.flag = "config", .help = "config file path"});
  spec.add(&raw.config_strict,
           {.flag = "config-strict", .help = "enforce config file validity", .shown = false});
  spec.add(&c.store, {.flag = "store", .key = "store", .help = "registered store name, [tikv]"});
  spec.add(&c.path, {.flag = "path", .key = "path", .help = "tidb storage path: PD's addresses"});
  spec.add(&c.host, {.flag = "host", .key = "host", .help = "tidb server host"});
  spec.add(&c.advertise_address, {.flag = "advertise-address",
                                  .key = "advertise-address",
                                  .help = "tidb server advertise IP"});
  spec.add(&c.port, {.flag = "P", .key = "port", .help = "tidb server port"});
  spec.add(&c.cors, {.flag = "cors", .key = "cors", .help = "tidb server allow cors origin"});
  spec.add(&c.socket,
           {.flag = "socket", .key = "socket", .help = "the socket file to use for connection"});
  spec.add(&c.run_ddl,
           {.flag = "run-ddl", .key = "run-ddl", .help = "run ddl worker on this tidb-server"});
  spec.add(&c.lease, {.flag = "lease", .key = "lease", .help = "schema lease duration"});
  spec.add(&c.token_limit, {.flag = "token-limit",
                            .key = "token-limit",
                            .help = "the limit of concurrent executed sessions"});
  spec.add(&c.mem_quota_query, {.key = "mem-quota-query"});
  spec.add(&c.server_version, {.key = "server-version"});
}

void add_log_and_status(ConfigSpec& spec, Raw& raw, TidbConfig& c) {
  spec.add(&c.log.level,
           {.flag = "L", .key = "log.level", .help = "log level: info, debug, warn, error, fatal"});
  spec.add(&c.log.file, {.flag = "log-file", .key = "log.file.filename", .help = "log file path"});
  spec.add(&raw.log_format, {.key = "log.format"});
  spec.add(
      &c.slow_query_file,
      {.flag = "log-slow-query", .key = "log.slow-query-file", .help = "slow query file path"});
  spec.add(&c.slow_threshold_ms, {.key = "log.slow-threshold"});
  spec.add(&c.report_status, {.flag = "report-status",
                              .key = "status.report-status",
                              .help = "If enable status report HTTP service."});
  spec.add(&c.status_host,
           {.flag = "status-host", .key = "status.status-host", .help = "tidb server status host"});
  spec.add(&c.status_port,
           {.flag = "status", .key = "status.status-port", .help = "tidb server status port"});
}

void add_security_and_binlog(ConfigSpec& spec, Raw& raw, TidbConfig& c) {
  spec.add(&c.skip_grant_table, {.key = "security.skip-grant-table"});
  spec.add(&c.client_tls.ca_path, {.key = "security.ssl-ca"});
  spec.add(&c.client_tls.cert_path, {.key = "security.ssl-cert"});
  spec.add(&c.client_tls.key_path, {.key = "security.ssl-key"});
  spec.add(&c.cluster_tls.ca_path, {.key = "security.cluster-ssl-ca"});
  spec.add(&c.cluster_tls.cert_path, {.key = "security.cluster-ssl-cert"});
  spec.add(&c.cluster_tls.key_path, {.key = "security.cluster-ssl-key"});
  spec.add(&c.binlog,
           {.flag = "enable-binlog", .key = "binlog.enable", .help = "enable generate binlog"});
  spec.add(&raw.write_timeout, {.key = "binlog.write-timeout"});
  spec.add(&c.binlog_ignore_error, {.key = "binlog.ignore-error"});
  spec.add(&c.binlog_socket, {.key = "binlog.binlog-socket"});
  spec.add(&c.binlog_strategy, {.key = "binlog.strategy"});
  spec.add(&c.txn_total_size_limit, {.key = "performance.txn-total-size-limit"});
}

/// Taken so that the files and command lines of the original work.
void add_ignored(ConfigSpec& spec, Raw& raw) {
  for (const char* flag : {"metrics-addr", "metrics-interval", "plugin-dir", "plugin-load",
                           "proxy-protocol-networks", "proxy-protocol-header-timeout"}) {
    spec.add(&raw.ignored_text, {.flag = flag, .help = "accepted, no effect", .shown = false});
  }
  for (const char* key : {"split-table",
                          "enable-streaming",
                          "compatible-kill-query",
                          "check-mb4-value-in-utf8",
                          "treat-old-version-utf8-as-utf8mb4",
                          "log.disable-timestamp",
                          "log.file.log-rotate",
                          "status.record-db-qps",
                          "performance.tcp-keep-alive",
                          "performance.cross-join",
                          "performance.run-auto-analyze",
                          "prepared-plan-cache.enabled",
                          "opentracing.enable",
                          "opentracing.rpc-metrics",
                          "txn-local-latches.enabled",
                          "pessimistic-txn.enable",
                          "pessimistic-txn.default",
                          "alter-primary-key",
                          "enable-table-lock",
                          "delay-clean-table-lock",
                          "new_collations_enabled_on_first_bootstrap",
                          "enable-dynamic-config"}) {
    spec.add(&raw.ignored_bool, {.key = key, .shown = false});
  }
  for (const char* key : {"oom-action",
                          "log.expensive-threshold",
                          "log.query-log-max-len",
                          "log.file.max-size",
                          "log.file.max-days",
                          "log.file.max-backups",
                          "status.metrics-addr",
                          "status.metrics-interval",
                          "performance.max-procs",
                          "performance.max-memory",
                          "performance.stmt-count-limit",
                          "performance.stats-lease",
                          "performance.query-feedback-limit",
                          "performance.force-priority",
                          "performance.bind-info-lease",
                          "proxy-protocol.networks",
                          "proxy-protocol.header-timeout",
                          "prepared-plan-cache.capacity",
                          "tikv-client.grpc-connection-count",
                          "tikv-client.grpc-keepalive-time",
                          "tikv-client.grpc-keepalive-timeout",
                          "tikv-client.commit-timeout",
                          "tikv-client.max-txn-time-use",
                          "tikv-client.max-batch-size",
                          "tikv-client.overload-threshold",
                          "tikv-client.max-batch-wait-time",
                          "tikv-client.batch-wait-size",
                          "txn-local-latches.capacity",
                          "pessimistic-txn.max-retry-count",
                          "pessimistic-txn.ttl",
                          "plugin.dir",
                          "plugin.load",
                          "lower-case-table-names"}) {
    spec.add(&raw.ignored_text, {.key = key, .shown = false});
  }
  for (const char* key : {"performance.feedback-probability", "performance.pseudo-estimate-ratio",
                          "prepared-plan-cache.memory-guard-ratio"}) {
    spec.add(&raw.ignored_float, {.key = key, .shown = false});
  }
}

bool wants_strict(const std::vector<std::string>& args) {
  return std::ranges::any_of(args, [](const std::string& arg) {
    return arg == "-config-strict" || arg == "--config-strict" || arg == "-config-strict=true" ||
           arg == "--config-strict=true";
  });
}

std::vector<std::string> pd_urls_of(const std::string& path) {
  std::vector<std::string> urls;
  size_t begin = 0;
  while (begin <= path.size()) {
    const size_t comma = std::min(path.find(',', begin), path.size());
    const std::string one = path.substr(begin, comma - begin);
    if (!one.empty()) urls.push_back(one.find("://") == one.npos ? "http://" + one : one);
    begin = comma + 1;
  }
  return urls;
}

Status check(const Raw& raw, TidbConfig& c) {
  if (c.store != "tikv") {
    return invalid_argument("store: \"" + c.store +
                            "\" is not supported, only \"tikv\" (with path = PD's addresses) is");
  }
  c.pd_urls = pd_urls_of(c.path);
  if (c.pd_urls.empty()) return invalid_argument("path: must name PD's address");
  if (c.port < 0 || c.port > 65535) return invalid_argument("port: out of range");
  if (c.status_port < 0 || c.status_port > 65535) {
    return invalid_argument("status.status-port: out of range");
  }
  if (c.token_limit <= 0) c.token_limit = 1000;
  if (raw.log_format != "text") {
    log_warn("only the text format of the log is supported", {{"log.format", raw.log_format}});
  }
  auto lease = parse_duration(c.lease);
  if (!lease.ok()) return std::move(lease).status().wrap("lease");
  auto timeout = parse_duration(raw.write_timeout.text);
  if (!timeout.ok()) return std::move(timeout).status().wrap("binlog.write-timeout");
  c.binlog_write_timeout = std::chrono::duration_cast<std::chrono::milliseconds>(*timeout);
  if (c.txn_total_size_limit <= 0) {
    return invalid_argument("performance.txn-total-size-limit: must be positive");
  }
  return ok_status();
}

}  // namespace

Result<TidbCommand> parse_tidb_command(const std::vector<std::string>& args) {
  TidbCommand command;
  Raw raw;
  ConfigSpec spec({.program = "tidb-server", .strict = wants_strict(args)});
  add_main(spec, raw, command.config);
  add_log_and_status(spec, raw, command.config);
  add_security_and_binlog(spec, raw, command.config);
  add_ignored(spec, raw);
  spec.add(&command.print_version,
           {.flag = "V", .help = "print version information and exit", .shown = false});
  spec.add(&command.config_check,
           {.flag = "config-check", .help = "check config file validity and exit", .shown = false});
  TBL_ASSIGN(command.end, spec.parse_command_line(args));
  if (command.end || command.print_version) return command;
  TBL_TRY(spec.load(raw.config_file));
  TBL_TRY(check(raw, command.config));
  command.config.text = spec.dump();
  return command;
}

std::string tidb_version_text() {
  const BuildInfo& build = build_info();
  return std::string("Release Version: ") + kReleaseVersion +
         "\nGit Commit Hash: " + build.git_hash + "\nGit Branch: " + build.git_branch +
         "\nUTC Build Time: " + build.time + "\nGoVersion: " + build.compiler +
         "\nRace Enabled: false"
         "\nTiKV Min Version: 2.1.0-alpha.1-ff3dd160846b7d1aed9079c389fc188f7f5ea13e"
         "\nCheck Table Before Drop: false";
}

}  // namespace tbl::tidb
