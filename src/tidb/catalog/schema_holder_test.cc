#include "tidb/catalog/schema_holder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "tidb/catalog/schema_builder.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

using namespace std::chrono_literals;

SchemaPtr version(int64_t number) {
  SchemaBuilder builder;
  builder.set_version(number);
  return builder.finish();
}

const std::vector<int64_t> kTable7{7};

TEST(SchemaHolder, CommitOfAChangedTableFails) {
  SchemaHolder holder;
  holder.reset(version(10));
  holder.enter_change().publish(version(11), {7, 8});
  EXPECT_EQ(holder.version(), 11);
  EXPECT_TRUE(holder.enter_commit(11, kTable7).ok());
  EXPECT_TRUE(holder.enter_commit(10, std::vector<int64_t>{9}).ok());
  auto refused = holder.enter_commit(10, kTable7);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().detail(), kErrInfoSchemaChanged);
  EXPECT_FALSE(holder.enter_commit(9, std::vector<int64_t>{9}).ok()) << "nobody knows";
}

TEST(SchemaHolder, OldChangesAreForgottenNotAllowed) {
  SchemaHolder holder;
  holder.reset(version(0));
  holder.enter_change().publish(version(1), {7});
  for (int64_t v = 2; v < 1200; ++v) holder.enter_change().publish(version(v), {1});
  EXPECT_FALSE(holder.enter_commit(0, kTable7).ok());
  EXPECT_TRUE(holder.enter_commit(1000, kTable7).ok());
}

TEST(SchemaHolder, ChangeWaitsForCommitsAndCommitsForTheChange) {
  SchemaHolder holder;
  auto first = holder.enter_commit(0, kTable7);
  ASSERT_TRUE(first.ok());
  std::atomic<bool> changed = false;
  std::promise<void> let_go;
  std::thread change([&] {
    auto pass = holder.enter_change();
    changed = true;
    let_go.get_future().wait();
    pass.publish(version(1), {});
  });
  EXPECT_FALSE(changed);
  first->release();
  while (!changed) std::this_thread::yield();
  auto second =
      std::async(std::launch::async, [&] { return holder.enter_commit(0, kTable7).ok(); });
  EXPECT_EQ(second.wait_for(20ms), std::future_status::timeout);
  let_go.set_value();
  EXPECT_TRUE(second.get());
  change.join();
}

TEST(SchemaHolder, NoCommitOverlapsAChange) {
  SchemaHolder holder;
  std::atomic<int> commits = 0;
  std::atomic<bool> overlap = false;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        auto pass = holder.enter_commit(holder.version(), {});
        if (!pass.ok()) continue;
        ++commits;
        std::this_thread::yield();
        --commits;
      }
    });
  }
  for (int64_t v = 1; v <= 100; ++v) {
    auto pass = holder.enter_change();
    overlap = overlap || commits != 0;
    pass.publish(version(v), {});
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(overlap);
  EXPECT_EQ(holder.version(), 100);
}

TEST(SchemaHolder, WaitsForANewVersion) {
  SchemaHolder holder;
  auto seen = std::async(std::launch::async, [&] { return holder.wait_for_change(0, 60000); });
  holder.enter_change().publish(version(5), {});
  EXPECT_EQ(seen.get(), 5);
  EXPECT_EQ(holder.wait_for_change(5, 1), 5);
}

}  // namespace
}  // namespace tbl::tidb
