// tidb.toml and the command line.
#include "tidb/server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace tbl::tidb {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string write_file(const std::string& text) {
  const std::string path = testing::TempDir() + "tidb_config_test.toml";
  std::ofstream(path) << text;
  return path;
}

TEST(TidbConfig, OfTheTutorial) {
  const std::string path = write_file(
      "store=\"tikv\"\npath=\"127.0.0.1:2379\"\n[log.file]\nfilename=\"tidb.log\"\n"
      "[binlog]\nenable=true\n");
  const auto command = parse_tidb_command({"--config=" + path});
  ASSERT_TRUE(command.ok()) << command.status().to_string();
  const TidbConfig& c = command->config;
  EXPECT_THAT(c.pd_urls, ElementsAre("http://127.0.0.1:2379"));
  EXPECT_EQ(c.log.file, "tidb.log");
  EXPECT_TRUE(c.binlog);
  EXPECT_EQ(c.port, 4000);
  EXPECT_EQ(c.status_port, 10080);
  EXPECT_EQ(c.host, "0.0.0.0");
  EXPECT_EQ(c.binlog_write_timeout.count(), 15000);
  EXPECT_EQ(c.txn_total_size_limit, 104857600);
}

TEST(TidbConfig, CommandLineOverTheFile) {
  const std::string path = write_file(
      "store=\"tikv\"\npath=\"a:1\"\nport=5000\n[binlog]\nwrite-timeout=\"3s\"\nstrategy=\"hash\"\n"
      "ignore-error=true\n");
  const auto command = parse_tidb_command(
      {"-config", path, "-P", "6000", "-path=b:2,c:3", "-enable-binlog=true", "-L", "debug"});
  ASSERT_TRUE(command.ok()) << command.status().to_string();
  const TidbConfig& c = command->config;
  EXPECT_EQ(c.port, 6000);
  EXPECT_THAT(c.pd_urls, ElementsAre("http://b:2", "http://c:3"));
  EXPECT_TRUE(c.binlog);
  EXPECT_TRUE(c.binlog_ignore_error);
  EXPECT_EQ(c.binlog_strategy, "hash");
  EXPECT_EQ(c.binlog_write_timeout.count(), 3000);
  EXPECT_EQ(c.log.level, "debug");
}

TEST(TidbConfig, KeysOfTheOriginalAreTaken) {
  const std::string path = write_file(
      "store=\"tikv\"\npath=\"a:1\"\noom-action=\"log\"\nsplit-table=true\n"
      "[performance]\nfeedback-probability=0.05\nstats-lease=\"3s\"\nmax-procs=0\n"
      "[tikv-client]\ngrpc-connection-count=16\ncommit-timeout=\"41s\"\n"
      "[txn-local-latches]\nenabled=true\n[prepared-plan-cache]\nmemory-guard-ratio=0.1\n");
  const auto command = parse_tidb_command({"-config-strict", "-config", path});
  EXPECT_TRUE(command.ok()) << command.status().to_string();
}

TEST(TidbConfig, UnknownKeysWarnOrAreFatal) {
  const std::string path = write_file("store=\"tikv\"\npath=\"a:1\"\nno-such-key=1\n");
  EXPECT_TRUE(parse_tidb_command({"-config", path}).ok());
  const auto strict = parse_tidb_command({"-config", path, "-config-strict"});
  ASSERT_FALSE(strict.ok());
  EXPECT_THAT(strict.status().message(), HasSubstr("no-such-key"));
}

TEST(TidbConfig, ErrorsNameTheOption) {
  const auto message = [](const std::vector<std::string>& args) {
    const auto command = parse_tidb_command(args);
    return command.ok() ? std::string("ok") : command.status().message();
  };
  EXPECT_THAT(message({}), HasSubstr("store: \"mocktikv\" is not supported"));
  EXPECT_THAT(message({"-store=tikv", "-path="}), HasSubstr("path"));
  EXPECT_THAT(message({"-store=tikv", "-path=a:1", "-lease=x"}), HasSubstr("lease"));
  EXPECT_THAT(message({"-store=tikv", "-path=a:1", "-P=70000"}), HasSubstr("port"));
}

TEST(TidbVersion, EightLines) {
  const std::string text = tidb_version_text();
  EXPECT_THAT(text, testing::StartsWith("Release Version: v3.0."));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 7);
  EXPECT_THAT(text, testing::EndsWith("Check Table Before Drop: false"));
}

}  // namespace
}  // namespace tbl::tidb
