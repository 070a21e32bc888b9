#include "tikv/mvcc/log_sync.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <semaphore>
#include <thread>

#include "tikv/mvcc/unsynced.h"

namespace tbl::tikv {
namespace {

TEST(LogSync, WhoComesWhileASyncRunsWaitsForTheNextOne) {
  std::atomic<int> begun{0};
  std::binary_semaphore entered(0);
  std::binary_semaphore may_end(0);
  LogSync sync([&] {
    if (++begun == 1) {
      entered.release();
      may_end.acquire();
    }
    return ok_status();
  });
  auto first = std::async(std::launch::async, [&] { return sync.wait(); });
  entered.acquire();
  std::atomic<int> seen{0};
  auto second = std::async(std::launch::async, [&] {
    Status status = sync.wait();
    seen = begun.load();
    return status;
  });
  may_end.release();
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
  EXPECT_EQ(seen, 2);
}

TEST(LogSync, AFailureStays) {
  int calls = 0;
  LogSync sync([&] { return ++calls == 1 ? internal_error("disk") : ok_status(); });
  EXPECT_FALSE(sync.wait().ok());
  EXPECT_FALSE(sync.wait().ok());
  EXPECT_EQ(calls, 1);
}

TEST(Unsynced, KnowsKeysWhileTheyAreEntered) {
  Unsynced unsynced;
  const std::vector<Key> keys{Key("b"), Key("d"), Key("b")};
  {
    const Unsynced::Entry entry(unsynced, keys);
    EXPECT_TRUE(unsynced.contains(Key("b")));
    EXPECT_FALSE(unsynced.contains(Key("c")));
    EXPECT_TRUE(unsynced.contains_any(data_range("c", "e")));
    EXPECT_TRUE(unsynced.contains_any(data_range("", "")));
    EXPECT_FALSE(unsynced.contains_any(data_range("b1", "d")));
  }
  EXPECT_FALSE(unsynced.contains_any(data_range("", "")));
}

}  // namespace
}  // namespace tbl::tikv
