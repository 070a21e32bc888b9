#include "drainer/merger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <thread>

#include "base/test_seed.h"
#include "drainer/test_stream.h"

namespace tbl::drainer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint64_t kPlenty = 1 << 30;

class MergerTest : public testing::Test {
 protected:
  uint64_t add(const std::string& id) {
    uint64_t start = 0;
    EXPECT_TRUE(merger_.add_source(id, &start));
    return start;
  }
  void push(const std::string& id, BinlogItem item) {
    EXPECT_TRUE(push_item(merger_, id, std::move(item), {}));
  }
  void push_rows(const std::string& id, uint64_t ts) { push(id, rows_item(ts, 1, 1)); }
  void push_fake(const std::string& id, uint64_t ts) { push(id, fake_item(ts)); }
  /// What comes out now; fakes as negative numbers.
  std::vector<int64_t> take() {
    std::vector<int64_t> all;
    while (auto item = next_ready(merger_)) {
      const auto ts = static_cast<int64_t>(item->commit_ts());
      all.push_back(item->is_fake() ? -ts : ts);
    }
    return all;
  }

  Merger merger_{100, kPlenty};
};

TEST_F(MergerTest, WaitsForEverySource) {
  add("a");
  add("b");
  merger_.open();
  push_rows("a", 110);
  EXPECT_THAT(take(), IsEmpty());
  push_rows("b", 105);
  EXPECT_THAT(take(), ElementsAre(105));
  push_fake("b", 120);
  EXPECT_THAT(take(), ElementsAre(110));
  EXPECT_EQ(merger_.last_emitted(), 110U);
}

TEST_F(MergerTest, EmitsNothingBeforeItIsOpened) {
  add("a");
  push_rows("a", 110);
  EXPECT_THAT(take(), IsEmpty());
  merger_.open();
  EXPECT_THAT(take(), ElementsAre(110));
}

TEST_F(MergerTest, ATransactionComesBeforeAFakeOfItsTs) {
  add("a");
  add("b");
  merger_.open();
  push_fake("a", 110);
  push_rows("b", 110);
  push_fake("a", 120);
  push_fake("b", 120);
  EXPECT_THAT(take(), ElementsAre(110, -120));
}

TEST_F(MergerTest, ATransactionIsNotTakenForTheFakeBeforeIt) {
  add("a");
  merger_.open();
  push_fake("a", 110);
  EXPECT_THAT(take(), ElementsAre(-110));
  push_rows("a", 110);
  push_rows("a", 110);
  EXPECT_THAT(take(), ElementsAre(110)) << "and the second one is a duplicate";
}

TEST_F(MergerTest, DuplicatesAndLatecomersAreDropped) {
  Counter& late = metrics().counter("binlog_drainer_disorder_binlog_count", "");
  const double before = late.value();
  add("a");
  add("b");
  merger_.open();
  push_rows("a", 110);
  push_rows("b", 110);
  push_rows("a", 90);  // below the start
  push_rows("a", 120);
  push_fake("b", 130);
  EXPECT_THAT(take(), ElementsAre(110, 120));
  EXPECT_EQ(late.value(), before + 1);
}

TEST_F(MergerTest, ANewSourceStartsWhereTheMergeIs) {
  EXPECT_EQ(add("a"), 100U);
  merger_.open();
  push_rows("a", 110);
  EXPECT_THAT(take(), ElementsAre(110));
  EXPECT_EQ(add("b"), 110U);
  push_rows("a", 120);
  EXPECT_THAT(take(), IsEmpty()) << "it is waited for from now on";
  push_rows("b", 115);
  EXPECT_THAT(take(), ElementsAre(115));
  uint64_t start = 0;
  EXPECT_FALSE(merger_.add_source("b", &start));
}

TEST_F(MergerTest, ARemovedSourceIsDrainedNotWaitedFor) {
  add("a");
  add("b");
  merger_.open();
  push_rows("b", 105);
  merger_.remove_source("b");
  push_rows("a", 110);
  EXPECT_THAT(take(), ElementsAre(105, 110));
  EXPECT_FALSE(push_item(merger_, "b", rows_item(120, 1, 1), {}));
  merger_.remove_source("a");
  merger_.remove_source("nobody");
  EXPECT_THAT(take(), IsEmpty()) << "without sources there is no stream";
  EXPECT_EQ(add("b"), 110U) << "it may come back";
}

TEST_F(MergerTest, ASourceComesBackBeforeItIsDrained) {
  add("a");
  push_rows("a", 110);
  merger_.remove_source("a");
  add("a");
  merger_.open();
  push_rows("a", 120);
  EXPECT_THAT(take(), ElementsAre(110, 120));
  EXPECT_THAT(take(), IsEmpty());
}

TEST(MergerLimitTest, AFullMergeTakesOnlyFromTheSourceItWaitsFor) {
  Merger merger(0, 1000);
  uint64_t start = 0;
  merger.add_source("a", &start);
  merger.add_source("b", &start);
  merger.open();
  ASSERT_TRUE(push_item(merger, "a", rows_item(1, 1, 1, 200), {}));  // above the limit, but alone
  std::atomic<bool> pushed = false;
  std::jthread blocked([&] {
    EXPECT_TRUE(push_item(merger, "a", rows_item(3, 1, 1), {}));
    pushed = true;
  });
  ASSERT_TRUE(push_item(merger, "b", rows_item(2, 1, 1, 200), {})) << "its queue is empty";
  EXPECT_FALSE(pushed);
  EXPECT_EQ(next_item(merger)->commit_ts(), 1U);
  blocked.join();  // room was made
  EXPECT_EQ(next_item(merger)->commit_ts(), 2U);
}

TEST(MergerLimitTest, StopEndsEveryWait) {
  Merger merger(0, 10);
  uint64_t start = 0;
  merger.add_source("a", &start);
  ASSERT_TRUE(push_item(merger, "a", rows_item(1, 1, 1), {}));
  std::jthread pusher([&](const StopToken& stop) {
    EXPECT_FALSE(push_item(merger, "a", rows_item(2, 1, 1), stop));
  });
  std::jthread taker(
      [&](const StopToken& stop) { EXPECT_FALSE(next_item(merger, stop).has_value()); });
  pusher.request_stop();
  taker.request_stop();
}

TEST(MergerLimitTest, RemovingASourceFreesItsPuller) {
  Merger merger(0, 10);
  uint64_t start = 0;
  merger.add_source("a", &start);
  ASSERT_TRUE(push_item(merger, "a", rows_item(1, 1, 1), {}));
  std::jthread pusher([&] { EXPECT_FALSE(push_item(merger, "a", rows_item(2, 1, 1), {})); });
  merger.remove_source("a");
}

// Random streams, pushed and taken in random order; the model is the sorted union.
TEST(MergerModelTest, TheUnionComesOutInOrder) {
  const unsigned seed = test_seed();
  std::mt19937 random(seed);
  for (int round = 0; round < 50; ++round) {
    const size_t sources = 1 + random() % 4;
    std::vector<std::vector<uint64_t>> streams(sources);
    std::set<uint64_t> all;
    for (auto& stream : streams) {
      std::set<uint64_t> chosen;
      for (size_t i = random() % 60; i > 0; --i) chosen.insert(101 + random() % 100);
      stream.assign(chosen.begin(), chosen.end());
      all.insert(chosen.begin(), chosen.end());
    }
    Merger merger(100, kPlenty);
    uint64_t start = 0;
    for (size_t s = 0; s < sources; ++s) merger.add_source(std::to_string(s), &start);
    merger.open();
    std::vector<uint64_t> got;
    std::vector<size_t> next(sources);
    for (size_t left = sources; left > 0;) {
      const size_t s = random() % sources;
      if (next[s] > streams[s].size()) continue;
      // A fake beyond everything ends each stream.
      const bool at_end = next[s] == streams[s].size();
      auto item = at_end ? fake_item(1000) : rows_item(streams[s][next[s]], 1, 1);
      ASSERT_TRUE(push_item(merger, std::to_string(s), std::move(item), {}));
      ++next[s];
      if (at_end) --left;
      while (auto out = next_ready(merger)) {
        if (!out->is_fake()) got.push_back(out->commit_ts());
      }
    }
    ASSERT_EQ(got, std::vector<uint64_t>(all.begin(), all.end()));
    EXPECT_LE(merger.bytes(), sources * (BinlogItem::kOverhead + 1000));
  }
}

TEST(MergerModelTest, ThreadsPushWhileOneTakes) {
  constexpr int kSources = 3;
  constexpr uint64_t kItems = 2000;
  Merger merger(0, 4000);
  uint64_t start = 0;
  for (int s = 0; s < kSources; ++s) merger.add_source(std::to_string(s), &start);
  merger.open();
  std::vector<std::jthread> pushers;
  for (int s = 0; s < kSources; ++s) {
    pushers.emplace_back([&merger, s] {
      for (uint64_t i = 0; i < kItems; ++i) {
        ASSERT_TRUE(push_item(merger, std::to_string(s),
                              rows_item(1 + i * kSources + static_cast<uint64_t>(s), 1, 1), {}));
      }
      ASSERT_TRUE(push_item(merger, std::to_string(s), fake_item(1 << 30), {}));
    });
  }
  for (uint64_t expected = 1; expected <= kItems * kSources; ++expected) {
    ASSERT_EQ(next_item(merger)->commit_ts(), expected);
  }
}

}  // namespace
}  // namespace tbl::drainer
