#include <gmock/gmock.h>

#include "drainer/mysql/applier_harness.h"
#include "drainer/mysql/check_server.h"
#include "drainer/mysql/check_table.h"

namespace tbl::mysql {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// "severity check object: text" of each.
std::vector<std::string> lines(const Findings& findings) {
  std::vector<std::string> out;
  for (const Finding& finding : findings) {
    out.push_back(std::to_string(static_cast<int>(finding.severity)) + " " + finding.check + " " +
                  finding.object + ": " + finding.text);
  }
  return out;
}

class CheckTest : public ApplierTest {
 protected:
  std::vector<std::string> server(const std::string& user = "root") {
    auto options = PrivateServer::instance().options();
    options.user = user;
    auto connection = Connection::open(options);
    Findings findings;
    EXPECT_TRUE(connection.ok());
    EXPECT_TRUE(check_server(**connection, {"tidb_binlog", {"test"}}, &findings).ok());
    return lines(findings);
  }
  std::vector<std::string> table(const decode::TablePtr& table) {
    Findings findings;
    EXPECT_TRUE(check_table(*sql_, table, {}, &findings).ok());
    return lines(findings);
  }
};

TEST(ParseGrant, TellsPrivilegesAndWhere) {
  const Grant grant = parse_grant("GRANT SELECT, Create View ON `d\\_b`.* TO `u`@`%`");
  EXPECT_THAT(grant.privileges, ElementsAre("SELECT", "CREATE VIEW"));
  EXPECT_EQ(grant.on, "`d\\_b`.*");
  EXPECT_THAT(parse_grant("GRANT PROXY").privileges, IsEmpty());
}

TEST_F(CheckTest, AServerThatIsFit) {
  run("SET GLOBAL character_set_server='utf8mb4', collation_server='utf8mb4_bin'");
  EXPECT_THAT(server(), Not(Contains(testing::StartsWith("2"))));
  EXPECT_THAT(server(), Not(Contains(HasSubstr("charset"))));
}

TEST_F(CheckTest, WhatAServerRefuses) {
  run("SET GLOBAL character_set_server='latin1', collation_server='latin1_swedish_ci', "
      "read_only=1, max_allowed_packet=1048576, innodb_force_primary_key=1");
  const auto found = server();
  run("SET GLOBAL character_set_server='utf8mb4', collation_server='utf8mb4_bin', "
      "read_only=0, max_allowed_packet=16777216, innodb_force_primary_key=0");
  EXPECT_THAT(found, Contains(HasSubstr("2 read-only read_only: the server takes no rows")));
  EXPECT_THAT(found, Contains(HasSubstr("1 packet max_allowed_packet: 1048576 bytes")));
  EXPECT_THAT(found, Contains(HasSubstr("1 charset character_set_server: latin1")));
  EXPECT_THAT(found, Contains(HasSubstr("1 collation collation_server: latin1_swedish_ci")));
  EXPECT_THAT(found, Contains(HasSubstr("1 keys innodb_force_primary_key")));
}

TEST_F(CheckTest, PrivilegesThatAreMissingAreNamed) {
  run("CREATE OR REPLACE USER some@localhost; GRANT SELECT, INSERT ON *.* TO some@localhost; "
      "GRANT ALL PRIVILEGES ON tidb_binlog.* TO some@localhost");
  const auto found = server("some");
  run("DROP USER some@localhost");
  EXPECT_THAT(found, Contains("2 privileges `test`: missing: UPDATE, DELETE, CREATE, DROP, ALTER, "
                              "INDEX, CREATE VIEW"));
  EXPECT_THAT(found, Not(Contains(HasSubstr("privileges `tidb_binlog`"))));
}

TEST_F(CheckTest, ATableThatIsMissing) {
  EXPECT_THAT(table(schedule::keyed_table()),
              ElementsAre("2 tables `test`.`t`: missing downstream: its first row stops drainer"));
}

TEST_F(CheckTest, ATableThatIsTheSame) {
  run("CREATE TABLE test.t(id BIGINT PRIMARY KEY, u BIGINT UNIQUE, v BIGINT)");
  EXPECT_THAT(table(schedule::keyed_table()), IsEmpty());
}

TEST_F(CheckTest, ATableThatDiffers) {
  run("CREATE TABLE test.t(id BIGINT, u BIGINT, own INT NOT NULL, fine INT NOT NULL DEFAULT 1) "
      "ENGINE=MyISAM; CREATE TRIGGER test.fires BEFORE INSERT ON test.t FOR EACH ROW SET @a=1");
  const auto found = table(schedule::keyed_table());
  EXPECT_THAT(found, Contains(HasSubstr("1 columns `test`.`t`: column v is missing")));
  EXPECT_THAT(found, Contains(HasSubstr("1 keys `test`.`t`: no unique key downstream")));
  EXPECT_THAT(found, Contains(HasSubstr("2 engine `test`.`t`: MyISAM")));
  EXPECT_THAT(found, Contains(HasSubstr("2 columns `test`.`t`: column own is not known upstream")));
  EXPECT_THAT(found, Contains(HasSubstr("1 triggers `test`.`t`: trigger fires")));
  EXPECT_THAT(found, Not(Contains(HasSubstr("fine"))));
}

TEST_F(CheckTest, AKeyThatIsCoarserDownstream) {
  using namespace schema;
  run("CREATE TABLE test.c(k VARCHAR(20) COLLATE utf8mb4_general_ci PRIMARY KEY)");
  ColumnInfo column = decode::test_column(1, "k", kTypeVarchar, kFlagNotNull | kFlagPrimaryKey);
  column.type.charset = "utf8mb4";
  column.type.collate = "utf8mb4_bin";
  auto upstream = decode::Table::make(
      "test", decode::finished(decode::test_table_info("c", {column})), nullptr);
  EXPECT_THAT(table(upstream), Contains(HasSubstr("1 collation `test`.`c`: PRIMARY(k) compares by "
                                                  "utf8mb4_general_ci")));
}

}  // namespace
}  // namespace tbl::mysql
