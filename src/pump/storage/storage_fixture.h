// The fixture of the tests that use a whole Storage.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/sim_env.h"
#include "pump/storage/storage_testing.h"

namespace tbl::pump::testing {

/// For conditions that come at once, unless the code is wrong.
constexpr auto kLong = std::chrono::seconds(60);

/// A storage on a simulated disk, driven step by step.
class StorageTest : public ::testing::Test {
 protected:
  void open() {
    StorageOptions options;
    options.dir = "data";
    options.env = &env_;
    options.segment_bytes = segment_bytes_;
    options.snapshot_log_bytes = snapshot_log_bytes_;
    options.ask_after = std::chrono::milliseconds(0);
    auto opened = Storage::open(options);
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    storage_ = std::move(*opened);
  }

  /// The process is killed and the machine loses power: nothing of a clean stop happens.
  void crash(uint64_t seed = 1) {
    env_.lose_power_at(1);
    storage_.reset();
    env_.crash(seed);
    open();
  }

  void prewrite(uint64_t start_ts) {
    ASSERT_TRUE(write_and_wait(*storage_, make_prewrite(start_ts, key(start_ts), "v")).ok());
  }
  void commit(uint64_t start_ts, uint64_t commit_ts) {
    ASSERT_TRUE(
        write_and_wait(*storage_, make_client_commit(start_ts, commit_ts, key(start_ts))).ok());
  }
  void rollback(uint64_t start_ts) {
    ASSERT_TRUE(write_and_wait(*storage_, make_rollback(start_ts)).ok());
  }
  void fake(uint64_t ts) { ASSERT_TRUE(write_and_wait(*storage_, make_fake(ts)).ok()); }
  void committed(uint64_t start_ts, uint64_t commit_ts) {
    ASSERT_TRUE(commit_and_wait(*storage_, start_ts, commit_ts).ok());
  }
  void wait_for(uint64_t ts) { ASSERT_TRUE(storage_->wait_published(ts - 1, {}, kLong)) << ts; }
  /// A fake with the ts, which has to come through.
  void flush(uint64_t ts) {
    fake(ts);
    wait_for(ts);
  }
  /// Until the sorter has seen what was written.
  template <typename Condition>
  void wait_until(Condition condition) {
    for (int i = 0; i < 60'000 && !condition(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ASSERT_TRUE(condition());
  }
  static std::string key(uint64_t start_ts) { return "key" + std::to_string(start_ts); }
  std::vector<uint64_t> served(uint64_t after_ts = 0) { return served_ts(*storage_, after_ts); }

  SimEnv env_;
  uint64_t segment_bytes_ = 1 << 20;
  uint64_t snapshot_log_bytes_ = 64 << 20;
  std::unique_ptr<Storage> storage_;
};

}  // namespace tbl::pump::testing
