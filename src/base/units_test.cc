#include "base/units.h"

#include <gtest/gtest.h>

namespace tbl {
namespace {

using namespace std::chrono_literals;

TEST(ByteSizeTest, NumbersAndUnits) {
  const std::pair<const char*, uint64_t> kCases[] = {
      {"0", 0},
      {"42", 42},
      {"10 GiB", 10ULL << 30},
      {"10gi", 10ULL << 30},
      {"1 KB", 1000},
      {"1k", 1000},
      {"1ki", 1024},
      {"1,005.03 MB", 1005030000},
      {"2T", 2000000000000},
      {"3 PiB", 3ULL << 50},
      {"1e", 1000000000000000000},
      {"15EiB", 15ULL << 60},
      {"7 B", 7},
  };
  for (auto [text, bytes] : kCases) {
    auto got = parse_byte_size(text);
    ASSERT_TRUE(got.ok()) << text << ": " << got.status().message();
    EXPECT_EQ(*got, bytes) << text;
  }
  for (const char* text : {"", "GiB", "1 x", "1 kix", "1.2.3", "16 EiB", "-1", "1 2k3"}) {
    EXPECT_FALSE(parse_byte_size(text).ok()) << text;
  }
}

TEST(DurationTest, GoSyntax) {
  const std::pair<const char*, std::chrono::nanoseconds> kCases[] = {
      {"0", 0ns},          {"300ms", 300ms}, {"1h30m", 90min},
      {"-1.5h", -90min},   {"+2us", 2us},    {"1\xc2\xb5s", 1us},
      {"1m0.5s", 60500ms}, {".5s", 500ms},   {"1h1m1s1ms1us1ns", 1h + 1min + 1s + 1ms + 1us + 1ns},
  };
  for (auto [text, duration] : kCases) {
    auto got = parse_duration(text);
    ASSERT_TRUE(got.ok()) << text;
    EXPECT_EQ(got->count(), duration.count()) << text;
  }
  EXPECT_EQ(parse_duration("7").status().message(), "time: missing unit in duration \"7\"");
  EXPECT_EQ(parse_duration("7x").status().message(), "time: unknown unit \"x\" in duration \"7x\"");
  for (const char* text : {"", "-", "s", ".s", "1h2", "9999999999h"}) {
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
}

TEST(DurationTest, DaysOrDuration) {
  EXPECT_EQ(*parse_days_or_duration("7"), 7 * 24h);
  EXPECT_EQ(*parse_days_or_duration("8h"), 8h);
  EXPECT_EQ(*parse_days_or_duration("-1"), -24h);
  EXPECT_EQ(
      parse_days_or_duration("7d").status().message(),
      "unsupported gc time 7d, etc: use 7 for 7 day, 7h for 7 hour: time: unknown unit \"d\" in "
      "duration \"7d\"");
  EXPECT_FALSE(parse_days_or_duration("9999999999").ok());
}

TEST(DurationTest, Format) {
  EXPECT_EQ(format_duration(0ns), "0s");
  EXPECT_EQ(format_duration(7ns), "7ns");
  EXPECT_EQ(format_duration(1500us), "1.5ms");
  EXPECT_EQ(format_duration(2500ms), "2.5s");
  EXPECT_EQ(format_duration(90min), "1h30m0s");
  EXPECT_EQ(format_duration(-61s), "-1m1s");
}

}  // namespace
}  // namespace tbl
