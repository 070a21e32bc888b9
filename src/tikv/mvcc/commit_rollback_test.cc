#include "tikv/mvcc/test_store.h"

namespace tbl::tikv {
namespace {

using CommitRollback = MvccTest;

constexpr uint64_t ts(uint64_t ms) { return ms << 18; }

TEST_F(CommitRollback, CommitIsIdempotentAndKeepsTheFirstTs) {
  db.write(10, 20, {put("a", "1")});
  EXPECT_FALSE(db.commit(10, 20, {"a"}).has_error());
  EXPECT_FALSE(db.commit(10, 25, {"a"}).has_error());
  const auto info = db.info("a");
  ASSERT_EQ(info.writes_size(), 1);
  EXPECT_EQ(info.writes(0).commit_ts(), 20u);
  EXPECT_FALSE(info.has_lock());
}

TEST_F(CommitRollback, CommitWithoutLockTellsOldAndNewClients) {
  const auto response = db.commit(10, 20, {"a"});
  EXPECT_NE(response.error().retryable(), "");
  EXPECT_EQ(response.error().txn_lock_not_found().key(), "a");
}

TEST_F(CommitRollback, CommitIsAllOrNothing) {
  ASSERT_EQ(db.prewrite(10, {put("a", "1")}).errors_size(), 0);
  EXPECT_TRUE(db.commit(10, 20, {"a", "b"}).has_error());
  EXPECT_TRUE(db.info("a").has_lock());
}

TEST_F(CommitRollback, CommitRespectsMinCommitTs) {
  auto request = db.prewrite_request(10, {put("a", "1")});
  request.set_min_commit_ts(50);
  run(prewrite, db.store(), request);
  const auto response = db.commit(10, 49, {"a"});
  const auto& expired = response.error().commit_ts_expired();
  EXPECT_EQ(expired.start_ts(), 10u);
  EXPECT_EQ(expired.attempted_commit_ts(), 49u);
  EXPECT_EQ(expired.key(), "a");
  EXPECT_EQ(expired.min_commit_ts(), 50u);
  EXPECT_FALSE(db.commit(10, 50, {"a"}).has_error());
}

TEST_F(CommitRollback, LockTypeRecordsCarryTheirCommitTs) {
  db.write(10, 20, {{kvrpcpb::Lock, "a", ""}});
  const auto info = db.info("a");
  ASSERT_EQ(info.writes_size(), 1);
  EXPECT_EQ(info.writes(0).type(), kvrpcpb::Lock);
  EXPECT_EQ(info.writes(0).start_ts(), 10u);
  EXPECT_EQ(info.writes(0).commit_ts(), 20u);
}

TEST_F(CommitRollback, RollbackLeavesARecord) {
  ASSERT_EQ(db.prewrite(10, {put("a", "1")}).errors_size(), 0);
  EXPECT_FALSE(db.rollback(10, {"a", "never"}).has_error());
  EXPECT_FALSE(db.rollback(10, {"a", "never"}).has_error());
  for (const std::string key : {"a", "never"}) {
    const auto info = db.info(key);
    EXPECT_FALSE(info.has_lock());
    ASSERT_EQ(info.writes_size(), 1);
    EXPECT_EQ(info.writes(0).type(), kvrpcpb::Rollback);
    EXPECT_EQ(info.writes(0).start_ts(), 10u);
    EXPECT_EQ(info.writes(0).commit_ts(), 10u);
  }
  EXPECT_TRUE(db.commit(10, 20, {"a"}).has_error());
}

TEST_F(CommitRollback, RollbackOfACommitIsRefused) {
  db.write(10, 20, {put("a", "1")});
  EXPECT_NE(db.rollback(10, {"a"}).error().abort().find("already committed @20"),
            std::string::npos);
  EXPECT_EQ(db.get("a", 30).value(), "1");
}

TEST_F(CommitRollback, RollbackLeavesLocksOfOthers) {
  ASSERT_EQ(db.prewrite(10, {put("a", "1")}).errors_size(), 0);
  EXPECT_FALSE(db.rollback(20, {"a"}).has_error());
  EXPECT_EQ(db.info("a").lock().start_ts(), 10u);
  EXPECT_FALSE(db.commit(10, 30, {"a"}).has_error());
}

kvrpcpb::CleanupResponse clean_up(TestStore& db, const std::string& key, uint64_t start_ts,
                                  uint64_t current_ts) {
  kvrpcpb::CleanupRequest request;
  request.set_key(key);
  request.set_start_version(start_ts);
  request.set_current_ts(current_ts);
  return run(cleanup, db.store(), request);
}

TEST_F(CommitRollback, CleanupRollsBackAtOnceWithoutCurrentTs) {
  ASSERT_EQ(db.prewrite(ts(10), {put("a", "1")}).errors_size(), 0);
  const auto response = clean_up(db, "a", ts(10), 0);
  EXPECT_EQ(response.SerializeAsString(), "");
  EXPECT_EQ(db.info("a").writes(0).type(), kvrpcpb::Rollback);
}

TEST_F(CommitRollback, CleanupSparesTheLiving) {
  ASSERT_EQ(db.prewrite(ts(10), {put("a", "1")}).errors_size(), 0);
  EXPECT_EQ(clean_up(db, "a", ts(10), ts(3010)).error().locked().lock_version(), ts(10));
  EXPECT_FALSE(clean_up(db, "a", ts(10), ts(3011)).has_error());
  EXPECT_FALSE(db.info("a").has_lock());
}

TEST_F(CommitRollback, CleanupTellsTheCommitTsAndMarksTheUnknown) {
  db.write(10, 20, {put("a", "1")});
  EXPECT_EQ(clean_up(db, "a", 10, 0).commit_version(), 20u);
  EXPECT_EQ(clean_up(db, "b", 10, 0).SerializeAsString(), "");
  EXPECT_TRUE(db.prewrite(10, {put("b", "x")}).errors(0).has_conflict());
}

TEST_F(CommitRollback, EverythingSurvivesAReopen) {
  db.write(10, 20, {put("a", std::string(1000, 'x'))});
  ASSERT_EQ(db.prewrite(30, {put("b", "2")}).errors_size(), 0);
  db.rollback(40, {"c"});
  db.reopen();
  EXPECT_EQ(db.get("a", 100).value(), std::string(1000, 'x'));
  EXPECT_EQ(db.info("b").lock().start_ts(), 30u);
  EXPECT_EQ(db.info("c").writes(0).type(), kvrpcpb::Rollback);
}

}  // namespace
}  // namespace tbl::tikv
