#include "codec/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <ctime>

#include "codec/test_util.h"

namespace tbl::codec {
namespace {

constexpr TimeFields kMoment{
    .year = 2020, .month = 2, .day = 3, .hour = 4, .minute = 5, .second = 6, .microsecond = 123456};

std::string datetime(const TimeFields& t, int fsp) {
  std::string out;
  append_datetime(out, t, fsp);
  return out;
}

std::string duration(int64_t ns, int fsp) {
  std::string out;
  append_duration(out, ns, fsp);
  return out;
}

TEST(Time, PackedVectors) {
  EXPECT_EQ(pack_time(kMoment), 0x19a586414601e240u);
  EXPECT_EQ(pack_time(kMoment), 1848030837010981440u);
  EXPECT_EQ(pack_time({.year = 2020, .month = 2, .day = 3}), 1848030556663578624u);
  EXPECT_EQ(pack_time({}), 0u);
  EXPECT_EQ(unpack_time(0x19a586414601e240u), kMoment);
  EXPECT_EQ(unpack_time(0), TimeFields());
}

TEST(Time, CoreTimeVector) {
  EXPECT_EQ(pack_core_time(kMoment), 0x1f908641461e2400u);
  EXPECT_EQ(unpack_core_time(0x1f908641461e2400u), kMoment);
}

TEST(Time, Text) {
  EXPECT_EQ(datetime(kMoment, 0), "2020-02-03 04:05:06");
  EXPECT_EQ(datetime(kMoment, -1), "2020-02-03 04:05:06");
  EXPECT_EQ(datetime(kMoment, 3), "2020-02-03 04:05:06.123");
  EXPECT_EQ(datetime(kMoment, 6), "2020-02-03 04:05:06.123456");
  EXPECT_EQ(datetime({}, 1), "0000-00-00 00:00:00.0");
  std::string out;
  append_date(out, {.year = 812, .month = 0, .day = 31});
  EXPECT_EQ(out, "0812-00-31");
}

TEST(Time, DurationText) {
  EXPECT_EQ(duration(-3723450000000, 2), "-01:02:03.45");
  EXPECT_EQ(duration(-3723450000000, 0), "-01:02:03");
  EXPECT_EQ(duration(0, 0), "00:00:00");
  EXPECT_EQ(duration(3020399999999000, 6), "838:59:59.999999");
  EXPECT_EQ(duration(std::numeric_limits<int64_t>::min(), 6), "-2562047:47:16.854775");
}

TEST(Time, ParsesWhatItPrints) {
  TimeFields t;
  ASSERT_TRUE(parse_datetime("2020-02-03 04:05:06.123456", &t));
  EXPECT_EQ(t, kMoment);
  ASSERT_TRUE(parse_datetime("2020-02-03", &t));
  EXPECT_EQ(t, (TimeFields{.year = 2020, .month = 2, .day = 3}));
  ASSERT_TRUE(parse_datetime("0000-00-00 00:00:00", &t));
  EXPECT_EQ(t, TimeFields());
  ASSERT_TRUE(parse_datetime("2020-02-03 04:05:06.1234569", &t));
  EXPECT_EQ(t.microsecond, 123456u);
  ASSERT_TRUE(parse_datetime("2020-02-03 04:05:06.5", &t));
  EXPECT_EQ(t.microsecond, 500000u);
  for (const char* bad :
       {"", "2020", "2020-13-01", "2020-01-32", "2020-01-01 24:00:00", "2020-01-01 1",
        "2020-01-01 10:60:00", "2020-01-01 10:00:00x", "2020-01-01x", "CURRENT_TIMESTAMP"}) {
    EXPECT_FALSE(parse_datetime(bad, &t)) << bad;
  }
}

TEST(Time, ParsesDurations) {
  int64_t ns = 0;
  ASSERT_TRUE(parse_duration("-01:02:03.45", &ns));
  EXPECT_EQ(ns, -3723450000000);
  ASSERT_TRUE(parse_duration("838:59:59", &ns));
  EXPECT_EQ(ns, 3020399000000000);
  ASSERT_TRUE(parse_duration("10:20", &ns));
  EXPECT_EQ(ns, 37200000000000);
  for (const char* bad : {"", "-", "839:00:00", "1:60:00", "1:2:3x", "10", ":10"}) {
    EXPECT_FALSE(parse_duration(bad, &ns)) << bad;
  }
}

TimeFields random_date() {
  return {.year = *rc::gen::inRange(1u, 10000u),
          .month = *rc::gen::inRange(1u, 13u),
          .day = *rc::gen::inRange(1u, 29u),
          .hour = *rc::gen::inRange(0u, 24u),
          .minute = *rc::gen::inRange(0u, 60u),
          .second = *rc::gen::inRange(0u, 60u),
          .microsecond = *rc::gen::inRange(0u, 1000000u)};
}

RC_GTEST_PROP(Time, PackingComesBackAndSorts, ()) {
  TimeFields a = random_date();
  TimeFields b = random_date();
  RC_ASSERT(unpack_time(pack_time(a)) == a);
  RC_ASSERT(unpack_core_time(pack_core_time(a)) == a);
  RC_ASSERT((pack_time(a) < pack_time(b)) == (datetime(a, 6) < datetime(b, 6)));
  TimeFields parsed;
  RC_ASSERT(parse_datetime(datetime(a, 6), &parsed));
  RC_ASSERT(parsed == a);
}

RC_GTEST_PROP(Time, UnixSecondsAgreeWithTheLibrary, ()) {
  TimeFields a = random_date();
  std::tm tm = {};
  tm.tm_year = static_cast<int>(a.year) - 1900;
  tm.tm_mon = static_cast<int>(a.month) - 1;
  tm.tm_mday = static_cast<int>(a.day);
  tm.tm_hour = static_cast<int>(a.hour);
  tm.tm_min = static_cast<int>(a.minute);
  tm.tm_sec = static_cast<int>(a.second);
  RC_ASSERT(unix_seconds(a) == timegm(&tm));
  RC_ASSERT(time_from_unix(unix_seconds(a), a.microsecond) == a);
}

RC_GTEST_PROP(Time, AnyNumberCanBePrinted, (uint64_t packed, int64_t ns)) {
  RC_ASSERT(datetime(unpack_time(packed), 6).size() >= 26u);
  RC_ASSERT(datetime(unpack_core_time(packed), 6).size() >= 26u);
  RC_ASSERT(duration(ns, 6).size() >= 15u);
  RC_ASSERT(unpack_time(packed).month < 13u);
}

RC_GTEST_PROP(Time, DurationTextComesBack, ()) {
  int64_t micros = *rc::gen::inRange<int64_t>(-3020399999999, 3020400000000);
  int64_t ns = 0;
  RC_ASSERT(parse_duration(duration(micros * 1000, 6), &ns));
  RC_ASSERT(ns == micros * 1000);
}

}  // namespace
}  // namespace tbl::codec
