#include "tidb/session/slow_log.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include "tidb/parser/parser.h"

namespace tbl::tidb {
namespace {

SlowLog::Entry some_entry() {
  SlowLog::Entry entry;
  entry.end_unix_us = 1565746019487776;
  entry.took = std::chrono::microseconds(1527627);
  entry.start_ts = 410450924122144769;
  entry.account = "root@127.0.0.1";
  entry.connection_id = 3086;
  entry.database = "test";
  entry.text = "select * from t";
  return entry;
}

TEST(SlowLogTest, LooksLikeTidbs) {
  setenv("TZ", "Asia/Shanghai", 1);
  tzset();
  EXPECT_EQ(slow_log_text(some_entry()),
            "# Time: 2019-08-14T09:26:59.487776+08:00\n"
            "# Txn_start_ts: 410450924122144769\n"
            "# User: root@127.0.0.1\n"
            "# Conn_ID: 3086\n"
            "# Query_time: 1.527627\n"
            "# DB: test\n"
            "# Is_internal: false\n"
            "# Succ: false\n"
            "select * from t;\n");
  unsetenv("TZ");
  tzset();
}

TEST(SlowLogTest, LeavesOutWhatIsNotThere) {
  SlowLog::Entry entry = some_entry();
  entry.start_ts = 0;
  entry.database = "";
  const std::string text = slow_log_text(entry);
  EXPECT_EQ(text.find("Txn_start_ts"), text.npos);
  EXPECT_EQ(text.find("# DB"), text.npos);
}

TEST(SlowLogTest, HidesPasswords) {
  for (const char* sql :
       {"create user a identified by 'secret'", "set password = 'secret'",
        "alter user a identified by 'secret'", "grant all on *.* to a identified by 'secret'"}) {
    const auto statement = parse_one(sql, {});
    ASSERT_TRUE(statement.ok()) << sql;
    EXPECT_EQ(loggable_text(**statement).find("secret"), std::string::npos) << sql;
  }
  EXPECT_EQ(loggable_text(**parse_one("select 'secret'", {})), "select 'secret'");
}

}  // namespace
}  // namespace tbl::tidb
