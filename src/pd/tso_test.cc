#include "pd/tso.h"
#include "base/test_seed.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace tbl::pd {
namespace {

using std::chrono::milliseconds;

class FakeClock : public Clock {
 public:
  std::chrono::system_clock::time_point now() override {
    return std::chrono::system_clock::time_point(milliseconds(ms));
  }
  std::chrono::steady_clock::time_point steady_now() override { return {}; }
  std::atomic<int64_t> ms{1'000'000};
};

class FakeStorage : public TsoStorage {
 public:
  Result<int64_t> load() override { return bound_ns; }
  Status save(int64_t unix_ns) override {
    if (broken) return unavailable("etcd is away");
    ++saves;
    bound_ns = unix_ns;
    return ok_status();
  }
  int64_t bound_ns = 0;
  int saves = 0;
  bool broken = false;
};

uint64_t to_ts(const Timestamp& ts) {
  return make_tso(ts.physical_ms, static_cast<uint64_t>(ts.logical));
}

class Tso : public ::testing::Test {
 protected:
  std::unique_ptr<TsoAllocator> start() {
    auto allocator = std::make_unique<TsoAllocator>(clock, storage, milliseconds(3000));
    EXPECT_TRUE(allocator->initialize().ok());
    return allocator;
  }
  FakeClock clock;
  FakeStorage storage;
};

TEST_F(Tso, GivesTheHighestOfABatch) {
  const auto tso = start();
  EXPECT_EQ(to_ts(*tso->allocate(1)), make_tso(1'000'000, 1));
  EXPECT_EQ(to_ts(*tso->allocate(5)), make_tso(1'000'000, 6));
  EXPECT_EQ(to_ts(*tso->allocate(10)), make_tso(1'000'000, 16));
}

TEST_F(Tso, SavesABoundAheadBeforeItServes) {
  const auto tso = start();
  EXPECT_EQ(storage.bound_ns, 1'003'000 * int64_t{1'000'000});
  clock.ms = 1'002'000;
  EXPECT_TRUE(tso->update().ok());
  EXPECT_EQ(storage.saves, 1);
  clock.ms = 1'002'999;
  EXPECT_TRUE(tso->update().ok());
  EXPECT_EQ(storage.saves, 2);
  EXPECT_EQ(storage.bound_ns, 1'005'999 * int64_t{1'000'000});
}

TEST_F(Tso, FollowsTheClock) {
  const auto tso = start();
  tso->allocate(7);
  clock.ms += 1;
  EXPECT_TRUE(tso->update().ok());
  EXPECT_EQ(to_ts(*tso->allocate(1)), make_tso(1'000'000, 8)) << "one millisecond is too little";
  clock.ms += 1;
  EXPECT_TRUE(tso->update().ok());
  EXPECT_EQ(to_ts(*tso->allocate(1)), make_tso(1'000'002, 1));
}

TEST_F(Tso, ABatchMustFitIntoOneMillisecond) {
  const auto tso = start();
  EXPECT_EQ(tso->allocate(262143)->logical, 262143);
  EXPECT_FALSE(tso->allocate(1));
  EXPECT_TRUE(tso->update().ok());
  EXPECT_EQ(to_ts(*tso->allocate(1)), make_tso(1'000'001, 1));
  EXPECT_FALSE(tso->allocate(262144));
  EXPECT_FALSE(tso->allocate(UINT32_MAX));
}

TEST_F(Tso, MovesOnWhenTheClockStandsAndTheCounterIsHalfUsed) {
  const auto tso = start();
  tso->allocate(131073);
  EXPECT_TRUE(tso->update().ok());
  EXPECT_EQ(to_ts(*tso->allocate(1)), make_tso(1'000'001, 1));
}

TEST_F(Tso, NeverGoesBackWithTheClock) {
  const auto tso = start();
  const uint64_t before = to_ts(*tso->allocate(1));
  clock.ms -= 24LL * 3600 * 1000;
  EXPECT_TRUE(tso->update().ok());
  EXPECT_GT(to_ts(*tso->allocate(1)), before);
}

TEST_F(Tso, ARestartBeginsAboveTheBound) {
  const auto first = start();
  clock.ms += 2000;
  EXPECT_TRUE(first->update().ok());
  const uint64_t before = to_ts(*first->allocate(100));
  clock.ms -= 24LL * 3600 * 1000;
  const auto second = start();
  const auto after = *second->allocate(1);
  EXPECT_GT(to_ts(after), before);
  EXPECT_EQ(after.physical_ms, 1'003'001);
}

TEST_F(Tso, ARestartWithTheClockAheadBeginsAtTheClock) {
  storage.bound_ns = 999'000 * int64_t{1'000'000};
  EXPECT_EQ(start()->allocate(1)->physical_ms, 1'000'000);
}

TEST_F(Tso, StandsStillBelowTheBoundWhileItCannotBeSaved) {
  const auto tso = start();
  storage.broken = true;
  clock.ms += 2000;
  EXPECT_TRUE(tso->update().ok());
  clock.ms += 60'000;
  EXPECT_FALSE(tso->update().ok());
  EXPECT_EQ(tso->allocate(1)->physical_ms, 1'002'000);
  TsoAllocator other(clock, storage, milliseconds(3000));
  EXPECT_EQ(other.initialize().code(), StatusCode::kUnavailable);
  storage.broken = false;
  EXPECT_TRUE(tso->update().ok());
  EXPECT_EQ(tso->allocate(1)->physical_ms, 1'062'000);
}

// Every timestamp is above all earlier ones, whatever the clock does, whenever the process or the
// storage dies.
TEST_F(Tso, RisesThroughAnything) {
  const unsigned seed = test_seed();
  std::mt19937 random(seed);
  auto tso = start();
  uint64_t last = 0;
  for (int i = 0; i < 20'000; ++i) {
    switch (random() % 8) {
      case 0:
        clock.ms += static_cast<int64_t>(random() % 5000);
        break;
      case 1:
        clock.ms -= static_cast<int64_t>(random() % 100'000);
        break;
      case 2:
        storage.broken = random() % 3 == 0;
        break;
      case 3:
        if (random() % 10 == 0) {
          storage.broken = false;
          tso = start();
        }
        break;
      case 4:
        (void)tso->update();
        break;
      default: {
        const uint32_t count = 1 + random() % 50'000;
        const auto ts = tso->allocate(count);
        if (!ts) break;
        ASSERT_GT(to_ts(*ts) - count + 1, last);
        last = to_ts(*ts);
        ASSERT_LT(ts->physical_ms * 1'000'000, storage.bound_ns);
      }
    }
  }
  EXPECT_GT(last, 0u);
}

TEST_F(Tso, ThreadsNeverGetTheSame) {
  const auto tso = start();
  std::vector<std::vector<uint64_t>> got(4);
  std::vector<std::thread> threads;
  for (auto& mine : got) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) mine.push_back(to_ts(*tso->allocate(2)));
    });
  }
  for (int i = 0; i < 50; ++i) {
    clock.ms += 2;
    EXPECT_TRUE(tso->update().ok());
  }
  for (auto& thread : threads) thread.join();
  std::vector<uint64_t> all;
  for (const auto& mine : got) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(all.end(), mine.begin(), mine.end());
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(
      std::adjacent_find(all.begin(), all.end(), [](uint64_t a, uint64_t b) { return b - a < 2; }),
      all.end());
}

}  // namespace
}  // namespace tbl::pd
