#include "tikv/mvcc/latches.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "tikv/mvcc/test_store.h"

namespace tbl::tikv {
namespace {

TEST(Latches, TwoKeysOfOneSlotAreNoDeadlock) {
  Latches latches(1);
  const auto guard = latches.acquire({Key("a"), Key("b"), Key("a")});
}

TEST(Latches, ExcludeEachOtherWhateverTheOrderOfKeys) {
  Latches latches(8);
  std::vector<int> counters(4, 0);
  const std::vector<std::string> names{"a", "b", "c", "d"};
  const auto work = [&](unsigned seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < 2000; ++i) {
      const size_t x = random() % 4;
      const size_t y = random() % 4;
      const auto guard = latches.acquire({Key(names[x]), Key(names[y])});
      ++counters[x];
      if (y != x) ++counters[y];
    }
  };
  // The same draws, counted by one thread.
  std::vector<int> expected(4, 0);
  for (unsigned seed = 0; seed < 4; ++seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < 2000; ++i) {
      const size_t x = random() % 4;
      const size_t y = random() % 4;
      ++expected[x];
      if (y != x) ++expected[y];
    }
  }
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) threads.emplace_back(work, seed);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(counters, expected);
}

// Transactions that add one to a shared counter: without latches two prewrites of one key could
// both find it free, and an increment would be lost.
TEST_F(MvccTest, ConcurrentTransactionsLoseNothing) {
  std::atomic<uint64_t> clock{1};
  std::atomic<int> committed{0};
  const auto work = [&] {
    for (int i = 0; i < 40; ++i) {
      const uint64_t start_ts = ++clock;
      const auto seen = db.get("counter", start_ts);
      if (seen.has_error()) continue;
      const int value = seen.not_found() ? 0 : std::stoi(seen.value());
      if (db.prewrite(start_ts, {put("counter", std::to_string(value + 1))}).errors_size() > 0) {
        continue;
      }
      if (!db.commit(start_ts, ++clock, {"counter"}).has_error()) ++committed;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  EXPECT_GT(committed, 0);
  EXPECT_EQ(db.get("counter", ++clock).value(), std::to_string(committed));
}

}  // namespace
}  // namespace tbl::tikv
