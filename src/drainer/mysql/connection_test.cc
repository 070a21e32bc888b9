#include "drainer/mysql/connection.h"

#include <gtest/gtest.h>

#include "drainer/mysql/errors.h"
#include "drainer/mysql/private_server.h"
#include "drainer/mysql/session.h"

namespace tbl::mysql {
namespace {

TEST(Connection, SaysWhoItTalksTo) {
  auto connection = PrivateServer::instance().connect();
  EXPECT_EQ(connection->server_kind(), ServerKind::kMariaDb);
  EXPECT_TRUE(connection->has_bulk());
  EXPECT_GE(connection->max_packet(), 1u << 20);
  auto id = connection->query("SELECT CONNECTION_ID()");
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(*(*id)[0][0], std::to_string(connection->id()));
}

TEST(Connection, CountsEachStatementUntilTheFirstError) {
  auto connection = PrivateServer::instance().connect();
  std::vector<uint64_t> counts;
  Status status = connection->exec(
      "CREATE OR REPLACE TEMPORARY TABLE mysql.x(a INT); INSERT INTO mysql.x VALUES(1),(2);"
      "UPDATE mysql.x SET a=1 WHERE a=1; SELECT nothing; DELETE FROM mysql.x",
      &counts);
  EXPECT_EQ(counts, (std::vector<uint64_t>{0, 2, 1})) << "an UPDATE counts what it matched";
  EXPECT_EQ(error_number(status), kErrUnknownColumn);
  auto left = connection->query("SELECT COUNT(*) FROM mysql.x");
  ASSERT_TRUE(left.ok());
  EXPECT_EQ((*left)[0][0], "2");
}

TEST(Connection, ALostOneIsUnavailable) {
  auto victim = PrivateServer::instance().connect();
  auto killer = PrivateServer::instance().connect();
  ASSERT_TRUE(killer->exec("KILL " + std::to_string(victim->id())).ok());
  EXPECT_TRUE(is_lost(victim->exec("SELECT 1")));
}

TEST(Connection, ErrorsNameServerAndUserButNoPassword) {
  ConnectionOptions options = PrivateServer::instance().options();
  options.user = "nobody";
  options.password = "s3cret";
  Status status = Connection::open(options).status();
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find(options.unix_socket + " as nobody"), std::string::npos);
  EXPECT_EQ(status.to_string().find("s3cret"), std::string::npos);
}

// "localhost" is a TCP address here, as for the original; nothing listens at port 1.
TEST(Connection, LocalhostIsNoSocket) {
  ConnectionOptions options;
  options.port = 1;
  Status status = Connection::open(options).status();
  EXPECT_TRUE(is_lost(status)) << status.to_string();
  EXPECT_EQ(status.message().find("socket"), std::string::npos) << status.to_string();
}

TEST(Session, IsSetUpForRows) {
  ConnectionOptions options = PrivateServer::instance().options();
  options.params = {
      {"time_zone", "+08:00"}, {"lock_wait_timeout", "77"}, {"group_concat_max_len", "2000"}};
  auto factory = ConnectionFactory::create(options);
  ASSERT_TRUE(factory.ok()) << factory.status().to_string();
  auto connection = factory->open();
  ASSERT_TRUE(connection.ok());
  auto row = (*connection)
                 ->query(
                     "SELECT @@time_zone, @@foreign_key_checks, @@unique_checks, @@tx_isolation, "
                     "@@lock_wait_timeout, @@sql_mode LIKE '%NO_AUTO_VALUE_ON_ZERO%'");
  ASSERT_TRUE(row.ok()) << row.status().to_string();
  std::vector<std::string> values;
  for (const auto& value : (*row)[0]) values.push_back(value.value_or("NULL"));
  EXPECT_EQ(values, (std::vector<std::string>{"+00:00", "0", "1", "READ-COMMITTED", "77", "1"}));
}

TEST(Session, AParameterThatTheServerRefusesIsAnError) {
  ConnectionOptions options = PrivateServer::instance().options();
  options.params = {{"no_such_variable", "1"}};
  Status status = ConnectionFactory::create(options).status();
  EXPECT_NE(status.message().find("params.no_such_variable"), std::string::npos);
}

}  // namespace
}  // namespace tbl::mysql
