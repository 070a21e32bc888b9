#include "pump/storage/segment_scan.h"

#include <gtest/gtest.h>

#include <random>

#include "base/sim_env.h"
#include "base/test_seed.h"
#include "pump/storage/segment_format.h"
#include "pump/storage/segment_window.h"
#include "pump/storage/storage_testing.h"

namespace tbl::pump {
namespace {

using testing::make_prewrite;

struct Scanned {
  std::vector<uint64_t> start_ts;
  std::vector<Place> places;
  std::vector<BadRange> bad;
  SegmentScanResult result;
};

class SegmentScanTest : public ::testing::Test {
 protected:
  std::string record(uint64_t ts, size_t value_bytes = 10) {
    return encode_record(make_prewrite(ts, "k", std::string(value_bytes, 'v')).payload);
  }

  Scanned scan(const std::string& bytes, uint64_t from = 0) {
    SimEnv env;
    EXPECT_TRUE(env.create_dirs("value").ok());
    auto writer = env.open_append("value/000003.vlog");
    EXPECT_TRUE((*writer)->append(bytes).ok());
    auto file = env.open_read("value/000003.vlog");
    Scanned out;
    auto result = scan_segment(
        std::make_shared<SegmentFile>(3, "value/000003.vlog", std::move(*file)), from, bytes.size(),
        [&](const LogItem& item) {
          out.start_ts.push_back(item.header.start_ts);
          out.places.push_back(item.place);
        },
        [&](const BadRange& range) { out.bad.push_back(range); });
    EXPECT_TRUE(result.ok()) << result.status().message();
    if (result.ok()) out.result = *result;
    return out;
  }
};

using Ts = std::vector<uint64_t>;

TEST_F(SegmentScanTest, WhatIsReservedAtTheEndIsNotBad) {
  const std::string good = record(100);
  const Scanned found = scan(good + std::string(kReservedBytes, '\0'));
  EXPECT_EQ(found.start_ts, (Ts{100}));
  EXPECT_TRUE(found.bad.empty());
  EXPECT_EQ(found.result.end, good.size());
  EXPECT_EQ(found.result.data_end, good.size());
  EXPECT_EQ(scan(good).result.data_end, good.size());
}

TEST_F(SegmentScanTest, ZerosThatNobodyReservedAreBad) {
  const std::string good = record(100);
  const Scanned much = scan(good + std::string(kReservedBytes + kMaxGroupBytes + 1, '\0'));
  ASSERT_EQ(much.bad.size(), 1u);
  EXPECT_FALSE(much.bad[0].torn_tail);
  EXPECT_EQ(much.bad[0].begin, good.size());
  const Scanned middle = scan(good + std::string(1000, '\0') + record(101));
  ASSERT_EQ(middle.bad.size(), 1u);
  EXPECT_EQ(middle.bad[0].end, good.size() + 1000);
  EXPECT_EQ(middle.start_ts, (Ts{100, 101}));
  const Scanned torn = scan(good + record(101).substr(0, 20) + std::string(kReservedBytes, '\0'));
  ASSERT_EQ(torn.bad.size(), 1u);
  EXPECT_TRUE(torn.bad[0].torn_tail);
}

TEST_F(SegmentScanTest, GoodRecords) {
  const std::string a = record(100);
  const std::string b = record(90, 3'000'000);
  const Scanned found = scan(a + b);
  EXPECT_EQ(found.start_ts, (Ts{100, 90}));
  EXPECT_EQ(found.places[1].segment, 3u);
  EXPECT_EQ(found.places[1].offset, a.size());
  EXPECT_EQ(found.places[1].length, b.size() - kRecordHeaderBytes);
  EXPECT_EQ(found.result.max_ts, 100u);
  EXPECT_EQ(found.result.end, a.size() + b.size());
  EXPECT_TRUE(found.bad.empty());
  EXPECT_EQ(scan(a + b, a.size()).start_ts, (Ts{90}));
}

TEST_F(SegmentScanTest, EveryTruncationIsATornTail) {
  const std::string whole = record(100) + record(101) + record(102);
  const size_t one = record(100).size();
  for (size_t size = 0; size <= whole.size(); ++size) {
    const Scanned found = scan(whole.substr(0, size));
    ASSERT_EQ(found.start_ts.size(), size / one) << size;
    ASSERT_EQ(found.result.end, size / one * one);
    ASSERT_EQ(found.bad.size(), size % one != 0);
    if (size % one != 0) {
      ASSERT_TRUE(found.bad[0].torn_tail);
      ASSERT_EQ(found.bad[0].begin, size / one * one);
      ASSERT_EQ(found.bad[0].end, size);
    }
  }
}

TEST_F(SegmentScanTest, EveryFlippedByteCostsOneRecord) {
  const std::string whole = record(100) + record(101) + record(102);
  const size_t one = record(100).size();
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x41);
    Ts expected{100, 101, 102};
    expected.erase(expected.begin() + static_cast<ptrdiff_t>(i / one));
    const Scanned found = scan(damaged);
    ASSERT_EQ(found.start_ts, expected) << i;
    ASSERT_EQ(found.bad.size(), 1u);
    ASSERT_EQ(found.bad[0].begin, i / one * one);
    ASSERT_EQ(found.bad[0].end, i / one * one + one);
    ASSERT_EQ(found.bad[0].ts_before, i / one == 0 ? 0 : 99 + i / one);
    ASSERT_EQ(found.bad[0].ts_after, i / one == 2 ? 0 : 101 + i / one);
  }
}

TEST_F(SegmentScanTest, DamageFarFromTheEndIsCorruption) {
  const std::string filler = record(105, kMaxGroupBytes);
  std::string damaged = record(100) + record(101) + filler + record(106);
  damaged[record(100).size() + 20] ^= 1;
  const Scanned found = scan(damaged);
  EXPECT_EQ(found.start_ts, (Ts{100, 105, 106}));
  ASSERT_EQ(found.bad.size(), 1u);
  EXPECT_FALSE(found.bad[0].torn_tail);
  EXPECT_EQ(found.bad[0].reason, "checksum mismatch");
}

TEST_F(SegmentScanTest, DamagedLengthFarFromTheEndIsCorruption) {
  const std::string filler = record(105, kMaxGroupBytes);
  std::string damaged = record(100) + record(101) + filler;
  damaged[record(100).size() + 8] = 1;  // length + 4 GiB
  const Scanned found = scan(damaged);
  EXPECT_EQ(found.start_ts, (Ts{100, 105}));
  ASSERT_EQ(found.bad.size(), 1u);
  EXPECT_FALSE(found.bad[0].torn_tail);
}

TEST_F(SegmentScanTest, TornLongRecordIsATornTail) {
  const std::string longer = record(101, 2 * kMaxGroupBytes);
  const Scanned found = scan(record(100) + longer.substr(0, longer.size() - 1));
  EXPECT_EQ(found.start_ts, (Ts{100}));
  ASSERT_EQ(found.bad.size(), 1u);
  EXPECT_TRUE(found.bad[0].torn_tail);
  // The same when it kept its length, but lost a page.
  std::string holed = longer;
  std::fill_n(holed.begin() + 5000, 4096, '\0');
  const Scanned found_holed = scan(record(100) + holed);
  ASSERT_EQ(found_holed.bad.size(), 1u);
  EXPECT_TRUE(found_holed.bad[0].torn_tail);
}

TEST_F(SegmentScanTest, RecordThatIsNoBinlogIsBad) {
  const Scanned found = scan(record(100) + encode_record("hello") + record(101));
  EXPECT_EQ(found.start_ts, (Ts{100, 101}));
  ASSERT_EQ(found.bad.size(), 1u);
  EXPECT_EQ(found.bad[0].reason, "proto: Binlog: wiretype end group for non-group");
}

TEST_F(SegmentScanTest, RandomGarbageBetweenRecords) {
  const uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  for (int round = 0; round < 50; ++round) {
    std::string bytes;
    Ts expected;
    for (uint64_t ts = 1; ts < 30; ++ts) {
      const size_t garbage = random() % 4 == 0 ? random() % 200'000 : 0;
      for (size_t i = 0; i < garbage; ++i) bytes.push_back(static_cast<char>(random()));
      if (random() % 8 == 0) bytes += record(1).substr(0, random() % 16);
      bytes += record(ts, random() % 3000);
      expected.push_back(ts);
    }
    ASSERT_EQ(scan(bytes).start_ts, expected);
  }
}

TEST(SegmentWindow, ChecksARecordOfAnyLength) {
  SimEnv env;
  ASSERT_TRUE(env.create_dirs("value").ok());
  for (const size_t size : {0, 1, 100, 300'000, 1 << 20, (1 << 20) + 1, 5'000'000}) {
    const std::string path = "value/" + segment_name(static_cast<uint32_t>(size));
    const std::string payload(size, 'x');
    ASSERT_TRUE((*env.open_append(path))->append("before" + encode_record(payload)).ok());
    SegmentSet segments(env, "value");
    ASSERT_TRUE(segments.load().ok());
    Place place{static_cast<uint32_t>(size), static_cast<uint32_t>(size), 6};
    EXPECT_EQ(*load_payload(segments, place), payload);
    SegmentWindow window;
    window.use(*segments.open(place.segment));
    EXPECT_TRUE(check_record(window, place).ok());
    if (size <= kWholePayloadBytes) {
      EXPECT_EQ(*read_payload(window, place), payload);
    }
    place.offset = 5;
    EXPECT_EQ(check_record(window, place).message(), describe(place) + ": wrong magic");
    place.offset = 6;
    place.length += 1;
    EXPECT_EQ(check_record(window, place).code(), StatusCode::kDataLoss);
    if (size == 0) continue;
    ASSERT_TRUE(env.flip_bit(path, 8 * (6 + kRecordHeaderBytes + size - 1)));
    place.length -= 1;
    EXPECT_EQ(load_payload(segments, place).status().message(),
              describe(place) + ": checksum mismatch");
  }
}

}  // namespace
}  // namespace tbl::pump
