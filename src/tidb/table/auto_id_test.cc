#include "tidb/table/auto_id.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "tidb/catalog/meta.h"
#include "tidb/kv/mem_storage.h"
#include "tidb/kv/txn_meta_store.h"

namespace tbl::tidb {
namespace {

class AutoIdTest : public ::testing::Test {
 protected:
  int64_t stored(int64_t table) {
    auto txn = store_.begin().value();
    TxnMetaStore meta(*txn);
    return MetaReader(meta).auto_id(1, table).value();
  }
  AutoIdAllocator fresh(bool is_unsigned = false) { return {store_, 1, 45, is_unsigned}; }

  MemStorage storage_;
  KvStore store_{storage_, nullptr};
};

TEST_F(AutoIdTest, CountsFromOneInBatches) {
  auto ids = fresh();
  EXPECT_EQ(ids.take().value(), 1);
  EXPECT_EQ(ids.take().value(), 2);
  EXPECT_EQ(ids.take(10).value(), 3);
  EXPECT_EQ(ids.take().value(), 13);
  EXPECT_EQ(stored(45), 30000);
  EXPECT_EQ(ids.next().value(), 30001) << "what SHOW CREATE TABLE of TiDB shows";
}

TEST_F(AutoIdTest, ARestartLosesWhatIsLeftOfTheBatch) {
  auto ids = fresh();
  ASSERT_TRUE(ids.take().ok());
  auto after_restart = fresh();
  EXPECT_EQ(after_restart.take().value(), 30001);
  // The first one goes on with its own batch, then with what is free.
  EXPECT_EQ(ids.take(29999).value(), 2);
  EXPECT_EQ(ids.take().value(), 60001);
}

TEST_F(AutoIdTest, ALargeBatchIsContiguous) {
  auto ids = fresh();
  EXPECT_EQ(ids.take(100000).value(), 1);
  EXPECT_EQ(ids.take().value(), 100001);
}

TEST_F(AutoIdTest, IncrementAndOffset) {
  auto ids = fresh();
  const AutoIdStep step{10, 5};
  EXPECT_EQ(ids.take(1, step).value(), 5);
  EXPECT_EQ(ids.take(3, step).value(), 15);
  EXPECT_EQ(ids.take(1, step).value(), 45);
  EXPECT_EQ(ids.take().value(), 46);
  EXPECT_EQ(ids.take(1, step).value(), 55);
}

TEST_F(AutoIdTest, RebaseGoesUpOnly) {
  auto ids = fresh();
  ASSERT_TRUE(ids.rebase(100).ok());
  EXPECT_EQ(ids.take().value(), 101);
  ASSERT_TRUE(ids.rebase(50).ok());
  ASSERT_TRUE(ids.rebase(-7).ok());
  EXPECT_EQ(ids.take().value(), 102);
  ASSERT_TRUE(ids.rebase(1000000).ok());
  EXPECT_EQ(ids.take().value(), 1000001);
  EXPECT_GE(stored(45), 1000001);
}

TEST_F(AutoIdTest, TheEndOfTheRange) {
  auto ids = fresh();
  ASSERT_TRUE(ids.rebase(INT64_MAX - 1).ok());
  EXPECT_EQ(ids.take().value(), INT64_MAX);
  const Status status = ids.take().status();
  EXPECT_EQ(status.detail(), 1467);
  EXPECT_EQ(status.message(), "Failed to read auto-increment value from storage engine");
  AutoIdAllocator is_unsigned(store_, 1, 46, true);
  ASSERT_TRUE(is_unsigned.rebase(INT64_MAX).ok());
  EXPECT_EQ(static_cast<uint64_t>(is_unsigned.take().value()), 1ULL << 63);
  ASSERT_TRUE(is_unsigned.rebase(static_cast<int64_t>(UINT64_MAX)).ok());
  EXPECT_EQ(is_unsigned.take().status().detail(), 1467);
}

TEST_F(AutoIdTest, ThreadsNeverGetTheSameValue) {
  auto one = fresh();
  auto other = fresh();
  std::mutex mutex;
  std::set<int64_t> all;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const int64_t first = (t % 2 ? one : other).take(4000).value();
        std::lock_guard lock(mutex);
        EXPECT_TRUE(all.insert(first).second);
        const auto next = std::next(all.find(first));
        EXPECT_TRUE(next == all.end() || *next >= first + 4000);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(all.size(), 80U);
}

}  // namespace
}  // namespace tbl::tidb
