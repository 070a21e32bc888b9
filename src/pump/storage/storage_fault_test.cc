// One fault at every call to the disk, of every kind; and bits flipped in what was synced. What was
// acknowledged is served once, in order, or what the disk destroyed is named.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <random>

#include "base/crc32c.h"
#include "base/sim_env.h"
#include "base/test_seed.h"
#include "pump/storage/storage.h"
#include "pump/storage/storage_testing.h"

namespace tbl::pump {
namespace {

using testing::commit_and_wait;
using testing::drop_and_wait;
using testing::make_client_commit;
using testing::make_prewrite;
using testing::served_ts;
using testing::test_steps;
using testing::write_and_wait;

constexpr uint64_t kTransactions = 12;

/// A small life of a pump on a disk: transactions, GC, a clean stop.
class Life {
 public:
  explicit Life(SimEnv& disk) : disk_(disk) {}

  /// A start that fails is tried again, as systemd does.
  bool start() {
    StorageOptions options;
    options.dir = "data";
    options.env = &disk_;
    options.segment_bytes = 300;
    options.snapshot_log_bytes = 200;
    for (int tries = 0; tries < 3 && storage_ == nullptr; ++tries) {
      auto opened = Storage::open(options);
      if (opened.ok()) storage_ = std::move(*opened);
    }
    return storage_ != nullptr;
  }

  void write_transactions() {
    for (uint64_t i = 0; i < kTransactions; ++i) {
      const uint64_t start_ts = 100 + 10 * i;
      const std::string key = "k" + std::to_string(start_ts);
      // TiDB tries a prewrite again; its commit record it sends once, and pump asks TiKV.
      bool known = write(make_prewrite(start_ts, key, std::string(40, 'v')));
      if (!known) known = write(make_prewrite(start_ts, key, std::string(40, 'v')));
      if (!known) continue;
      (void)write(make_client_commit(start_ts, start_ts + 5, key));
      acknowledged_.push_back(start_ts + 5);
    }
    settle();
  }

  /// What the resolver does: outcomes that did not reach the log come from TiKV.
  void settle() {
    const uint64_t end = 100 + 10 * kTransactions;
    for (int tries = 0; tries < 100; ++tries) {
      (void)write(make_fake(end + static_cast<uint64_t>(tries)));
      (void)storage_->wait_published(end - 1, {}, std::chrono::milliseconds(20));
      if (storage_->max_commit_ts() >= end) return;
      for (const uint64_t start_ts : storage_->stats().blocking) decide(start_ts);
    }
  }

  void stop() { storage_.reset(); }
  void lose_power(uint64_t seed) {
    disk_.lose_power_at(1);
    storage_.reset();
    disk_.crash(seed);
  }
  Storage& storage() { return *storage_; }
  const std::vector<uint64_t>& acknowledged() const { return acknowledged_; }

 private:
  bool write(BinlogRecord record) { return write_and_wait(*storage_, std::move(record)).ok(); }

  void decide(uint64_t start_ts) {
    const bool committed =
        std::find(acknowledged_.begin(), acknowledged_.end(), start_ts + 5) != acknowledged_.end();
    (void)(committed ? commit_and_wait(*storage_, start_ts, start_ts + 5)
                     : drop_and_wait(*storage_, start_ts));
  }

  SimEnv& disk_;
  std::unique_ptr<Storage> storage_;
  std::vector<uint64_t> acknowledged_;
};

struct FaultKind {
  SimOp op;
  int error;
  uint64_t kept_bytes;  ///< of a write
};

class StorageFaultTest : public ::testing::TestWithParam<FaultKind> {};

TEST_P(StorageFaultTest, AtEveryCall) {
  const FaultKind& kind = GetParam();
  const uint64_t seed = test_seed();
  constexpr uint64_t kCalls = 90;  // from the start through several segments
  for (uint64_t nth = 1; nth <= kCalls; ++nth) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed << " call " << nth);
    SimEnv disk;
    disk.fail(kind.op, nth, kind.error, kind.kept_bytes);
    Life life(disk);
    ASSERT_TRUE(life.start());
    life.write_transactions();
    ASSERT_EQ(served_ts(life.storage()), life.acknowledged());
    ASSERT_GE(life.acknowledged().size(), kTransactions - 1);
    life.lose_power(seed + nth);
    ASSERT_TRUE(life.start());
    life.settle();
    ASSERT_EQ(served_ts(life.storage()), life.acknowledged()) << "after a loss of power";
    ASSERT_EQ(life.storage().corruption(), "");
    life.stop();
    ASSERT_TRUE(life.start());
    ASSERT_EQ(served_ts(life.storage()), life.acknowledged()) << "after a stop";
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, StorageFaultTest,
    ::testing::Values(FaultKind{SimOp::kCreate, ENOSPC, 0}, FaultKind{SimOp::kCreate, EIO, 0},
                      FaultKind{SimOp::kWrite, ENOSPC, 0}, FaultKind{SimOp::kWrite, EIO, 0},
                      FaultKind{SimOp::kWrite, ENOSPC, 7}, FaultKind{SimOp::kWrite, EIO, 30},
                      FaultKind{SimOp::kSync, EIO, 0}, FaultKind{SimOp::kSync, ENOSPC, 0},
                      FaultKind{SimOp::kTruncate, EIO, 0}, FaultKind{SimOp::kRename, EIO, 0},
                      FaultKind{SimOp::kRename, ENOSPC, 0}, FaultKind{SimOp::kRemove, EIO, 0},
                      FaultKind{SimOp::kSyncDir, EIO, 0}));

/// What a cursor gives until its end or its first error.
struct Walk {
  std::vector<uint64_t> commits;
  Status error;
};

Walk walk(const Storage& storage) {
  Walk out;
  const auto cursor = storage.feed(0);
  while (true) {
    auto message = cursor->next();
    if (!message.ok()) {
      out.error = message.status();
      return out;
    }
    if (*message == nullptr) return out;
    const auto bytes = (*message)->read_all();
    if (!bytes.ok()) {
      out.error = bytes.status();
      return out;
    }
    if (!(*message)->is_fake()) out.commits.push_back((*message)->commit_ts());
  }
}

// Everything is served; or the walk ends before the destroyed transaction with an error that names
// it; or the start said what is damaged.
TEST(StorageBitFlips, AreNeverSilent) {
  const uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  int named = 0;
  const uint64_t runs = test_steps(400'000) / 1000;
  for (uint64_t run = 0; run < runs; ++run) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed << " run " << run);
    SimEnv disk;
    Life life(disk);
    ASSERT_TRUE(life.start());
    life.write_transactions();
    life.stop();
    const auto names = *disk.list("data/value");
    const std::string path = "data/value/" + names[random() % names.size()];
    const uint64_t bits = disk.read_file(path)->size() * 8;
    ASSERT_TRUE(disk.flip_bit(path, random() % bits));
    if (!life.start()) continue;  // refuses, with an error
    const Walk served = walk(life.storage());
    const auto& all = life.acknowledged();
    ASSERT_LE(served.commits.size(), all.size());
    ASSERT_TRUE(std::equal(served.commits.begin(), served.commits.end(), all.begin()));
    if (served.commits.size() == all.size()) continue;
    ++named;
    if (!life.storage().corruption().empty()) continue;
    ASSERT_EQ(served.error.code(), StatusCode::kDataLoss);
    const std::string next = std::to_string(all[served.commits.size()]);
    EXPECT_THAT(served.error.message(), ::testing::HasSubstr("commit ts " + next + ": segment "));
  }
  EXPECT_GT(named, 0);
}

/// A payload that is not in memory; reading fails from some offset on.
class SlowPayload final : public LargePayload {
 public:
  SlowPayload(std::string bytes, uint64_t fails_at)
      : bytes_(std::move(bytes)), fails_at_(fails_at), crc_(crc32c(bytes_)) {}
  uint64_t size() const override { return bytes_.size(); }
  uint32_t crc() const override { return crc_; }
  Status read(uint64_t offset, size_t n, char* buffer) const override {
    if (offset + n > fails_at_) return unknown_error("spill: read failed");
    bytes_.copy(buffer, n, offset);
    return ok_status();
  }

 private:
  const std::string bytes_;
  const uint64_t fails_at_;
  const uint32_t crc_;
};

BinlogRecord large_prewrite(uint64_t start_ts, uint64_t fails_at) {
  BinlogRecord record = make_prewrite(start_ts, "k", std::string(3'000'017, 'x'));
  record.large = std::make_shared<SlowPayload>(std::exchange(record.payload, {}), fails_at);
  return record;
}

TEST(StorageLargePayload, IsWrittenInPiecesOrNotAtAll) {
  SimEnv disk;
  StorageOptions options;
  options.dir = "data";
  options.env = &disk;
  auto storage = std::move(*Storage::open(options));
  EXPECT_THAT(write_and_wait(*storage, large_prewrite(10, 2'000'000)).message(),
              ::testing::HasSubstr("spill: read failed"));
  ASSERT_TRUE(write_and_wait(*storage, large_prewrite(20, UINT64_MAX)).ok());
  disk.fail(SimOp::kWrite, 3, ENOSPC, 5);
  EXPECT_FALSE(write_and_wait(*storage, large_prewrite(30, UINT64_MAX)).ok());
  ASSERT_TRUE(write_and_wait(*storage, make_client_commit(20, 25, "k")).ok());
  ASSERT_TRUE(storage->wait_published(24, {}, std::chrono::seconds(60)));
  for (const char* when : {"now", "after a start"}) {
    SCOPED_TRACE(when);
    const auto served = testing::serve(*storage->feed(0));
    ASSERT_EQ(served.size(), 1u);
    EXPECT_EQ(served[0].commit_ts, 25u);
    EXPECT_NE(served[0].bytes.find(std::string(3'000'017, 'x')), std::string::npos);
    storage.reset();
    storage = std::move(*Storage::open(options));
    EXPECT_EQ(storage->corruption(), "");
    EXPECT_EQ(storage->stats().unresolved, 0u);
  }
}

}  // namespace
}  // namespace tbl::pump
