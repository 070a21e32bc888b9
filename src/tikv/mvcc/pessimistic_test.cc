#include "tikv/mvcc/test_store.h"

namespace tbl::tikv {
namespace {

class Pessimistic : public MvccTest {
 protected:
  kvrpcpb::PessimisticLockRequest request(uint64_t start_ts, uint64_t for_update_ts,
                                          const std::vector<std::string>& keys) {
    kvrpcpb::PessimisticLockRequest out;
    out.set_start_version(start_ts);
    out.set_for_update_ts(for_update_ts);
    out.set_lock_ttl(3000);
    out.set_primary_lock(keys[0]);
    for (const auto& key : keys) {
      auto* mutation = out.add_mutations();
      mutation->set_op(kvrpcpb::PessimisticLock);
      mutation->set_key(key);
    }
    return out;
  }
  kvrpcpb::PessimisticLockResponse lock(uint64_t start_ts, uint64_t for_update_ts,
                                        const std::vector<std::string>& keys) {
    return run(pessimistic_lock, db.store(), request(start_ts, for_update_ts, keys));
  }
  kvrpcpb::PrewriteResponse prewrite(uint64_t start_ts, const std::string& key,
                                     kvrpcpb::PrewriteRequest::PessimisticAction action) {
    auto out = db.prewrite_request(start_ts, {put(key, "v")});
    out.set_for_update_ts(start_ts + 1);
    out.add_pessimistic_actions(action);
    return run(tikv::prewrite, db.store(), out);
  }
  void unlock(uint64_t start_ts, uint64_t for_update_ts, const std::string& key) {
    kvrpcpb::PessimisticRollbackRequest out;
    out.set_start_version(start_ts);
    out.set_for_update_ts(for_update_ts);
    out.add_keys(key);
    EXPECT_EQ(run(pessimistic_rollback, db.store(), out).errors_size(), 0);
  }
};

using Action = kvrpcpb::PrewriteRequest;

TEST_F(Pessimistic, LocksDoNotBlockReadersButWriters) {
  db.write(1, 2, {put("a", "old")});
  EXPECT_EQ(lock(10, 10, {"a"}).errors_size(), 0);
  EXPECT_EQ(lock(10, 12, {"a"}).errors_size(), 0);
  EXPECT_EQ(db.info("a").lock().for_update_ts(), 12u);
  EXPECT_EQ(db.get("a", 20).value(), "old");
  const auto other = lock(11, 11, {"a"});
  ASSERT_EQ(other.errors_size(), 1);
  EXPECT_EQ(other.errors(0).locked().lock_type(), kvrpcpb::PessimisticLock);
  EXPECT_EQ(other.errors(0).locked().lock_for_update_ts(), 12u);
  EXPECT_TRUE(db.prewrite(11, {put("a", "x")}).errors(0).has_locked());
}

TEST_F(Pessimistic, ConflictsWithNewerCommitsOnly) {
  db.write(10, 20, {put("a", "1")});
  const auto response = lock(5, 15, {"a"});
  ASSERT_EQ(response.errors_size(), 1);
  EXPECT_EQ(response.errors(0).conflict().reason(), kvrpcpb::WriteConflict::PessimisticRetry);
  EXPECT_EQ(response.errors(0).conflict().conflict_commit_ts(), 20u);
  db.rollback(21, {"a"});
  EXPECT_EQ(lock(5, 20, {"a"}).errors_size(), 0);
}

TEST_F(Pessimistic, IsRefusedAfterItsOwnEnd) {
  db.rollback(10, {"a"});
  EXPECT_EQ(lock(10, 30, {"a"}).errors(0).conflict().reason(),
            kvrpcpb::WriteConflict::SelfRolledBack);
  db.write(40, 50, {put("b", "1")});
  EXPECT_NE(lock(40, 60, {"b"}).errors(0).abort(), "");
}

TEST_F(Pessimistic, ReturnsValues) {
  db.write(1, 2, {put("a", "1")});
  auto wanted = request(10, 10, {"a", "b"});
  wanted.set_return_values(true);
  const auto response = run(pessimistic_lock, db.store(), wanted);
  ASSERT_EQ(response.values_size(), 2);
  EXPECT_EQ(response.values(0), "1");
  EXPECT_FALSE(response.not_founds(0));
  EXPECT_TRUE(response.not_founds(1));
  wanted = request(20, 20, {"c"});
  wanted.set_lock_only_if_exists(true);
  wanted.set_return_values(true);
  EXPECT_TRUE(run(pessimistic_lock, db.store(), wanted).not_founds(0));
  EXPECT_FALSE(db.info("c").has_lock());
}

TEST_F(Pessimistic, PrewriteTurnsTheLockIntoAWrite) {
  lock(10, 11, {"a"});
  EXPECT_EQ(prewrite(10, "a", Action::DO_PESSIMISTIC_CHECK).errors_size(), 0);
  EXPECT_EQ(db.info("a").lock().type(), kvrpcpb::Put);
  EXPECT_EQ(prewrite(10, "a", Action::DO_PESSIMISTIC_CHECK).errors_size(), 0);
  EXPECT_FALSE(db.commit(10, 20, {"a"}).has_error());
  EXPECT_EQ(db.get("a", 20).value(), "v");
}

TEST_F(Pessimistic, PrewriteOfALostLock) {
  EXPECT_EQ(prewrite(10, "amended", Action::DO_PESSIMISTIC_CHECK).errors_size(), 0);
  db.write(11, 12, {put("changed", "1")});
  EXPECT_NE(prewrite(10, "changed", Action::DO_PESSIMISTIC_CHECK).errors(0).abort(), "");
  lock(20, 20, {"taken"});
  EXPECT_NE(prewrite(10, "taken", Action::DO_PESSIMISTIC_CHECK).errors(0).abort(), "");
  EXPECT_TRUE(prewrite(10, "taken", Action::SKIP_PESSIMISTIC_CHECK).errors(0).has_locked());
}

TEST_F(Pessimistic, UnlockedKeysCheckAsMuchAsTheyAreAsked) {
  db.write(11, 12, {put("a", "1")});
  EXPECT_TRUE(prewrite(10, "a", Action::DO_CONSTRAINT_CHECK).errors(0).has_conflict());
  EXPECT_EQ(prewrite(10, "a", Action::SKIP_PESSIMISTIC_CHECK).errors_size(), 0);
}

TEST_F(Pessimistic, RollbackLeavesNoRecord) {
  lock(10, 12, {"a"});
  unlock(10, 11, "a");
  EXPECT_TRUE(db.info("a").has_lock());
  unlock(10, 12, "a");
  EXPECT_EQ(db.info("a").SerializeAsString(), "");
}

TEST_F(Pessimistic, CommitsAsLock) {
  lock(10, 10, {"a"});
  EXPECT_FALSE(db.commit(10, 20, {"a"}).has_error());
  EXPECT_EQ(db.info("a").writes(0).type(), kvrpcpb::Lock);
}

TEST_F(Pessimistic, ExpiryWithoutRollback) {
  lock(10, 10, {"a"});
  auto status = db.status_request("a", 10, uint64_t{9999} << 18);
  status.set_resolving_pessimistic_lock(true);
  EXPECT_EQ(db.check_status(status).action(), kvrpcpb::TTLExpirePessimisticRollback);
  EXPECT_EQ(db.info("a").SerializeAsString(), "");
}

}  // namespace
}  // namespace tbl::tikv
