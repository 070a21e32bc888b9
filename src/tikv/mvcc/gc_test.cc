#include "tikv/mvcc/test_store.h"

namespace tbl::tikv {
namespace {

using Gc = MvccTest;

void collect(TestStore& db, uint64_t safe_point) {
  kvrpcpb::GCRequest request;
  request.set_safe_point(safe_point);
  run(gc, db.store(), request);
}

TEST_F(Gc, KeepsWhatReadersAtTheSafePointSee) {
  db.write(10, 20, {put("a", std::string(300, '1'))});
  db.write(30, 40, {put("a", std::string(300, '2'))});
  db.write(50, 60, {put("a", "3")});
  collect(db, 45);
  EXPECT_TRUE(db.get("a", 20).not_found());
  EXPECT_EQ(db.get("a", 45).value(), std::string(300, '2'));
  EXPECT_EQ(db.get("a", 60).value(), "3");
  EXPECT_EQ(db.info("a").values_size(), 1);
}

TEST_F(Gc, RemovesDeletedKeysAndOldRecords) {
  db.write(10, 20, {put("a", "1"), put("b", "1")});
  db.write(30, 40, {del("a"), {kvrpcpb::Lock, "b", ""}});
  db.rollback(41, {"b"});
  db.rollback(70, {"b"});
  collect(db, 50);
  EXPECT_EQ(db.info("a").writes_size(), 0);
  const auto b = db.info("b");
  ASSERT_EQ(b.writes_size(), 2);
  EXPECT_EQ(b.writes(0).commit_ts(), 70u);
  EXPECT_EQ(b.writes(1).commit_ts(), 20u);
}

TEST_F(Gc, LeavesLocksAlone) {
  db.prewrite(10, {put("a", std::string(300, 'x'))});
  collect(db, 50);
  EXPECT_FALSE(db.commit(10, 60, {"a"}).has_error());
  EXPECT_EQ(db.get("a", 60).value().size(), 300u);
}

TEST_F(Gc, DestroyRangeRemovesEverythingInside) {
  db.write(10, 20, {put("a", "1"), put("b", std::string(300, 'x')), put("c", "1")});
  db.prewrite(30, {put("b", "2")});
  kvrpcpb::UnsafeDestroyRangeRequest request;
  request.set_start_key("b");
  request.set_end_key("c");
  run(unsafe_destroy_range, db.store(), request);
  EXPECT_EQ(db.info("b").SerializeAsString(), "");
  EXPECT_EQ(db.scan(db.scan_request("", "", 50)).pairs_size(), 2);
}

TEST_F(Gc, DeleteRangeIsTheSameUnlessItOnlyNotifies) {
  db.write(10, 20, {put("a", "1")});
  kvrpcpb::DeleteRangeRequest request;
  request.set_start_key("a");
  request.set_end_key("b");
  request.set_notify_only(true);
  run(delete_range, db.store(), request);
  EXPECT_EQ(db.get("a", 50).value(), "1");
  request.set_notify_only(false);
  run(delete_range, db.store(), request);
  EXPECT_TRUE(db.get("a", 50).not_found());
}

}  // namespace
}  // namespace tbl::tikv
