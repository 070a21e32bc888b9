// Transactions beside changes of the schema that they began with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tidb/session/test_server.h"

namespace tbl::tidb {
namespace {

using testing::StartsWith;

class SchemaChangeTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new TestServer(); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  static TestServer* server_;
};
TestServer* SchemaChangeTest::server_ = nullptr;

TEST_F(SchemaChangeTest, ATransactionFromBeforeARenameTakesNoIdsOfOthers) {
  TestConnection late(*server_), other(*server_);
  ASSERT_EQ(other.run("create database moved"), "ok 0");
  for (const std::string table :
       {"hidden (v int)", "ids (id int auto_increment, v int, key (id))"}) {
    const std::string name = table.substr(0, table.find(' '));
    const std::string columns = "insert into " + name + " (v) values ";
    ASSERT_EQ(other.run("create table test." + table), "ok 0");
    ASSERT_EQ(other.run("use test; " + columns + "(1), (2), (3)"), "ok 0 | ok 3");
    ASSERT_EQ(late.run("begin"), "ok 0");
    ASSERT_EQ(other.run("rename table test." + name + " to moved." + name), "ok 0");
    ASSERT_EQ(late.run(columns + "(99)"), "ok 1");
    EXPECT_THAT(late.run("commit"), StartsWith("error 8028"));
    EXPECT_EQ(other.run("use moved; " + columns + "(4), (5)"), "ok 0 | ok 2");
    EXPECT_EQ(other.run("select v from " + name + " order by v"), "1;2;3;4;5");
  }
  EXPECT_EQ(other.run("select count(distinct id) from ids"), "5");
}

}  // namespace
}  // namespace tbl::tidb
