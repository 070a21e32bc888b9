#include "drainer/mysql/errors.h"

#include <gtest/gtest.h>

#include "drainer/mysql/session.h"
#include "drainer/mysql/sql_text.h"

namespace tbl::mysql {
namespace {

TEST(Errors, ClassesTellWhatToDo) {
  EXPECT_EQ(classify(1213), StatusCode::kAborted);
  EXPECT_EQ(classify(1205), StatusCode::kAborted);
  EXPECT_EQ(classify(9007), StatusCode::kAborted);
  EXPECT_EQ(classify(1062), StatusCode::kAlreadyExists);
  EXPECT_EQ(classify(2013), StatusCode::kUnavailable);
  EXPECT_EQ(classify(8501), StatusCode::kUnavailable);
  EXPECT_EQ(classify(1064), StatusCode::kUnknown);
}

TEST(Errors, TheNumberSurvivesWrapping) {
  Status status = server_error(1062, "Duplicate entry").wrap("table `a`");
  EXPECT_EQ(error_number(status), 1062u);
  EXPECT_EQ(status.message(), "table `a`: Error 1062: Duplicate entry");
  EXPECT_EQ(error_number(internal_error("x")), 0u);
}

TEST(Errors, TheOriginalsIgnorableDdlErrors) {
  for (unsigned code : {1007, 1008, 1049, 1050, 1051, 1054, 1060, 1061, 1091, 1146, 1176, 1831}) {
    EXPECT_TRUE(is_ignorable_ddl_error(code)) << code;
  }
  EXPECT_FALSE(is_ignorable_ddl_error(1064));
}

TEST(SqlText, QuotesNamesAndStrings) {
  EXPECT_EQ(quote_table("a", "b`c"), "`a`.`b``c`");
  EXPECT_EQ(quote_string(std::string("a'b\\c\0d", 7)), "'a\\'b\\\\c\\0d'");
  std::string out;
  append_string(out, "a'b\\c", Escapes::kNone);
  EXPECT_EQ(out, "'a''b\\c'");
  out.clear();
  append_bytes(out, "x");
  EXPECT_EQ(out, "_binary'x'");
}

TEST(Session, SqlModeAlwaysKeepsZeroIds) {
  ConnectionOptions options;
  EXPECT_EQ(apply_sql_mode(options),
            "STRICT_TRANS_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES");
  options.strict = false;
  EXPECT_EQ(apply_sql_mode(options), "NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES");
  options.sql_mode = "ansi_quotes";
  EXPECT_EQ(apply_sql_mode(options), "ANSI_QUOTES,NO_AUTO_VALUE_ON_ZERO");
  options.sql_mode = "";
  EXPECT_EQ(apply_sql_mode(options), "NO_AUTO_VALUE_ON_ZERO");
}

}  // namespace
}  // namespace tbl::mysql
