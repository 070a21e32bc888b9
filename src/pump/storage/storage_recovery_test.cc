// Each line of the table of crashes, the cases that need a restart, and GC.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "pump/storage/segment_format.h"
#include "pump/storage/storage.h"
#include "pump/storage/storage_fixture.h"

namespace tbl::pump {
namespace {

using testing::drop_and_wait;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make_prewrite;
using testing::serve;
using testing::write_and_wait;

class StorageRecovery : public testing::StorageTest {
 protected:
  /// A clean stop and start: the snapshot is now.
  void take_snapshot() {
    ASSERT_TRUE(storage_->close().ok());
    storage_.reset();
    open();
  }
  std::vector<std::string> files(const std::string& dir) { return *env_.list("data/" + dir); }
};

// Why a snapshot holds the unresolved: replay from the last release on would never see P2, release
// the fake, and lose P2's commit.
TEST_F(StorageRecovery, UnresolvedPrewriteBeforeTheLastReleaseIsRemembered) {
  open();
  prewrite(30);
  prewrite(10);
  commit(10, 20);
  wait_for(20);
  take_snapshot();
  crash();
  fake(50);
  commit(30, 40);
  wait_for(50);
  EXPECT_THAT(served(), ElementsAre(20, 40));
  EXPECT_EQ(storage_->stats().counters.late_commits, 0u);
}

TEST_F(StorageRecovery, CrashBetweenWriteAndSync) {
  int present = 0;
  constexpr int kRuns = 60;
  open();
  for (uint64_t seed = 0; seed < kRuns; ++seed) {
    SCOPED_TRACE(seed);
    const uint64_t base = 100 * seed;
    prewrite(base + 5);
    env_.lose_power_at(2);  // the write, then the sync
    EXPECT_FALSE(write_and_wait(*storage_, make_prewrite(base + 10, key(base + 10), "v")).ok());
    crash(seed);
    EXPECT_EQ(storage_->corruption(), "");
    present += storage_->stats().unresolved == 2;
    prewrite(base + 10);  // the client tries again
    commit(base + 10, base + 20);
    commit(base + 5, base + 19);
    wait_for(base + 20);
    EXPECT_THAT(served(base), ElementsAre(base + 19, base + 20));
  }
  EXPECT_GT(present, 0);
  EXPECT_LT(present, kRuns);
}

// The disk refuses to save a group, then to cut it off. The next start reads it all the same, from
// memory: what it makes of it has to be on the disk before the power goes.
TEST_F(StorageRecovery, WhatAFailedSyncLeftIsSavedBeforeItCounts) {
  open();
  for (uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    const uint64_t base = 100 * seed;
    prewrite(base + 5);
    env_.fail(SimOp::kSync, 1, EIO);
    env_.fail(SimOp::kTruncate, 1, EIO);
    EXPECT_FALSE(write_and_wait(*storage_, make_prewrite(base + 10, key(base + 10), "v")).ok());
    storage_.reset();
    open();
    EXPECT_EQ(storage_->stats().unresolved, 2U) << "the test's premise";
    commit(base + 10, base + 20);
    commit(base + 5, base + 19);
    crash(seed);
    EXPECT_EQ(storage_->corruption(), "");
    wait_for(base + 20);
    EXPECT_THAT(served(base), ElementsAre(base + 19, base + 20));
  }
}

TEST_F(StorageRecovery, CrashBetweenSyncAndAnswer) {
  open();
  prewrite(10);
  crash();
  prewrite(10);  // the client never saw an answer
  commit(10, 20);
  wait_for(20);
  EXPECT_THAT(served(), ElementsAre(20));
  EXPECT_EQ(storage_->stats().counters.duplicates, 1u);
}

TEST_F(StorageRecovery, CrashBetweenReleaseAndSnapshot) {
  open();
  for (uint64_t ts = 10; ts < 1000; ts += 2) {  // several index blocks
    prewrite(ts);
    commit(ts, ts + 1);
  }
  wait_for(999);
  const auto before = served();
  ASSERT_EQ(before.size(), 495u);
  crash();
  EXPECT_EQ(storage_->max_commit_ts(), 999u);
  EXPECT_EQ(served(), before);
}

TEST_F(StorageRecovery, CrashBetweenSnapshotsTempFileAndRename) {
  open();
  prewrite(10);
  commit(10, 20);
  wait_for(20);
  take_snapshot();
  prewrite(30);
  commit(30, 40);
  flush(50);
  env_.fail(SimOp::kRename, 1, EIO);
  EXPECT_FALSE(storage_->close().ok());
  crash();
  EXPECT_EQ(storage_->max_commit_ts(), 50u);
  EXPECT_THAT(served(), ElementsAre(20, 40));
}

TEST_F(StorageRecovery, DamagedSnapshotIsRebuiltFromTheLog) {
  open();
  for (uint64_t ts = 10; ts < 400; ts += 2) {
    prewrite(ts);
    commit(ts, ts + 1);
  }
  wait_for(399);
  const auto before = served();
  for (const char* file : {"data/sorter.snap", "data/index/000000.idx"}) {
    ASSERT_TRUE(storage_->close().ok());
    storage_.reset();
    ASSERT_TRUE(env_.flip_bit(file, 8 * 70)) << file;
    open();
    EXPECT_EQ(served(), before);
    EXPECT_EQ(storage_->max_commit_ts(), 399u);
  }
}

TEST_F(StorageRecovery, VerdictDroppedSurvives) {
  open();
  prewrite(10);
  prewrite(11);
  fake(20);
  ASSERT_TRUE(drop_and_wait(*storage_, 10).ok());
  ASSERT_TRUE(drop_and_wait(*storage_, 11).ok());
  wait_for(20);
  crash(1);  // replay reads dropped.log
  EXPECT_EQ(storage_->max_commit_ts(), 20u);
  EXPECT_EQ(*env_.read_file("data/dropped.log"), "");
  crash(2);  // now a snapshot has it
  EXPECT_EQ(storage_->max_commit_ts(), 20u);
  prewrite(10);
  flush(30);
  EXPECT_EQ(storage_->stats().unresolved, 0u) << "a repeated prewrite of a dropped transaction";
}

TEST_F(StorageRecovery, OpenQuestionAboutARollbackSurvives) {
  open();
  prewrite(10);
  rollback(10);
  for (uint64_t round = 0; round < 3; ++round) {
    crash(round);
    ASSERT_EQ(storage_->questions(5).size(), 1u);
    EXPECT_EQ(storage_->questions(5)[0].why, AskWhy::kRollback);
    EXPECT_EQ(storage_->stats().unresolved, 1u);
  }
  committed(10, 15);
  wait_for(15);
  EXPECT_THAT(served(), ElementsAre(15));
}

TEST_F(StorageRecovery, UncleanStopBeginsANewSegment) {
  open();
  prewrite(10);
  crash(1);
  prewrite(11);
  EXPECT_THAT(files("value"), ElementsAre("000000.vlog", "000001.vlog"));
  const std::string first = *env_.read_file("data/value/000000.vlog");
  EXPECT_EQ(parse_footer(first), 10u);
  take_snapshot();
  prewrite(12);
  EXPECT_THAT(files("value"), ElementsAre("000000.vlog", "000001.vlog"));
}

TEST_F(StorageRecovery, CorruptionIsNamedAndTheRestServed) {
  open();
  prewrite(10);
  commit(10, 20);
  ASSERT_TRUE(write_and_wait(*storage_, make_prewrite(30, "k", std::string(5 << 20, 'x'))).ok());
  commit(30, 40);
  wait_for(40);
  env_.lose_power_at(1);
  storage_.reset();
  env_.crash(1);
  ASSERT_TRUE(env_.flip_bit("data/value/000000.vlog", 8 * 30));  // of the first P
  open();
  EXPECT_THAT(
      storage_->corruption(),
      HasSubstr("segment 000000.vlog bytes 0 to 36: checksum mismatch, between ts 0 and 20"));
  EXPECT_EQ(storage_->stats().counters.corrupt_ranges, 1u);
  EXPECT_EQ(storage_->stats().counters.commits_without_p, 1u);
  EXPECT_THAT(served(), ElementsAre(40));
}

TEST_F(StorageRecovery, GcRefusesWhatIsNotSafe) {
  open();
  flush(100);
  EXPECT_EQ(storage_->gc(100).code(), StatusCode::kFailedPrecondition);
  EXPECT_TRUE(storage_->gc(50).ok());
  EXPECT_EQ(storage_->gc_ts(), 50u);
  EXPECT_EQ(storage_->gc(50).code(), StatusCode::kFailedPrecondition);
  crash();
  EXPECT_EQ(storage_->gc_ts(), 50u);
}

TEST_F(StorageRecovery, GcKeepsWhatIsStillNeeded) {
  segment_bytes_ = 100;
  open();
  prewrite(10);  // long transaction: its P stands in an old segment
  prewrite(11);  // unresolved for ever
  for (uint64_t ts = 20; ts < 60; ts += 2) {
    prewrite(ts);
    commit(ts, ts + 1);
  }
  ASSERT_TRUE(drop_and_wait(*storage_, 11).ok());
  commit(10, 1000);
  prewrite(12);  // its P is younger than the gc target in the log, but older in ts
  for (uint64_t ts = 1100; ts < 1160; ts += 2) {
    prewrite(ts);
    commit(ts, ts + 1);
  }
  fake(2000);
  wait_until([&] { return storage_->stats().front_ts != 0; });
  const auto cursor = storage_->feed(0);
  ASSERT_TRUE(cursor->next().ok());
  const size_t segments = files("value").size();
  ASSERT_TRUE(storage_->gc(500).ok());
  EXPECT_LT(files("value").size(), segments);
  EXPECT_THAT(files("value"), ::testing::Contains("000000.vlog")) << "P of the long transaction";
  const auto after_gc = served(500);
  ASSERT_THAT(after_gc, ElementsAre(1000));
  for (uint64_t seed = 0; seed < 3; ++seed) {
    crash(seed);
    EXPECT_EQ(served(500), after_gc);
    EXPECT_EQ(storage_->corruption(), "");
  }
  ASSERT_TRUE(drop_and_wait(*storage_, 12).ok());
  wait_for(2000);
  EXPECT_EQ(served(500).size(), 31u);
}

TEST_F(StorageRecovery, CrashAtEveryStepOfGc) {
  segment_bytes_ = 100;
  open();
  for (uint64_t step = 1; step < 60; ++step) {
    SCOPED_TRACE(step);
    const uint64_t base = step * 1000;
    for (uint64_t ts = base; ts < base + 40; ts += 2) {
      prewrite(ts);
      commit(ts, ts + 1);
    }
    flush(base + 100);
    env_.lose_power_at(step);
    const bool done = storage_->gc(base + 20).ok();
    crash(step);
    EXPECT_TRUE(storage_->gc_ts() <= base + 20);
    ASSERT_TRUE(!done || storage_->gc_ts() == base + 20);
    EXPECT_EQ(served(base + 20).size(), 10u);
    EXPECT_EQ(storage_->corruption(), "");
    // What GC left behind goes at the next start, or with the next GC.
    EXPECT_LT(storage_->stats().log_segments, 60u);
  }
}

TEST_F(StorageRecovery, FeedKeepsReadingARemovedSegment) {
  segment_bytes_ = 100;
  open();
  ASSERT_TRUE(write_and_wait(*storage_, make_prewrite(10, "k", std::string(3 << 20, 'x'))).ok());
  commit(10, 20);
  flush(500);
  const auto cursor = storage_->feed(0);
  const auto message = cursor->next();
  ASSERT_TRUE(message.ok());
  ASSERT_TRUE(storage_->gc(400).ok());
  EXPECT_THAT(files("value"), ::testing::Not(::testing::Contains("000000.vlog")));
  EXPECT_EQ((*message)->read_all()->size(), (*message)->size());
}

}  // namespace
}  // namespace tbl::pump
