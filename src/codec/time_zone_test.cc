#include "codec/time_zone.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <ctime>

namespace tbl::codec {
namespace {

TimeFields parse(const char* text) {
  TimeFields t;
  EXPECT_TRUE(parse_datetime(text, &t)) << text;
  return t;
}

std::string text(const TimeFields& t) {
  std::string out;
  append_datetime(out, t, 0);
  return out;
}

TimeZone load(const char* name) {
  auto zone = TimeZone::load(name);
  EXPECT_TRUE(zone.ok()) << name << ": " << zone.status().to_string();
  return zone.ok() ? *zone : TimeZone();
}

TEST(TimeZone, FixedOffsets) {
  EXPECT_EQ(text(load("+08:00").from_utc(parse("2020-02-02 20:05:06"))), "2020-02-03 04:05:06");
  EXPECT_EQ(text(load("-5:30").from_utc(parse("2020-01-01 00:00:00"))), "2019-12-31 18:30:00");
  EXPECT_EQ(text(load("+08:00").to_utc(parse("2020-02-03 04:05:06"))), "2020-02-02 20:05:06");
  EXPECT_TRUE(load("UTC").is_utc());
  EXPECT_TRUE(load("utc").is_utc());
  EXPECT_TRUE(load("+00:00").is_utc());
}

TEST(TimeZone, ZeroTimeIsNotMoved) {
  EXPECT_EQ(load("+08:00").from_utc({}), TimeFields());
  EXPECT_EQ(load("+08:00").to_utc({}), TimeFields());
}

TEST(TimeZone, UnknownNames) {
  for (const char* name : {"No/Where", "../../etc/passwd", "/etc/passwd", "+99:00", "+8", "Asia"}) {
    EXPECT_FALSE(TimeZone::load(name).ok()) << name;
  }
  EXPECT_EQ(TimeZone::load("No/Where").status().message(), "unknown time zone No/Where");
}

TEST(TimeZone, DaylightSaving) {
  TimeZone berlin = load("Europe/Berlin");
  EXPECT_EQ(text(berlin.from_utc(parse("2024-07-01 12:00:00"))), "2024-07-01 14:00:00");
  EXPECT_EQ(text(berlin.from_utc(parse("2024-12-01 12:00:00"))), "2024-12-01 13:00:00");
  // 02:30 does not exist on the day the clocks go forward, and exists twice when they go back.
  EXPECT_EQ(text(berlin.to_utc(parse("2024-03-31 02:30:00"))), "2024-03-31 01:30:00");
  EXPECT_EQ(text(berlin.to_utc(parse("2024-10-27 02:30:00"))), "2024-10-27 00:30:00");
  EXPECT_EQ(text(berlin.to_utc(parse("2024-10-27 03:30:00"))), "2024-10-27 02:30:00");
}

TEST(TimeZone, RuleTexts) {
  auto utc_noon = [](const char* date) { return unix_seconds(parse(date)) + 12 * 3600; };
  auto berlin = parse_zone_rule("CET-1CEST,M3.5.0,M10.5.0/3");
  ASSERT_TRUE(berlin.has_value());
  EXPECT_EQ(berlin->offset_at(utc_noon("2090-07-01")), 7200);
  EXPECT_EQ(berlin->offset_at(utc_noon("2090-01-01")), 3600);
  auto sydney = parse_zone_rule("AEST-10AEDT,M10.1.0,M4.1.0/3");
  ASSERT_TRUE(sydney.has_value());
  EXPECT_EQ(sydney->offset_at(utc_noon("2090-01-01")), 11 * 3600);
  EXPECT_EQ(sydney->offset_at(utc_noon("2090-07-01")), 10 * 3600);
  auto numeric = parse_zone_rule("<+0330>-3:30");
  ASSERT_TRUE(numeric.has_value());
  EXPECT_EQ(numeric->offset_at(0), 12600);
  auto julian = parse_zone_rule("AAA0BBB,J60/0,J300/0");
  ASSERT_TRUE(julian.has_value());
  EXPECT_EQ(julian->offset_at(utc_noon("2024-02-29")), 0);  // J60 is always 1 March
  EXPECT_EQ(julian->offset_at(utc_noon("2024-03-01")), 3600);
  for (const char* bad : {"", "A", "CET", "CET-1CEST", "CET-1CEST,M13.5.0,M10.5.0",
                          "CET-1CEST,M3.5.0", "<+03", "CET-1CEST,M3.5.0,M10.5.0x", "CET-999"}) {
    EXPECT_FALSE(parse_zone_rule(bad).has_value()) << bad;
  }
}

TEST(TimeZone, DamagedFilesAreRefused) {
  EXPECT_FALSE(TimeZone::parse("").ok());
  EXPECT_FALSE(TimeZone::parse("TZif2").ok());
  EXPECT_FALSE(TimeZone::parse(std::string("TZif2") + std::string(39, '\xff')).ok());
}

class LibraryZone {
 public:
  explicit LibraryZone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  ~LibraryZone() {
    unsetenv("TZ");
    tzset();
  }
};

TEST(TimeZone, AgreesWithTheLibrary) {
  for (const char* name :
       {"America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/Dublin",
        "America/Sao_Paulo", "Asia/Shanghai", "Africa/Casablanca"}) {
    LibraryZone library(name);
    TimeZone zone = load(name);
    for (std::time_t at = -3'000'000'000; at < 4'000'000'000; at += 1'234'567) {
      std::tm tm = {};
      localtime_r(&at, &tm);
      ASSERT_EQ(zone.offset_at(at), tm.tm_gmtoff) << name << " at " << at;
    }
  }
}

RC_GTEST_PROP(TimeZone, WallClockComesBack, ()) {
  TimeZone zone = load("Europe/Berlin");
  TimeFields utc = time_from_unix(*rc::gen::inRange<int64_t>(86400, 2147483647), 5);
  TimeFields wall = zone.from_utc(utc);
  // Equal unless the hour occurs twice.
  RC_ASSERT(zone.from_utc(zone.to_utc(wall)) == wall);
}

TEST(TimeZone, LocalFollowsTheEnvironment) {
  LibraryZone library("Asia/Shanghai");
  EXPECT_EQ(load("Local").offset_at(1'600'000'000), 8 * 3600);
  EXPECT_EQ(load("SYSTEM").offset_at(1'600'000'000), 8 * 3600);
}

}  // namespace
}  // namespace tbl::codec
