#include "drainer/config.h"

#include <cstdlib>

#include "drainer/raw_config.h"

namespace tbl::drainer {

namespace {

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
  spec.add(&c.metrics_addr, {.flag = "metrics-addr",
                             .key = "MetricsAddr",
                             .help = "push metrics to this Prometheus push gateway"});
  spec.add(&c.metrics_interval_s, {.flag = "metrics-interval",
                                   .key = "MetricsInterval",
                                   .help = "seconds between two pushes; 0: no push"});
  spec.add(&c.memory_limit,
           {.key = "memory-limit", .help = "bytes of binlogs and transactions on their way"});
  spec.add(&c.spill_size,
           {.key = "spill-size",
            .help = "a binlog of more bytes goes to a file in data-dir; at most memory-limit / 8"});
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
      &c.relay_dir,
      {.flag = "relay-log-dir", .key = "syncer.relay.log-dir", .help = "path of relay log files"});
  spec.add(&raw.relay_file_size, {.flag = "relay-max-file-size",
                                  .key = "syncer.relay.max-file-size",
                                  .help = "size of one relay log file in bytes"});
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
  spec.add(&c.ddl_rules, {.key = "syncer.ddl-rules"});
  spec.add(&raw.ddl_error, {.key = "syncer.ddl-error"});
  spec.add(&raw.duplicate_row, {.key = "syncer.duplicate-row"});
  spec.add(&raw.missing_row, {.key = "syncer.missing-row"});
  spec.add(&raw.transaction_atomicity, {.key = "syncer.transaction-atomicity"});
  spec.add(&raw.case_sensitive, {.key = "syncer.case-sensitive"});
  spec.add_table_map<EventRuleConfig>(&raw.event_rules, "syncer.binlog-filter-rule",
                                      [](EventRuleConfig& rule, ConfigSpec& table) {
                                        table.add(&rule.ignore_events, {.key = "ignore-event"});
                                        table.add(&rule.ignore_sql, {.key = "ignore-sql"});
                                      });
  spec.add_tables<MigrateRuleConfig>(&raw.migrate_rules, "syncer.table-migrate-rule",
                                     [](MigrateRuleConfig& rule, ConfigSpec& table) {
                                       table.add(&rule.rules, {.key = "binlog-filter-rule"});
                                       table.add(&rule.schema, {.key = "source.schema"});
                                       table.add(&rule.table, {.key = "source.table"});
                                       table.add(&rule.target_schema, {.key = "target.schema"});
                                       table.add(&rule.target_table, {.key = "target.table"});
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
  for (const char* key : {"EtcdDialTimeout", "EtcdTimeout"}) {
    spec.add(&raw.ignored_text, {.key = key});
  }
  spec.add(&raw.ignored_text, {.flag = "cache-binlog-count", .help = "see memory-limit"});
  spec.add(&raw.ignored_text, {.flag = "log-rotate", .help = "DEPRECATED"});
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
  spec.add(&command.check_config,
           {.flag = "check-config", .help = "look at the configuration, connect to nothing, exit"});
  spec.add(&command.dry_run,
           {.flag = "dry-run", .help = "look at both sides, change nothing, print what is found"});
  TBL_ASSIGN(command.end, spec.parse_command_line(args));
  if (command.end || command.print_version) return command;
  TBL_TRY(spec.load(raw.config_file));
  TBL_TRY(check_config(raw, command.config));
  command.config.text = spec.dump();
  return command;
}

}  // namespace tbl::drainer
