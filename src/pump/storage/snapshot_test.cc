#include "pump/storage/snapshot.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <random>

#include "base/sim_env.h"
#include "base/test_seed.h"
#include "pump/storage/dropped_log.h"

namespace tbl::pump {
namespace {

Snapshot make_snapshot(std::mt19937_64& random) {
  const auto place = [&] {
    return Place{static_cast<uint32_t>(random()), static_cast<uint32_t>(random()), random() >> 8};
  };
  Snapshot made;
  made.position = {static_cast<uint32_t>(random()), random()};
  made.segment_max_ts = random();
  made.gc_ts = random();
  made.index_end.blocks = random();
  for (uint64_t n = random() % 90; n > 0; --n) {
    made.index_end.tail.push_back({random(), random(), place(), place(), n % 2 == 0});
  }
  for (uint64_t n = random() % 5; n > 0; --n) made.highest_pointing[random() % 1000] = random();
  made.sorter.max_ts = random();
  made.sorter.newest_fake_ts = random();
  for (uint64_t n = random() % 50; n > 0; --n) {
    Txn txn;
    txn.commit_ts = n % 2 * random();
    txn.prewrite = place();
    txn.commit = place();
    txn.ddl = n % 3 == 0;
    txn.passed = n % 5 == 0;
    txn.rollback_seen = n % 7 == 0;
    made.sorter.txns.emplace_back(random(), txn);
  }
  for (uint64_t n = random() % 50; n > 0; --n) {
    made.sorter.queue.push_back({random(), static_cast<QueueItem::Kind>(n % 3)});
  }
  for (uint64_t n = random() % 50; n > 0; --n) {
    made.sorter.unreleased.push_back({random(), random(), random()});
  }
  return made;
}

TEST(Snapshot, RoundTrip) {
  const uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  for (int i = 0; i < 50; ++i) {
    const Snapshot made = make_snapshot(random);
    const auto read = decode_snapshot(encode_snapshot(made));
    ASSERT_TRUE(read.ok()) << read.status().message();
    EXPECT_EQ(read->position, made.position);
    EXPECT_EQ(read->segment_max_ts, made.segment_max_ts);
    EXPECT_EQ(read->gc_ts, made.gc_ts);
    EXPECT_EQ(read->index_end.blocks, made.index_end.blocks);
    EXPECT_EQ(read->index_end.tail, made.index_end.tail);
    EXPECT_EQ(read->highest_pointing, made.highest_pointing);
    EXPECT_EQ(read->sorter.max_ts, made.sorter.max_ts);
    EXPECT_EQ(read->sorter.newest_fake_ts, made.sorter.newest_fake_ts);
    EXPECT_EQ(read->sorter.queue, made.sorter.queue);
    EXPECT_EQ(read->sorter.unreleased, made.sorter.unreleased);
    ASSERT_EQ(read->sorter.txns.size(), made.sorter.txns.size());
    for (size_t n = 0; n < made.sorter.txns.size(); ++n) {
      const auto& [start_ts, txn] = read->sorter.txns[n];
      const auto& [made_start_ts, made_txn] = made.sorter.txns[n];
      EXPECT_EQ(start_ts, made_start_ts);
      EXPECT_EQ(txn.commit_ts, made_txn.commit_ts);
      EXPECT_EQ(txn.prewrite, made_txn.prewrite);
      EXPECT_EQ(txn.commit, made_txn.commit);
      EXPECT_EQ(txn.ddl, made_txn.ddl);
      EXPECT_EQ(txn.passed, made_txn.passed);
      EXPECT_EQ(txn.rollback_seen, made_txn.rollback_seen);
    }
  }
}

TEST(Snapshot, DamageIsFound) {
  std::mt19937_64 random(1);
  const std::string bytes = encode_snapshot(make_snapshot(random));
  for (size_t i = 0; i < bytes.size(); i += 3) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    ASSERT_EQ(decode_snapshot(damaged).status().code(), StatusCode::kDataLoss) << i;
    ASSERT_EQ(decode_snapshot(Bytes(bytes).substr(0, i)).status().code(), StatusCode::kDataLoss);
  }
}

TEST(DroppedLog, KeepsWhatWasAppended) {
  SimEnv env;
  {
    DroppedLog log(env, "d/dropped.log");
    ASSERT_TRUE(env.create_dirs("d").ok());
    EXPECT_TRUE(log.read()->empty());
    ASSERT_TRUE(log.append({5, 7}).ok());
    ASSERT_TRUE(log.append({6}).ok());
  }
  env.crash(1);
  DroppedLog log(env, "d/dropped.log");
  EXPECT_EQ(*log.read(), (std::vector<uint64_t>{5, 7, 6}));
  ASSERT_TRUE(log.clear().ok());
  EXPECT_TRUE(log.read()->empty());
  ASSERT_TRUE(log.append({9}).ok());
  EXPECT_EQ(*DroppedLog(env, "d/dropped.log").read(), (std::vector<uint64_t>{9}));
}

TEST(DroppedLog, FailedAppendLeavesNoTrace) {
  for (const SimOp op : {SimOp::kWrite, SimOp::kSync}) {
    SimEnv env;
    ASSERT_TRUE(env.create_dirs("d").ok());
    DroppedLog log(env, "d/dropped.log");
    ASSERT_TRUE(log.append({5}).ok());
    env.fail(op, 1, EIO, 7);
    EXPECT_FALSE(log.append({6}).ok());
    ASSERT_TRUE(log.append({7}).ok());
    env.crash(3);
    EXPECT_EQ(*DroppedLog(env, "d/dropped.log").read(), (std::vector<uint64_t>{5, 7}));
  }
}

TEST(DroppedLog, DamagedRecordEndsIt) {
  std::string bytes = encode_dropped({1, 2, 3});
  EXPECT_EQ(decode_dropped(bytes), (std::vector<uint64_t>{1, 2, 3}));
  bytes[13] = 'x';
  EXPECT_EQ(decode_dropped(bytes), (std::vector<uint64_t>{1}));
  EXPECT_EQ(decode_dropped(Bytes(bytes).substr(0, 11)), (std::vector<uint64_t>{}));
}

}  // namespace
}  // namespace tbl::pump
