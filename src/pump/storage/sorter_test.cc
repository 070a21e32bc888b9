#include "pump/storage/sorter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "pump/storage/storage_testing.h"

namespace tbl::pump {
namespace {

using testing::commit;
using ::testing::ElementsAre;
using testing::fake;
using ::testing::IsEmpty;
using testing::prewrite;
using testing::rollback;
using Kind = SorterEvent::Kind;

class SorterTest : public ::testing::Test {
 protected:
  void add(const LogItem& item) { sorter_.add(item, 0); }

  /// Commit ts of what was released since the last call.
  std::vector<uint64_t> released() {
    std::vector<uint64_t> found;
    for (const IndexEntry& entry : sorter_.take_released()) found.push_back(entry.commit_ts);
    return found;
  }
  std::vector<Kind> events() {
    std::vector<Kind> found;
    for (const SorterEvent& event : sorter_.take_events()) found.push_back(event.kind);
    return found;
  }

  Sorter sorter_;
};

TEST_F(SorterTest, CommitReleasesItself) {
  add(prewrite(10, {1, 5, 100}));
  add(commit(10, 20, {2, 3, 400}));
  const auto entries = sorter_.take_released();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0], (IndexEntry{20, 10, {1, 5, 100}, {2, 3, 400}, false}));
  EXPECT_EQ(sorter_.max_ts(), 20u);
  EXPECT_EQ(sorter_.unresolved(), 0u);
}

TEST_F(SorterTest, CommitsThatArriveOutOfOrderAreReleasedInOrder) {
  add(prewrite(10));
  add(prewrite(11));
  add(commit(10, 21));
  EXPECT_THAT(released(), IsEmpty());
  add(commit(11, 20));
  EXPECT_THAT(released(), ElementsAre(20, 21));
}

TEST_F(SorterTest, PrewriteWithGreaterStartTsDoesNotHoldUp) {
  add(prewrite(30));
  add(prewrite(10));
  add(commit(10, 20));
  EXPECT_THAT(released(), ElementsAre(20));
}

TEST_F(SorterTest, PrewriteBehindDoesNotHoldUp) {
  add(prewrite(10));
  add(commit(10, 20));
  add(prewrite(15));
  EXPECT_THAT(released(), ElementsAre(20));
  EXPECT_EQ(sorter_.max_ts(), 20u);
}

// Overlapping long transactions: each release goes on although there is always an open prewrite.
TEST_F(SorterTest, OverlappingLongTransactionsDoNotStarve) {
  add(prewrite(10));
  for (uint64_t ts = 20; ts < 1000; ts += 10) {
    add(prewrite(ts));
    add(commit(ts - 10, ts + 5));
    add(fake(ts + 6));
    add(prewrite(ts + 7));
    add(commit(ts + 7, ts + 8));
    if (ts == 20) continue;
    // Prewrite `ts` holds up ts + 5 and more; everything below its start is out.
    EXPECT_GE(sorter_.max_ts(), ts - 5) << ts;
  }
}

TEST_F(SorterTest, FakeReleases) {
  add(prewrite(10));
  add(prewrite(11));
  add(commit(11, 13));
  add(fake(20));
  EXPECT_EQ(sorter_.max_ts(), 0u);
  EXPECT_EQ(sorter_.newest_fake_ts(), 0u);
  add(commit(10, 30));
  EXPECT_THAT(released(), ElementsAre(13, 30));
  EXPECT_EQ(sorter_.newest_fake_ts(), 20u);
}

TEST_F(SorterTest, FakeBelowTheMaximumStillCounts) {
  add(prewrite(10));
  add(commit(10, 30));
  add(fake(20));
  EXPECT_EQ(sorter_.max_ts(), 30u);
  EXPECT_EQ(sorter_.newest_fake_ts(), 20u);
}

TEST_F(SorterTest, RollbackIsNoProof) {
  add(prewrite(10));
  add(rollback(10));
  add(fake(20));
  EXPECT_EQ(sorter_.max_ts(), 0u);
  EXPECT_THAT(sorter_.rolled_back(), ElementsAre(10));
  EXPECT_THAT(sorter_.blocking(5), ElementsAre(10));
  // TiKV says that it committed after all.
  add(commit(10, 15));
  EXPECT_THAT(released(), ElementsAre(15));
  EXPECT_EQ(sorter_.max_ts(), 20u);
  EXPECT_THAT(sorter_.rolled_back(), IsEmpty());
}

TEST_F(SorterTest, DroppedReleasesWhatIsBehind) {
  add(prewrite(10));
  add(prewrite(11));
  add(commit(11, 15));
  EXPECT_TRUE(sorter_.drop(10));
  EXPECT_THAT(released(), ElementsAre(15));
  EXPECT_FALSE(sorter_.drop(10));
  EXPECT_FALSE(sorter_.drop(11));
}

TEST_F(SorterTest, DroppedBeforeItReachesTheFront) {
  add(prewrite(10));
  add(fake(12));
  add(prewrite(13));
  EXPECT_TRUE(sorter_.drop(13));
  add(fake(20));
  EXPECT_TRUE(sorter_.drop(10));
  EXPECT_EQ(sorter_.max_ts(), 20u);
}

TEST_F(SorterTest, RollbackOfAnUnknownTransactionIsNothing) {
  add(rollback(10));
  add(fake(20));
  EXPECT_EQ(sorter_.max_ts(), 20u);
  EXPECT_THAT(events(), IsEmpty());
}

TEST_F(SorterTest, OriginalsRollbackIsTrusted) {
  sorter_.trust_rollbacks_below(15);
  add(prewrite(10));
  add(prewrite(15));
  add(rollback(10));
  add(rollback(15));
  EXPECT_EQ(sorter_.find(10), nullptr);
  EXPECT_THAT(sorter_.rolled_back(), ElementsAre(15));
}

// The table of cases: "P written twice here; second after C".
TEST_F(SorterTest, CasePrewriteTwice) {
  add(prewrite(10, {1, 1, 1}));
  add(prewrite(10, {1, 1, 2}));
  add(commit(10, 20));
  add(prewrite(10, {1, 1, 3}));
  add(fake(30));
  const auto entries = sorter_.take_released();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].prewrite.offset, 1u);
  EXPECT_EQ(sorter_.max_ts(), 30u);
  EXPECT_THAT(events(), ElementsAre(Kind::kDuplicate, Kind::kDuplicate));
}

// "P on A timed out, P and C on B": A asks TiKV, serves it too if c > U.
TEST_F(SorterTest, CaseRetriedPrewriteCommitsAboveTheMaximum) {
  add(fake(12));
  add(prewrite(10));
  add(commit(10, 15));
  EXPECT_THAT(released(), ElementsAre(15));
  EXPECT_THAT(events(), IsEmpty());
}

// ... "else drops".
TEST_F(SorterTest, CaseRetriedPrewriteCommitsBelowTheMaximum) {
  add(fake(20));
  add(prewrite(10));
  add(commit(10, 15));
  EXPECT_THAT(released(), IsEmpty());
  EXPECT_THAT(events(), ElementsAre(Kind::kLateCommit));
  EXPECT_EQ(sorter_.unresolved(), 0u);
  add(commit(10, 15));
  EXPECT_THAT(events(), ElementsAre(Kind::kDuplicate));
}

// "C repeated; C after TiKV said the same": equal c is ignored; different c: the first counts.
TEST_F(SorterTest, CaseCommitRepeated) {
  add(prewrite(5));
  add(prewrite(10));
  add(commit(10, 20));
  add(commit(10, 20));
  add(commit(10, 21));
  EXPECT_TRUE(sorter_.drop(5));
  EXPECT_THAT(released(), ElementsAre(20));
  add(commit(10, 20));
  add(commit(10, 22));
  EXPECT_THAT(events(), ElementsAre(Kind::kDuplicate, Kind::kCommitConflict, Kind::kDuplicate,
                                    Kind::kCommitConflict));
  EXPECT_THAT(released(), IsEmpty());
  EXPECT_EQ(sorter_.max_ts(), 20u);
}

// "C minutes late": TiKV's answer was written as a C, the late one is a repetition.
TEST_F(SorterTest, CaseCommitMinutesLate) {
  add(prewrite(10));
  add(fake(30));
  add(commit(10, 20));
  add(fake(40));
  add(commit(10, 20));
  EXPECT_THAT(released(), ElementsAre(20));
  EXPECT_THAT(events(), ElementsAre(Kind::kDuplicate));
}

// "C without P": not served, and does not raise U.
TEST_F(SorterTest, CaseCommitWithoutPrewrite) {
  add(commit(10, 20));
  EXPECT_EQ(sorter_.max_ts(), 0u);
  EXPECT_EQ(sorter_.queue_size(), 0u);
  EXPECT_THAT(events(), ElementsAre(Kind::kCommitWithoutP));
}

// "long prewrite": x > s waits for it; releases resume at once after.
TEST_F(SorterTest, CaseLongPrewrite) {
  add(prewrite(10));
  for (uint64_t ts = 20; ts < 2000; ts += 2) {
    add(prewrite(ts));
    add(commit(ts, ts + 1));
  }
  EXPECT_EQ(sorter_.max_ts(), 0u);
  EXPECT_EQ(sorter_.committed_waiting(), 990u);
  EXPECT_EQ(sorter_.front_ts(), 21u);
  add(commit(10, 5000));
  EXPECT_EQ(released().size(), 991u);
  EXPECT_EQ(sorter_.queue_size(), 0u);
}

TEST_F(SorterTest, CommitTsMustBeAboveStartTs) {
  add(prewrite(10));
  add(commit(10, 9));
  EXPECT_THAT(events(), ElementsAre(Kind::kCommitNotAfterStart));
  EXPECT_EQ(sorter_.unresolved(), 1u);
}

TEST_F(SorterTest, TwoTransactionsWithOneCommitTs) {
  add(prewrite(5));
  add(prewrite(10));
  add(prewrite(11));
  add(commit(10, 20));
  add(commit(11, 20));
  sorter_.drop(5);
  EXPECT_THAT(released(), ElementsAre(20));
  EXPECT_THAT(events(), ElementsAre(Kind::kCommitConflict));
}

TEST_F(SorterTest, UnknownTypesAreCommits) {
  add(prewrite(10));
  sorter_.add({{9, 10, 20, false}, {}}, 0);
  EXPECT_THAT(released(), ElementsAre(20));
}

TEST_F(SorterTest, StateSurvivesARoundTrip) {
  add(prewrite(10));
  add(prewrite(40));
  add(fake(50));
  add(prewrite(60));
  add(commit(40, 70));
  add(rollback(10));
  add(prewrite(80));
  sorter_.drop(80);
  Sorter copy(sorter_.state(), {}, 7);
  EXPECT_THAT(copy.rolled_back(), ElementsAre(10));
  EXPECT_THAT(copy.blocking(9), ElementsAre(10));
  EXPECT_EQ(copy.find(60)->arrived_ms, 7);
  copy.add(prewrite(80), 0);  // known as dropped
  EXPECT_EQ(copy.unresolved(), 2u);
  copy.drop(10);
  copy.drop(60);
  EXPECT_EQ(copy.max_ts(), 70u);
  EXPECT_EQ(copy.newest_fake_ts(), 50u);
}

TEST(FinishedSet, ForgetsAfterHalfAnHourAndAtItsLimit) {
  FinishedSet set;
  set.add_released(1, make_tso(1000, 1));
  set.add_released(2, make_tso(1000 + 30 * 60 * 1000, 0));
  EXPECT_EQ(set.find(1), make_tso(1000, 1));
  set.add_released(3, make_tso(1002 + 30 * 60 * 1000, 0));
  EXPECT_EQ(set.find(1), std::nullopt);
  EXPECT_TRUE(set.find(2));
  for (uint64_t i = 0; i < FinishedSet::kLimit; ++i) set.add_unreleased({100 + i, 0, 5});
  EXPECT_EQ(set.find(100), 0u);
  set.add_unreleased({99, 0, 5});
  EXPECT_EQ(set.find(100), std::nullopt);
  EXPECT_EQ(set.unreleased().size(), FinishedSet::kLimit);
}

}  // namespace
}  // namespace tbl::pump
