#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include <filesystem>

#include "base/env.h"
#include "base/stop.h"
#include "base/utf8.h"
#include "base/version.h"

namespace tbl {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

class LogTest : public testing::Test {
 protected:
  void SetUp() override { set_zone("UTC0"); }
  void TearDown() override { unsetenv("TZ"), tzset(); }
  static void set_zone(const char* zone) { setenv("TZ", zone, 1), tzset(); }
};

std::string line(std::string_view message, LogFields fields = {}) {
  return format_log_line(LogLevel::kInfo, message, fields, std::source_location::current(), 0);
}

TEST_F(LogTest, HeadOfALine) {
  std::string text =
      format_log_line(LogLevel::kWarn, "x", {}, std::source_location::current(), 1556443799016);
  EXPECT_THAT(text, MatchesRegex("\\[2019/04/28 09:29:59\\.016 \\+00:00\\] \\[WARN\\] "
                                 "\\[log_test\\.cc:[0-9]+\\] \\[x\\]\n"));
}

TEST_F(LogTest, LocalTimeAndOffset) {
  set_zone("XST-05:30");
  EXPECT_THAT(format_log_line(LogLevel::kInfo, "x", {}, std::source_location::current(), 0),
              HasSubstr("[1970/01/01 05:30:00.000 +05:30]"));
  set_zone("XST+03:30");
  EXPECT_THAT(format_log_line(LogLevel::kInfo, "x", {}, std::source_location::current(), 0),
              HasSubstr("[1969/12/31 20:30:00.000 -03:30]"));
}

TEST_F(LogTest, QuotesOnlyWhereNeeded) {
  EXPECT_THAT(line("query node", {{"type", "pump"}, {"node", "{NodeID: a, State: online}"}}),
              HasSubstr(" [\"query node\"] [type=pump] [node=\"{NodeID: a, State: online}\"]\n"));
  for (const char* token : {"a b", "a=b", "a[b", "a]b", "\x01"}) {
    EXPECT_THAT(line(token), HasSubstr("[\"")) << token;
  }
  EXPECT_THAT(line("m", {{"a key", ""}}), HasSubstr("[m] [\"a key\"=]"));
  EXPECT_THAT(line("caf\xc3\xa9{}:,'"), HasSubstr("[caf\xc3\xa9{}:,']"));
}

TEST_F(LogTest, Escapes) {
  EXPECT_THAT(line("a\"b\\c\n\r\t\x01"), HasSubstr("[\"a\\\"b\\\\c\\n\\r\\t\\u0001\"]"));
  EXPECT_THAT(line("a\xff z"), HasSubstr("[\"a\\ufffd z\"]"));
  EXPECT_THAT(line("\xe2\x80\xa8"), HasSubstr("[\\u2028]"));
}

TEST_F(LogTest, FieldTypes) {
  EXPECT_THAT(line("m", {{"i", -3},
                         {"u", UINT64_MAX},
                         {"b", true},
                         {"d", 1.5},
                         {"s", std::string("x")},
                         {"error", not_found("gone")}}),
              HasSubstr("[m] [i=-3] [u=18446744073709551615] [b=true] [d=1.5] [s=x] [error=gone]"));
}

TEST_F(LogTest, Levels) {
  EXPECT_EQ(*parse_log_level("WARN"), LogLevel::kWarn);
  EXPECT_EQ(*parse_log_level("warning"), LogLevel::kWarn);
  EXPECT_EQ(*parse_log_level("debug"), LogLevel::kDebug);
  EXPECT_EQ(parse_log_level("loud").status().message(), "unrecognized level: \"loud\"");
  EXPECT_FALSE(set_up_log({.level = "loud"}).ok());
}

/// The sink is the process's: what changes it runs in a child.
using LogDeathTest = LogTest;

TEST_F(LogDeathTest, FatalEndsWithOne) {
  EXPECT_EXIT(
      {
        dup2(2, 1);
        log_fatal("the end", {{"why", "test"}});
      },
      testing::ExitedWithCode(1), "\\[FATAL\\].*the end.*why=test");
}

/// Logs into `dir` with a tiny size limit; true when rotation did what log.h says.
bool rotates_in(const std::string& dir) {
  (void)set_up_log({.level = "error", .file = dir + "/pump.log", .max_file_bytes = 300});
  for (int i = 0; i < 6; ++i) {
    log_info("below the level");
    log_error("line", {{"i", i}, {"filler", std::string(100, 'x')}});
    wait_for({}, std::chrono::milliseconds(2));  // names carry milliseconds
  }
  log_welcome("Pump");
  std::vector<std::string> names = *posix_env().list(dir);
  std::string all;
  bool good = names.size() >= 3;
  for (const std::string& name : names) {
    all += *posix_env().read_file(dir + "/" + name);
    bool rotated = name.size() == std::string("pump-2019-04-28T09-29-59.016.log").size();
    good = good && (rotated || name == "pump.log");
  }
  for (int i = 0; i < 6; ++i) good &= all.find("[i=" + std::to_string(i) + "]") != all.npos;
  return good && all.find("below the level") == all.npos &&
         all.find("Welcome to Pump") != all.npos;  // although the level is error
}

TEST_F(LogDeathTest, FileRotationKeepsEveryLine) {
  std::string dir = testing::TempDir() + "log_test_" + std::to_string(getpid());
  ASSERT_TRUE(posix_env().create_dirs(dir).ok());
  EXPECT_EXIT(std::_Exit(rotates_in(dir) ? 0 : 1), testing::ExitedWithCode(0), "");
  std::filesystem::remove_all(dir);
}

TEST(LogEveryTest, OncePerInterval) {
  LogEvery rare(1000000);
  EXPECT_TRUE(rare.due());
  EXPECT_FALSE(rare.due());
  LogEvery always(0);
  EXPECT_TRUE(always.due());
  EXPECT_TRUE(always.due());
}

TEST(VersionTest, FiveLinesAndAnEmptyOne) {
  EXPECT_THAT(version_text(),
              MatchesRegex("Release Version: [^\n]+\nGit Commit Hash: [^\n]+\nBuild TS: [^\n]+\n"
                           "Go Version: [^\n]+\nGo OS/Arch: linux/amd64\n\n"));
}

TEST(Utf8Test, Lengths) {
  EXPECT_EQ(utf8_length(""), 0U);
  EXPECT_EQ(utf8_length("a"), 1U);
  EXPECT_EQ(utf8_length("\xc3\xa9"), 2U);
  EXPECT_EQ(utf8_length("\xe2\x82\xac..."), 3U);
  EXPECT_EQ(utf8_length("\xf0\x9f\x98\x80"), 4U);
  for (const char* bad : {"\x80", "\xc0\x80", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xf0\x9f\x98x"}) {
    EXPECT_EQ(utf8_length(bad), 0U) << bad;
  }
  EXPECT_TRUE(is_utf8("a\xc3\xa9\xe2\x82\xac"));
  EXPECT_FALSE(is_utf8("a\xc3"));
}

}  // namespace
}  // namespace tbl
