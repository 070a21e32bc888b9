#include "tikv/mvcc/test_store.h"

namespace tbl::tikv {
namespace {

using Read = MvccTest;

std::string keys_of(const kvrpcpb::ScanResponse& response) {
  std::string out;
  for (const auto& pair : response.pairs()) {
    out += pair.key();
    out += pair.has_error() ? "!" : "=" + pair.value();
    out += " ";
  }
  return out;
}

TEST_F(Read, SeesTheNewestVersionBelowItsTs) {
  db.write(10, 20, {put("a", "1")});
  db.write(30, 40, {put("a", "2")});
  db.write(50, 60, {del("a")});
  EXPECT_TRUE(db.get("a", 19).not_found());
  EXPECT_EQ(db.get("a", 20).value(), "1");
  EXPECT_EQ(db.get("a", 39).value(), "1");
  EXPECT_EQ(db.get("a", 59).value(), "2");
  EXPECT_TRUE(db.get("a", 60).not_found());
  EXPECT_TRUE(db.get("b", 60).not_found());
}

TEST_F(Read, LooksThroughLockAndRollbackRecords) {
  db.write(10, 20, {put("a", "1")});
  db.write(30, 40, {{kvrpcpb::Lock, "a", ""}});
  db.rollback(50, {"a"});
  EXPECT_EQ(db.get("a", 60).value(), "1");
  EXPECT_EQ(keys_of(db.scan(db.scan_request("", "", 60))), "a=1 ");
}

TEST_F(Read, TellsTheCommitTsWhenAsked) {
  db.write(10, 20, {put("a", "1")});
  kvrpcpb::GetRequest request;
  request.set_key("a");
  request.set_version(30);
  request.set_need_commit_ts(true);
  EXPECT_EQ(run(get, db.store(), request).commit_ts(), 20u);
}

TEST_F(Read, IsBlockedByPutsAndDeletesAtOrBelowItsTs) {
  ASSERT_EQ(db.prewrite(10, {put("a", "1"), del("b"), {kvrpcpb::Lock, "c", ""}}).errors_size(), 0);
  EXPECT_TRUE(db.get("a", 9).not_found());
  EXPECT_EQ(db.get("a", 10).error().locked().lock_version(), 10u);
  EXPECT_EQ(db.get("b", 10).error().locked().lock_type(), kvrpcpb::Del);
  EXPECT_TRUE(db.get("c", 10).not_found());
}

TEST_F(Read, AtTheEndOfTimePassesThePrimary) {
  db.write(1, 2, {put("a", "old")});
  ASSERT_EQ(db.prewrite(10, {put("a", "1"), put("b", "2")}).errors_size(), 0);
  EXPECT_EQ(db.get("a", kMaxTs).value(), "old");
  EXPECT_TRUE(db.get("b", kMaxTs).has_error());
}

TEST_F(Read, PassesWhatItsContextResolved) {
  db.write(1, 2, {put("a", "old")});
  ASSERT_EQ(db.prewrite(10, {put("p", "0"), put("a", "new")}).errors_size(), 0);
  kvrpcpb::GetRequest request;
  request.set_key("a");
  request.set_version(20);
  request.mutable_context()->add_resolved_locks(10);
  EXPECT_EQ(run(get, db.store(), request).value(), "old");
  request.mutable_context()->clear_resolved_locks();
  request.mutable_context()->add_committed_locks(10);
  EXPECT_EQ(run(get, db.store(), request).value(), "new");
  request.mutable_context()->clear_committed_locks();
  request.mutable_context()->set_isolation_level(kvrpcpb::RC);
  EXPECT_EQ(run(get, db.store(), request).value(), "old");
}

TEST_F(Read, PassesLargeTransactionsThatPromisedToCommitLater) {
  auto request = db.prewrite_request(10, {put("a", "1")});
  request.set_min_commit_ts(30);
  run(prewrite, db.store(), request);
  EXPECT_TRUE(db.get("a", 29).not_found());
  EXPECT_TRUE(db.get("a", 30).has_error());
}

TEST_F(Read, BatchGetAnswersWhatIsThere) {
  db.write(10, 20, {put("a", "1"), put("c", "3")});
  ASSERT_EQ(db.prewrite(30, {put("c", "x")}).errors_size(), 0);
  kvrpcpb::BatchGetRequest request;
  request.set_version(40);
  for (const char* key : {"a", "b", "c"}) request.add_keys(key);
  const auto response = run(batch_get, db.store(), request);
  ASSERT_EQ(response.pairs_size(), 2);
  EXPECT_EQ(response.pairs(0).value(), "1");
  EXPECT_EQ(response.pairs(1).key(), "c");
  EXPECT_EQ(response.pairs(1).error().locked().lock_version(), 30u);
}

TEST_F(Read, ScansBothWays) {
  db.write(10, 20, {put("a", "1"), put("b", "2"), put("c", "3"), put("d", "4")});
  db.write(30, 40, {del("b"), put("c", "5")});
  auto request = db.scan_request("a", "d", 35);
  EXPECT_EQ(keys_of(db.scan(request)), "a=1 b=2 c=3 ");
  request.set_version(40);
  EXPECT_EQ(keys_of(db.scan(request)), "a=1 c=5 ");
  auto back = db.scan_request("d", "a", 40);
  back.set_reverse(true);
  EXPECT_EQ(keys_of(db.scan(back)), "c=5 a=1 ");
  back = db.scan_request("", "", 40);
  back.set_reverse(true);
  EXPECT_EQ(keys_of(db.scan(back)), "d=4 c=5 a=1 ");
  back.set_limit(2);
  back.set_key_only(true);
  EXPECT_EQ(keys_of(db.scan(back)), "d= c= ");
}

TEST_F(Read, ScanReportsLocksInTheirPlace) {
  db.write(10, 20, {put("b", "2")});
  ASSERT_EQ(db.prewrite(30, {put("a", "x"), put("b", "x"), put("e", "x")}).errors_size(), 0);
  db.write(30, 40, {put("c", "3")});
  auto request = db.scan_request("", "", 50);
  const auto response = db.scan(request);
  EXPECT_EQ(keys_of(response), "a! b! c=3 e! ");
  EXPECT_EQ(response.pairs(1).error().locked().key(), "b");
  request.set_limit(2);
  EXPECT_EQ(keys_of(db.scan(request)), "a! b! ");
  request.set_version(29);
  EXPECT_EQ(keys_of(db.scan(request)), "b=2 ");
  request.set_version(50);
  request.set_reverse(true);
  EXPECT_EQ(keys_of(db.scan(request)), "e! c=3 ");
}

TEST_F(Read, ScanStepsOverManyVersions) {
  for (uint64_t i = 1; i <= 50; ++i) db.write(i * 10, i * 10 + 5, {put("k", std::to_string(i))});
  db.write(600, 605, {put("z", "last")});
  auto request = db.scan_request("", "", 700);
  EXPECT_EQ(keys_of(db.scan(request)), "k=50 z=last ");
  request.set_version(26);
  EXPECT_EQ(keys_of(db.scan(request)), "k=2 ");
  request.set_reverse(true);
  EXPECT_EQ(keys_of(db.scan(request)), "k=2 ");
  request.set_version(700);
  EXPECT_EQ(keys_of(db.scan(request)), "z=last k=50 ");
}

}  // namespace
}  // namespace tbl::tikv
