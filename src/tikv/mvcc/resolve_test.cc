#include "tikv/mvcc/test_store.h"

namespace tbl::tikv {
namespace {

using Resolve = MvccTest;

constexpr uint64_t ts(uint64_t ms) { return ms << 18; }

TEST_F(Resolve, StatusOfALiveTransaction) {
  db.prewrite(ts(10), {put("a", "1")});
  auto request = db.status_request("a", ts(10), ts(20));
  auto response = db.check_status(request);
  EXPECT_EQ(response.lock_ttl(), 3000u);
  EXPECT_EQ(response.action(), kvrpcpb::NoAction);
  EXPECT_EQ(response.lock_info().key(), "a");
  request.set_caller_start_ts(kMaxTs);
  EXPECT_EQ(db.check_status(request).action(), kvrpcpb::MinCommitTSPushed);
}

TEST_F(Resolve, StatusPushesALargeTransaction) {
  auto large = db.prewrite_request(ts(10), {put("a", "1")});
  large.set_min_commit_ts(ts(10) + 1);
  run(prewrite, db.store(), large);
  auto request = db.status_request("a", ts(10), ts(20));
  request.set_caller_start_ts(ts(30));
  auto response = db.check_status(request);
  EXPECT_EQ(response.action(), kvrpcpb::MinCommitTSPushed);
  EXPECT_EQ(response.lock_info().min_commit_ts(), ts(30) + 1);
  EXPECT_TRUE(db.commit(ts(10), ts(30), {"a"}).error().has_commit_ts_expired());
  request.set_caller_start_ts(ts(25));
  EXPECT_EQ(db.check_status(request).lock_info().min_commit_ts(), ts(30) + 1);
  EXPECT_FALSE(db.commit(ts(10), ts(30) + 1, {"a"}).has_error());
}

TEST_F(Resolve, StatusOfAnExpiredTransactionRollsItBack) {
  db.prewrite(ts(10), {put("a", "1")});
  const auto response = db.check_status(db.status_request("a", ts(10), ts(3011)));
  EXPECT_EQ(response.action(), kvrpcpb::TTLExpireRollback);
  EXPECT_EQ(response.lock_ttl(), 0u);
  EXPECT_TRUE(db.commit(ts(10), ts(4000), {"a"}).has_error());
}

TEST_F(Resolve, StatusOfTheFinished) {
  db.write(ts(10), ts(11), {put("a", "1")});
  EXPECT_EQ(db.check_status(db.status_request("a", ts(10), ts(99))).commit_version(), ts(11));
  db.write(ts(20), ts(21), {{kvrpcpb::Lock, "l", ""}});
  EXPECT_EQ(db.check_status(db.status_request("l", ts(20), ts(99))).commit_version(), ts(21));
  db.rollback(ts(30), {"a"});
  EXPECT_EQ(db.check_status(db.status_request("a", ts(30), ts(99))).SerializeAsString(), "");
}

TEST_F(Resolve, StatusOfTheUnknown) {
  auto request = db.status_request("a", ts(10), ts(99));
  auto response = db.check_status(request);
  EXPECT_EQ(response.error().txn_not_found().start_ts(), ts(10));
  EXPECT_EQ(response.error().txn_not_found().primary_key(), "a");
  request.set_rollback_if_not_exist(true);
  request.set_resolving_pessimistic_lock(true);
  EXPECT_EQ(db.check_status(request).action(), kvrpcpb::LockNotExistDoNothing);
  EXPECT_EQ(db.info("a").writes_size(), 0);
  request.set_resolving_pessimistic_lock(false);
  EXPECT_EQ(db.check_status(request).action(), kvrpcpb::LockNotExistRollback);
  EXPECT_EQ(db.check_status(request).SerializeAsString(), "");
  EXPECT_TRUE(db.prewrite(ts(10), {put("a", "1")}).errors(0).has_conflict());
}

TEST_F(Resolve, StatusVerifiesThePrimary) {
  db.prewrite(ts(10), {put("p", "1"), put("a", "1")});
  auto request = db.status_request("a", ts(10), ts(9999));
  request.set_verify_is_primary(true);
  const auto response = db.check_status(request);
  EXPECT_EQ(response.error().primary_mismatch().lock_info().primary_lock(), "p");
  EXPECT_TRUE(db.info("a").has_lock());
}

TEST_F(Resolve, HeartBeatOnlyProlongs) {
  db.prewrite(ts(10), {put("a", "1")});
  kvrpcpb::TxnHeartBeatRequest request;
  request.set_primary_lock("a");
  request.set_start_version(ts(10));
  request.set_advise_lock_ttl(9000);
  EXPECT_EQ(run(txn_heart_beat, db.store(), request).lock_ttl(), 9000u);
  request.set_advise_lock_ttl(5000);
  EXPECT_EQ(run(txn_heart_beat, db.store(), request).lock_ttl(), 9000u);
  EXPECT_EQ(db.info("a").lock().ttl(), 9000u);
  request.set_start_version(ts(11));
  EXPECT_EQ(run(txn_heart_beat, db.store(), request).error().txn_not_found().start_ts(), ts(11));
}

kvrpcpb::CheckSecondaryLocksResponse check_secondaries(TestStore& db, uint64_t start_ts,
                                                       const std::vector<std::string>& keys) {
  kvrpcpb::CheckSecondaryLocksRequest request;
  request.set_start_version(start_ts);
  for (const auto& key : keys) request.add_keys(key);
  return run(check_secondary_locks, db.store(), request);
}

TEST_F(Resolve, SecondaryLocks) {
  db.prewrite(10, {put("a", "1"), put("b", "2")});
  EXPECT_EQ(check_secondaries(db, 10, {"a", "b"}).locks_size(), 2);
  db.commit(10, 20, {"b"});
  auto response = check_secondaries(db, 10, {"a", "b"});
  EXPECT_EQ(response.locks_size(), 0);
  EXPECT_EQ(response.commit_ts(), 20u);
  response = check_secondaries(db, 30, {"c"});
  EXPECT_EQ(response.SerializeAsString(), "");
  EXPECT_TRUE(db.prewrite(30, {put("c", "x")}).errors(0).has_conflict());
}

TEST_F(Resolve, ResolvesGivenKeysOnly) {
  db.prewrite(10, {put("a", "1"), put("b", "2"), put("c", "3")});
  kvrpcpb::ResolveLockRequest request;
  request.set_start_version(10);
  request.set_commit_version(20);
  request.add_keys("a");
  request.add_keys("unlocked");
  run(resolve_lock, db.store(), request);
  EXPECT_EQ(db.get("a", 20).value(), "1");
  EXPECT_TRUE(db.info("b").has_lock());
}

TEST_F(Resolve, ResolvesAllLocksOfATransaction) {
  std::vector<TestMutation> mutations;
  for (int i = 0; i < 600; ++i) mutations.push_back(put("k" + std::to_string(i), "v"));
  db.prewrite(10, mutations);
  db.prewrite(11, {put("other", "v")});
  kvrpcpb::ResolveLockRequest request;
  request.set_start_version(10);
  request.set_commit_version(20);
  run(resolve_lock, db.store(), request);
  EXPECT_EQ(db.scan(db.scan_request("k", "l", 20)).pairs_size(), 600);
  EXPECT_TRUE(db.info("other").has_lock());
}

TEST_F(Resolve, ResolvesManyTransactionsAtOnce) {
  db.prewrite(10, {put("a", "1")});
  db.prewrite(11, {put("b", "2")});
  db.prewrite(12, {put("c", "3")});
  kvrpcpb::ResolveLockRequest request;
  auto* committed = request.add_txn_infos();
  committed->set_txn(10);
  committed->set_status(20);
  request.add_txn_infos()->set_txn(11);
  run(resolve_lock, db.store(), request);
  EXPECT_EQ(db.get("a", 30).value(), "1");
  EXPECT_TRUE(db.get("b", 30).not_found());
  EXPECT_EQ(db.info("b").writes(0).type(), kvrpcpb::Rollback);
  EXPECT_TRUE(db.info("c").has_lock());
}

TEST_F(Resolve, ScansLocks) {
  db.prewrite(10, {put("a", "1"), put("b", "1")});
  db.prewrite(20, {put("c", "1")});
  db.prewrite(30, {put("d", "1")});
  kvrpcpb::ScanLockRequest request;
  request.set_max_version(20);
  EXPECT_EQ(run(scan_lock, db.store(), request).locks_size(), 3);
  request.set_start_key("b");
  request.set_limit(1);
  auto response = run(scan_lock, db.store(), request);
  ASSERT_EQ(response.locks_size(), 1);
  EXPECT_EQ(response.locks(0).key(), "b");
  request.set_limit(10);
  request.set_end_key("c");
  EXPECT_EQ(run(scan_lock, db.store(), request).locks_size(), 1);
}

TEST_F(Resolve, MvccByStartTs) {
  db.write(10, 20, {put("x", "1")});
  db.prewrite(30, {put("m", "1"), put("n", "1")});
  kvrpcpb::MvccGetByStartTsRequest request;
  request.set_start_ts(10);
  auto response = run(mvcc_get_by_start_ts, db.store(), request);
  EXPECT_EQ(response.key(), "x");
  EXPECT_EQ(response.info().writes(0).commit_ts(), 20u);
  request.set_start_ts(30);
  response = run(mvcc_get_by_start_ts, db.store(), request);
  EXPECT_EQ(response.key(), "m");
  EXPECT_TRUE(response.info().has_lock());
  request.set_start_ts(31);
  EXPECT_EQ(run(mvcc_get_by_start_ts, db.store(), request).key(), "");
}

TEST_F(Resolve, UnknownKeysHaveEmptyInfo) {
  kvrpcpb::MvccGetByKeyRequest request;
  request.set_key("nothing");
  EXPECT_EQ(to_hex(run(mvcc_get_by_key, db.store(), request).SerializeAsString()), "1a00");
}

}  // namespace
}  // namespace tbl::tikv
