#include "drainer/mysql/mark_items.h"
#include "base/test_seed.h"

#include <gtest/gtest.h>

#include <random>

namespace tbl::mysql {
namespace {

TEST(MarkItems, BytesAreAsDocumented) {
  EXPECT_EQ(to_hex(encode_mark_items({{300, MarkItem::kWhole}, {100, {5, 8}}})),
            "01"
            "64"
            "06"
            "03"  // 100, from row 5, 3 rows
            "c801"
            "00");  // 200 more, whole
}

TEST(MarkItems, RandomOnesComeBackSorted) {
  unsigned seed = test_seed();
  std::mt19937_64 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::vector<MarkItem> items;
    for (size_t n = random() % 20; n > 0; --n) {
      MarkItem item;
      item.commit_ts = random() >> (random() % 64);
      if (random() % 2 == 0) {
        uint64_t first = (random() >> 2) >> (random() % 62);
        item.rows = {first, first + 1 + random() % 1000};
      }
      items.push_back(item);
    }
    auto decoded = decode_mark_items(encode_mark_items(items));
    ASSERT_TRUE(decoded.ok()) << decoded.status().to_string();
    std::sort(items.begin(), items.end());
    EXPECT_EQ(*decoded, items);
  }
}

TEST(MarkItems, DamagedBytesAreErrors) {
  for (const char* hex : {"", "02", "0164", "016406", "01640600", "0101ffffffffffffffffff02",
                          "0101ffffffffffffffffff01ffffffffffffffffff01"}) {
    auto bytes = from_hex(hex);
    EXPECT_FALSE(decode_mark_items(*bytes).ok()) << hex;
  }
  EXPECT_TRUE(decode_mark_items("\x01")->empty());
}

TEST(AppliedSet, MergesRangesOfOneTransaction) {
  AppliedSet applied;
  applied.add({100, {10, 20}});
  applied.add({100, {30, 40}});
  EXPECT_FALSE(applied.covers(100, {10, 40}));
  applied.add({100, {20, 30}});
  EXPECT_TRUE(applied.covers(100, {10, 40}));
  EXPECT_FALSE(applied.covers(100, {9, 12}));
  EXPECT_FALSE(applied.covers(101, {10, 12}));
  EXPECT_EQ(applied.ranges(100), (std::vector<RowRange>{{10, 40}}));
  applied.add({100, MarkItem::kWhole});
  EXPECT_TRUE(applied.covers(100, {0, 1000}));
}

TEST(AppliedSet, ForgetsWhatKHasPassed) {
  AppliedSet applied;
  applied.add({100, MarkItem::kWhole});
  applied.add({200, MarkItem::kWhole});
  EXPECT_EQ(applied.max_ts(), 200u);
  applied.forget_until(100);
  EXPECT_FALSE(applied.covers(100, {0, 1}));
  EXPECT_TRUE(applied.covers(200, {0, 1}));
}

}  // namespace
}  // namespace tbl::mysql
