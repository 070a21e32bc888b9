#include "tidb/parser/default_mode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tbl::tidb {
namespace {

using testing::HasSubstr;

constexpr SqlMode kBoth = kModeAnsiQuotes | kModeNoBackslashEscapes;

std::string plain(std::string_view sql, SqlMode mode) {
  auto text = in_default_mode(sql, mode);
  return text.ok() ? *text : text.status().message();
}

TEST(DefaultMode, TheTextStaysWhereTheModeReadsItAlike) {
  const std::string sql = "create table \"t\" /* \"c\" */ (a char(9) default 'x\\n''y' || 'z')";
  EXPECT_EQ(plain(sql, kDefaultSqlMode), sql);
}

TEST(DefaultMode, NamesInDoubleQuotes) {
  EXPECT_EQ(plain("create table \"a`b\"\"c\"(\"d\" int, `e``f` int) -- \"g\"", kModeAnsiQuotes),
            "create table `a``b\"c`(`d` int, `e``f` int) -- \"g\"");
  EXPECT_EQ(plain("alter table t add c char(9) default 'a\"b\\n'", kModeAnsiQuotes),
            "alter table t add c char(9) default 'a\"b\\n'");
}

TEST(DefaultMode, BackslashesInTexts) {
  EXPECT_EQ(plain("add c char(9) default 'a\\nb''c', d int comment N'\\'", kModeNoBackslashEscapes),
            "add c char(9) default 'a\\\\nb''c', d int comment N'\\\\'");
  EXPECT_EQ(plain("comment \"it's \\\"", kModeNoBackslashEscapes), "comment 'it''s \\\\'");
  EXPECT_EQ(plain("\"n\" char default '\\'", kBoth), "`n` char default '\\\\'");
}

TEST(DefaultMode, ExecutedCommentsAndHexStay) {
  EXPECT_EQ(plain("create table \"t\" (a int) /*!40101 comment='\\' */ , b x'4f'", kBoth),
            "create table `t` (a int) /*!40101 comment='\\\\' */ , b x'4f'");
}

TEST(DefaultMode, ConcatenationByPipesIsRefused) {
  const std::string sql = "create view v as select a || b from t";
  EXPECT_THAT(plain(sql, kModePipesAsConcat), HasSubstr("|| as a concatenation in DDL"));
  EXPECT_EQ(plain(sql, kModeAnsiQuotes), sql);
}

}  // namespace
}  // namespace tbl::tidb
