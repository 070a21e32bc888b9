#include "drainer/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/env.h"
#include "base/secret.h"

namespace tbl::drainer {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class ConfigTest : public testing::Test {
 protected:
  static std::string write(const std::string& toml) {
    const std::string path = join_path(testing::TempDir(), "drainer_config_test.toml");
    EXPECT_TRUE(posix_env().write_file_atomically(path, toml).ok());
    return path;
  }
  static Result<DrainerCommand> parse(const std::string& toml, std::vector<std::string> args = {}) {
    args.push_back("-config=" + write(toml));
    return parse_drainer_command(args);
  }
  static DrainerConfig config(const std::string& toml, std::vector<std::string> args = {}) {
    auto command = parse(toml, std::move(args));
    EXPECT_TRUE(command.ok()) << command.status().to_string();
    return command.ok() ? command->config : DrainerConfig{};
  }
  static std::string error(const std::string& toml) { return parse(toml).status().message(); }
};

TEST_F(ConfigTest, DefaultsAreTheOriginals) {
  const DrainerConfig c = config("");
  EXPECT_THAT(c.addr, HasSubstr(":8249"));
  EXPECT_EQ(c.advertise_addr, c.addr);
  EXPECT_EQ(c.data_dir, "data.drainer");
  EXPECT_EQ(c.detect_interval_s, 5);
  EXPECT_THAT(c.pd_urls, ElementsAre("http://127.0.0.1:2379"));
  EXPECT_EQ(c.initial_commit_ts, -1);
  EXPECT_EQ(c.syncer.sink, SinkKind::kMysql);
  EXPECT_EQ(c.syncer.to.host, "localhost");
  EXPECT_EQ(c.syncer.to.port, 3306);
  EXPECT_EQ(c.syncer.to.user, "root");
  EXPECT_EQ(c.syncer.read_timeout, 1min);
  EXPECT_EQ(c.syncer.txn_batch, 20);
  EXPECT_EQ(c.syncer.worker_count, 16);
  EXPECT_TRUE(c.syncer.sync_ddl);
  EXPECT_FALSE(c.syncer.safe_mode);
  EXPECT_EQ(c.syncer.checkpoint.schema, "tidb_binlog");
  EXPECT_EQ(c.syncer.checkpoint.table, "checkpoint");
  EXPECT_THAT(c.syncer.filter.ignore_schemas,
              ElementsAre("INFORMATION_SCHEMA", "PERFORMANCE_SCHEMA", "mysql"));
}

TEST_F(ConfigTest, AFileOfEveryKey) {
  const DrainerConfig c = config(R"(
addr = "127.0.0.1:8249"
advertise-addr = "10.0.0.1:8249"
pd-urls = "http://b:2379,http://a:2379"
compressor = "gzip"
memory-limit = "1GiB"
[security]
ssl-ca = "ca.pem"
cert-allowed-cn = ["binlog"]
[syncer]
sql-mode = "STRICT_TRANS_TABLES,no_zero_date"
ignore-txn-commit-ts = [412518831548007863, 7]
ignore-schemas = "a,b"
replicate-do-db = ["~^Do", "s1"]
txn-batch = 200
worker-count = 4
db-type = "tidb"
safe-mode = true
sync-ddl = false
commit-order = "upstream"
[[syncer.replicate-do-table]]
db-name = "d"
tbl-name = "~^t"
[[syncer.ignore-table]]
db-name = "d"
tbl-name = "log"
[syncer.binlog-filter-rule.r1]
ignore-event = ["all dml"]
ignore-sql = ["^drop"]
[[syncer.table-migrate-rule]]
binlog-filter-rule = ["r1"]
source = { schema = "s*", table = "t" }
target = { schema = "d", table = "u" }
[syncer.to]
host = "h"
port = 4000
user = "u"
password = "p"
sync-mode = 2
read-timeout = "30s"
merge = true
[syncer.to.params]
time_zone = "+08:00"
[syncer.to.checkpoint]
type = "mysql"
schema = "s"
host = "ch"
port = 3307
)");
  EXPECT_EQ(c.advertise_addr, "10.0.0.1:8249");
  EXPECT_THAT(c.pd_urls, ElementsAre("http://a:2379", "http://b:2379"));
  EXPECT_EQ(c.compressor, "gzip");
  EXPECT_EQ(c.memory_limit.bytes, 1ULL << 30);
  EXPECT_TRUE(c.tls.enabled());
  EXPECT_EQ(c.syncer.sql_mode, "STRICT_TRANS_TABLES,no_zero_date");
  EXPECT_TRUE(c.syncer.ignore_txn_commit_ts.contains(412518831548007863));
  EXPECT_THAT(c.syncer.filter.ignore_schemas, ElementsAre("a", "b"));
  EXPECT_EQ(c.syncer.filter.do_tables.at(0).table, "~^t");
  EXPECT_THAT(c.syncer.events.rules.at("r1").ignore_sql, ElementsAre("^drop"));
  EXPECT_EQ(c.syncer.events.migrate.at(0).schema, "s*");
  EXPECT_EQ(c.syncer.events.migrate.at(0).target_schema, "d");
  EXPECT_EQ(c.syncer.events.migrate.at(0).target_table, "u");
  EXPECT_EQ(c.syncer.sink, SinkKind::kTidb);
  EXPECT_TRUE(c.syncer.safe_mode);
  EXPECT_FALSE(c.syncer.sync_ddl);
  EXPECT_TRUE(c.syncer.commit_in_upstream_order);
  EXPECT_EQ(c.syncer.to.port, 4000);
  EXPECT_EQ(c.syncer.sync_mode, 2);
  EXPECT_EQ(c.syncer.read_timeout, 30s);
  EXPECT_EQ(c.syncer.session_params.at("time_zone"), "+08:00");
  EXPECT_EQ(c.syncer.checkpoint.server.host, "ch");
  EXPECT_EQ(c.syncer.checkpoint.server.port, 3307);
  EXPECT_EQ(c.text.find("\"p\""), c.text.npos) << "a password is not shown: " << c.text;
}

TEST_F(ConfigTest, CommandLineBeatsEnvironmentBeatsFile) {
  setenv("BINLOG_SERVER_TXN_BATCH", "50", 1);
  EXPECT_EQ(config("[syncer]\ntxn-batch = 30\n").syncer.txn_batch, 50);
  EXPECT_EQ(config("[syncer]\ntxn-batch = 30\n", {"-txn-batch", "70"}).syncer.txn_batch, 70);
  unsetenv("BINLOG_SERVER_TXN_BATCH");
  EXPECT_EQ(config("[syncer]\ntxn-batch = 30\n").syncer.txn_batch, 30);
}

TEST_F(ConfigTest, TheDownstreamMayStandInTheEnvironment) {
  setenv("MYSQL_HOST", "db", 1);
  setenv("MYSQL_PORT", "3310", 1);
  EXPECT_EQ(config("").syncer.to.host, "db");
  EXPECT_EQ(config("").syncer.to.port, 3310);
  EXPECT_EQ(config("[syncer.to]\nhost = \"x\"\n").syncer.to.host, "x");
  unsetenv("MYSQL_HOST");
  unsetenv("MYSQL_PORT");
}

TEST_F(ConfigTest, OldAndNewSwitches) {
  auto dispatch = [](const std::string& keys, std::vector<std::string> args = {}) {
    return config("[syncer]\n" + keys, std::move(args)).syncer.enable_dispatch;
  };
  EXPECT_TRUE(dispatch(""));
  EXPECT_FALSE(dispatch("disable-dispatch = true\n"));
  EXPECT_FALSE(dispatch("enable-dispatch = false\n"));
  EXPECT_TRUE(dispatch("disable-dispatch = false\nenable-dispatch = false\n"))
      << "the old name first";
  EXPECT_FALSE(dispatch("disable-dispatch = false\n", {"-disable-dispatch"}));
  EXPECT_TRUE(dispatch("enable-dispatch = false\n", {"-enable-dispatch"}));
  EXPECT_EQ(config("[syncer]\ndisable-dispatch = true\n").syncer.worker_count, 1);
  EXPECT_FALSE(config("[syncer]\ndisable-detect = true\n").syncer.enable_detect);
}

TEST_F(ConfigTest, EncryptedPasswordsWin) {
  const std::string secret = encrypt_secret("open sesame", secret_key().value()).value();
  const DrainerConfig c =
      config("[syncer.to]\npassword = \"x\"\nencrypted_password = \"" + secret +
             "\"\n[syncer.to.checkpoint]\nencrypted_password = \"" + secret + "\"\n");
  EXPECT_EQ(c.syncer.to.password, "open sesame");
  EXPECT_EQ(c.syncer.checkpoint.server.password, "open sesame");
  EXPECT_THAT(error("[syncer.to]\nencrypted_password = \"!\"\n"),
              HasSubstr("syncer.to.encrypted_password"));
}

TEST_F(ConfigTest, ErrorsHaveTheOriginalsTexts) {
  EXPECT_THAT(error("nonsense = 1\n[bar]\nx = 1\n"),
              HasSubstr("contained unknown configuration options: nonsense, bar, bar.x"));
  EXPECT_EQ(error("compressor = \"lz4\"\n"),
            "Invalid compressor: lz4, must be one of these: [gzip]");
  EXPECT_EQ(error("[syncer]\ndb-type = \"flash\"\n"),
            "the flash DestDBType is no longer supported");
  EXPECT_EQ(error("[syncer]\ndb-type = \"x\"\n"), "unknown DestDBType: x");
  EXPECT_THAT(error("[syncer]\ndb-type = \"kafka\"\n"), HasSubstr("kafka is not supported yet"));
  EXPECT_EQ(error("[syncer]\nignore-schemas = \"\"\n"),
            "empty schema name in `ignore-schemas` config");
  EXPECT_EQ(error("[syncer]\nsql-mode = \"FAST\"\n"),
            "invalid config: `sql-mode` must be a valid SQL_MODE: FAST");
  EXPECT_EQ(error("[syncer.to.checkpoint]\ntype = \"x\"\n"), "unknown checkpoint type: x");
  EXPECT_THAT(error("pd-urls = \"ftp://a:1\"\n"), HasSubstr("parse EtcdURLs error: ftp://a:1"));
  EXPECT_THAT(error("addr = \"nonsense\"\n"), HasSubstr("bad addr host format: nonsense"));
  EXPECT_EQ(error("[syncer]\nrelay.max-file-size = 0\n"),
            "syncer.relay.max-file-size: must be at least 1, not 0");
  EXPECT_EQ(
      error(
          "[syncer.binlog-filter-rule.r1]\nignore-event = [\"x\"]\n[[syncer.table-migrate-rule]]\n"
          "binlog-filter-rule = [\"r1\"]\nsource = { schema = \"s\" }\n"),
      "event type x not valid");
}

TEST_F(ConfigTest, NoTsIsNegative) {
  EXPECT_EQ(error("initial-commit-ts = -412518831548007863\n"),
            "initial-commit-ts must be a ts, or -1 for now, not -412518831548007863");
}

TEST_F(ConfigTest, APortIsAPort) {
  EXPECT_EQ(error("[syncer.to]\nport = 99999\n"),
            "syncer.to.port must be a port, 1 to 65535, not 99999");
  EXPECT_EQ(error("[syncer.to.checkpoint]\ntype = 'mysql'\nport = 0\n"),
            "syncer.to.checkpoint.port must be a port, 1 to 65535, not 0");
  EXPECT_TRUE(parse("[syncer.to.checkpoint]\nport = 0\n").ok()) << "nobody looks at it";
}

TEST_F(ConfigTest, WhatToDoAboutRowsAndDdl) {
  EXPECT_FALSE(config("").syncer.stop_on_missing_row);
  EXPECT_TRUE(config("[syncer]\nmissing-row = 'stop'\n").syncer.stop_on_missing_row);
  EXPECT_EQ(error("[syncer]\nmissing-row = 'x'\n"), "missing-row must be warn or stop, not x");
  EXPECT_TRUE(config("[syncer]\nduplicate-row = 'warn'\n").syncer.replace_duplicate_rows);
  EXPECT_THAT(error("[syncer]\nddl-error = 'wait'\n"), HasSubstr("wants ddl-rules"));
  EXPECT_THAT(error("[syncer]\nddl-rules = '/nowhere'\n"), HasSubstr("syncer.ddl-rules"));
  EXPECT_THAT(error("[[syncer.table-migrate-rule]]\ntarget = { table = 't' }\n"),
              HasSubstr("target.table t wants target.schema"));
  EXPECT_TRUE(parse("", {"-check-config"})->check_config);
  EXPECT_TRUE(parse("", {"-dry-run"})->dry_run);
}

TEST_F(ConfigTest, WhetherLargeTransactionsStayWhole) {
  EXPECT_FALSE(config("").syncer.whole_transactions);
  EXPECT_TRUE(config("[syncer]\nenable-dispatch = false\n").syncer.whole_transactions);
  EXPECT_TRUE(config("[syncer]\ntransaction-atomicity = 'whole'\n").syncer.whole_transactions);
  EXPECT_FALSE(config("[syncer]\nenable-dispatch = false\ntransaction-atomicity = 'split'\n")
                   .syncer.whole_transactions);
  EXPECT_EQ(error("[syncer]\ntransaction-atomicity = 'half'\n"),
            "transaction-atomicity must be split or whole, not half");
}

TEST_F(ConfigTest, TimeZonesOfSessions) {
  auto with_zone = [](const std::string& zone) {
    return "[syncer.to.params]\ntime_zone = \"" + zone + "\"\n";
  };
  for (const char* zone : {"SYSTEM", "system", "Local"}) {
    EXPECT_EQ(error(with_zone(zone)), "'SYSTEM' or 'Local' time_zone is not supported");
  }
  EXPECT_THAT(error(with_zone("Nowhere/Land")), HasSubstr("syncer.to.params.time_zone"));
  for (const char* zone : {"UTC", "-08:00", "Asia/Shanghai"}) {
    EXPECT_EQ(config(with_zone(zone)).syncer.session_params.at("time_zone"), zone);
  }
}

TEST_F(ConfigTest, WhatIsPushedAndSpilled) {
  DrainerConfig c = config("");
  EXPECT_EQ(c.metrics_addr, "");
  EXPECT_EQ(c.metrics_interval_s, 15);
  EXPECT_EQ(c.spill_size.bytes, 64ULL << 20);
  c = config("spill-size = \"3MiB\"\n", {"-metrics-addr=gate:9091", "-metrics-interval", "0"});
  EXPECT_EQ(c.metrics_addr, "gate:9091");
  EXPECT_EQ(c.metrics_interval_s, 0);
  EXPECT_EQ(c.spill_size.bytes, 3ULL << 20);
  EXPECT_EQ(error("spill-size = 0\n"), "spill-size must not be 0");
}

TEST_F(ConfigTest, FilesOfOtherSinksAreRead) {
  const DrainerConfig c =
      config("[syncer.to]\nkafka-addrs = \"a:1\"\nkafka-max-messages = 5\ndir = \"x\"\n");
  EXPECT_EQ(c.syncer.sink, SinkKind::kMysql);
}

TEST_F(ConfigTest, VersionAndHelpComeBeforeTheFile) {
  EXPECT_TRUE(parse_drainer_command({"-V", "-config=/nowhere"})->print_version);
  EXPECT_EQ(parse_drainer_command({"-help"})->end->exit_code, 0);
  EXPECT_EQ(parse_drainer_command({"-nope"})->end->exit_code, 2);
  EXPECT_FALSE(parse_drainer_command({"-config=/nowhere"}).ok());
}

}  // namespace
}  // namespace tbl::drainer
