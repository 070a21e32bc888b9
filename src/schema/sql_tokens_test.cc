#include "schema/sql_tokens.h"

#include <gtest/gtest.h>

#include <string>

namespace tbl::schema {
namespace {

std::vector<std::string> texts(std::string_view sql) {
  std::vector<std::string> out;
  for (const SqlToken& token : tokenize_sql(sql)) out.emplace_back(token.text);
  return out;
}

TEST(SqlTokensTest, TokensKeepWhatIsQuoted) {
  EXPECT_EQ(texts("ALTER TABLE `a``b`.c COMMENT 'it''s; \\' x' -- end\n;"),
            (std::vector<std::string>{"ALTER", "TABLE", "`a``b`", ".", "c", "COMMENT",
                                      "'it''s; \\' x'", "-- end", ";"}));
  EXPECT_EQ(texts("/* c */a/*T![x] y */#z"),
            (std::vector<std::string>{"/* c */", "a", "/*T![x] y */", "#z"}));
}

TEST(SqlTokensTest, NeverReadsBeyondWhatIsNotClosed) {
  for (std::string_view sql : {"'abc", "`", "\"\\", "/*", "/*T![", "--", "'a''"}) {
    EXPECT_EQ(texts(sql).size(), 1u) << sql;
  }
}

TEST(SqlTokensTest, WordsAreFoundInAnyCase) {
  const auto tokens = significant_tokens("/* a */ create /*T![x] y */ Table t");
  EXPECT_TRUE(has_words(tokens, 0, {"CREATE", "TABLE"}));
  EXPECT_FALSE(has_words(tokens, 1, {"CREATE"}));
  EXPECT_FALSE(has_words(tokens, 2, {"T", "X"}));
}

}  // namespace
}  // namespace tbl::schema
