#include "tikv/mvcc/test_store.h"

namespace tbl::tikv {
namespace {

using Prewrite = MvccTest;

TEST_F(Prewrite, LocksAndIsIdempotent) {
  EXPECT_EQ(db.prewrite(10, {put("a", "1"), put("b", "2")}).errors_size(), 0);
  EXPECT_EQ(db.prewrite(10, {put("a", "1"), put("b", "2")}).errors_size(), 0);
  const auto lock = db.info("b").lock();
  EXPECT_EQ(lock.start_ts(), 10u);
  EXPECT_EQ(lock.primary(), "a");
  EXPECT_EQ(lock.short_value(), "2");
  EXPECT_EQ(lock.ttl(), 3000u);
}

TEST_F(Prewrite, DeclinesAsyncAndOnePhaseCommit) {
  auto request = db.prewrite_request(10, {put("a", "1")});
  request.set_use_async_commit(true);
  request.set_try_one_pc(true);
  const auto response = run(prewrite, db.store(), request);
  EXPECT_EQ(response.SerializeAsString(), "");
  EXPECT_FALSE(db.info("a").lock().use_async_commit());
}

TEST_F(Prewrite, ReportsEveryLockOfOthersAndWritesNothing) {
  auto request = db.prewrite_request(10, {put("a", "1"), put("b", "2")});
  request.set_txn_size(2);
  run(prewrite, db.store(), request);
  const auto response = db.prewrite(20, {put("0", "x"), put("a", "x"), put("b", "x")});
  ASSERT_EQ(response.errors_size(), 2);
  const auto& locked = response.errors(0).locked();
  EXPECT_EQ(locked.key(), "a");
  EXPECT_EQ(locked.primary_lock(), "a");
  EXPECT_EQ(locked.lock_version(), 10u);
  EXPECT_EQ(locked.lock_ttl(), 3000u);
  EXPECT_EQ(locked.txn_size(), 2u);
  EXPECT_EQ(response.errors(1).locked().key(), "b");
  EXPECT_FALSE(db.info("0").has_lock());
}

TEST_F(Prewrite, ConflictsWithNewerCommitsOfAnyType) {
  db.write(10, 20, {put("a", "1")});
  const auto response = db.prewrite(15, {put("p", "x"), put("a", "x")});
  ASSERT_EQ(response.errors_size(), 1);
  const auto& conflict = response.errors(0).conflict();
  EXPECT_EQ(conflict.start_ts(), 15u);
  EXPECT_EQ(conflict.conflict_ts(), 10u);
  EXPECT_EQ(conflict.conflict_commit_ts(), 20u);
  EXPECT_EQ(conflict.key(), "a");
  EXPECT_EQ(conflict.primary(), "p");
  EXPECT_FALSE(db.info("p").has_lock());

  db.write(30, 40, {{kvrpcpb::Lock, "b", ""}});
  EXPECT_TRUE(db.prewrite(35, {put("b", "x")}).errors(0).has_conflict());
  EXPECT_EQ(db.prewrite(41, {put("b", "x")}).errors_size(), 0);
}

TEST_F(Prewrite, SkipsTheConflictCheckWhenAsked) {
  db.write(10, 20, {put("a", "1")});
  auto request = db.prewrite_request(15, {put("a", "x")});
  request.set_skip_constraint_check(true);
  EXPECT_EQ(run(prewrite, db.store(), request).errors_size(), 0);
}

TEST_F(Prewrite, ConflictsWithItsOwnRollbackOnly) {
  db.rollback(30, {"a"});
  EXPECT_EQ(db.prewrite(20, {put("a", "x")}).errors_size(), 0);
  db.rollback(20, {"a"});
  const auto own = db.prewrite(30, {put("a", "x")});
  ASSERT_EQ(own.errors_size(), 1);
  EXPECT_EQ(own.errors(0).conflict().reason(), kvrpcpb::WriteConflict::SelfRolledBack);
  EXPECT_EQ(own.errors(0).conflict().conflict_ts(), 30u);
  EXPECT_EQ(own.errors(0).conflict().conflict_commit_ts(), 30u);
}

TEST_F(Prewrite, ConflictsWithItsOwnRollbackUnderAnothersCommit) {
  ASSERT_EQ(db.prewrite(10, {put("a", "1")}).errors_size(), 0);
  db.commit(10, 20, {"a"});
  db.rollback(20, {"a"});
  const auto info = db.info("a");
  ASSERT_EQ(info.writes_size(), 1);
  EXPECT_TRUE(info.writes(0).has_overlapped_rollback());
  EXPECT_EQ(info.writes(0).short_value(), "1");
  EXPECT_EQ(db.get("a", 20).value(), "1");
  EXPECT_EQ(db.prewrite(20, {put("a", "x")}).errors(0).conflict().reason(),
            kvrpcpb::WriteConflict::SelfRolledBack);
}

TEST_F(Prewrite, ACommitKeepsTheRollbackItStandsOn) {
  ASSERT_EQ(db.prewrite(10, {put("a", "1")}).errors_size(), 0);
  db.rollback(20, {"a"});
  ASSERT_FALSE(db.commit(10, 20, {"a"}).has_error());
  EXPECT_TRUE(db.info("a").writes(0).has_overlapped_rollback());
  EXPECT_TRUE(db.prewrite(20, {put("a", "x")}).errors(0).has_conflict());
  EXPECT_TRUE(db.commit(20, 30, {"a"}).has_error());
}

TEST_F(Prewrite, InsertAndCheckNotExistsWantNoValue) {
  db.write(10, 20, {put("a", "1")});
  for (const auto op : {kvrpcpb::Insert, kvrpcpb::CheckNotExists}) {
    const auto response = db.prewrite(30, {{op, "a", "x"}});
    ASSERT_EQ(response.errors_size(), 1);
    EXPECT_EQ(response.errors(0).already_exist().key(), "a");
  }
  db.write(30, 40, {del("a")});
  EXPECT_EQ(db.prewrite(50, {{kvrpcpb::CheckNotExists, "a", ""}}).errors_size(), 0);
  EXPECT_FALSE(db.info("a").has_lock());
  EXPECT_EQ(db.prewrite(50, {{kvrpcpb::Insert, "a", "x"}}).errors_size(), 0);
  EXPECT_EQ(db.info("a").lock().type(), kvrpcpb::Put);
}

TEST_F(Prewrite, ChecksAssertions) {
  db.write(10, 20, {put("a", "1")});
  auto request = db.prewrite_request(30, {put("a", "2")});
  request.mutable_mutations(0)->set_assertion(kvrpcpb::NotExist);
  request.set_assertion_level(kvrpcpb::Strict);
  const auto response = run(prewrite, db.store(), request);
  ASSERT_EQ(response.errors_size(), 1);
  const auto& failed = response.errors(0).assertion_failed();
  EXPECT_EQ(failed.start_ts(), 30u);
  EXPECT_EQ(failed.assertion(), kvrpcpb::NotExist);
  EXPECT_EQ(failed.existing_start_ts(), 10u);
  EXPECT_EQ(failed.existing_commit_ts(), 20u);
  request.set_assertion_level(kvrpcpb::Off);
  EXPECT_EQ(run(prewrite, db.store(), request).errors_size(), 0);
}

TEST_F(Prewrite, LongValuesStandApart) {
  const std::string longest_short(255, 's');
  const std::string shortest_long(256, 'l');
  ASSERT_EQ(db.prewrite(10, {put("a", longest_short), put("b", shortest_long)}).errors_size(), 0);
  EXPECT_EQ(db.info("a").values_size(), 0);
  const auto info = db.info("b");
  ASSERT_EQ(info.values_size(), 1);
  EXPECT_EQ(info.values(0).start_ts(), 10u);
  EXPECT_EQ(info.values(0).value(), shortest_long);
  EXPECT_EQ(info.lock().short_value(), "");
  db.rollback(10, {"b"});
  EXPECT_EQ(db.info("b").values_size(), 0);
  db.commit(10, 20, {"a"});
  EXPECT_EQ(db.get("a", 20).value(), longest_short);
}

}  // namespace
}  // namespace tbl::tikv
