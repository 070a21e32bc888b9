#include "tidb/kv/transaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/binlog_view.h"
#include "codec/keys.h"
#include "codec/prewrite_value.h"
#include "tidb/catalog/schema_holder.h"
#include "tidb/kv/kv_error.h"
#include "tidb/kv/kv_store.h"
#include "tidb/kv/list_binlog.h"
#include "tidb/kv/mem_storage.h"

namespace tbl::tidb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class TransactionTest : public ::testing::Test {
 protected:
  std::unique_ptr<Transaction> begin(const TxnOptions& options = {}) {
    return store_.begin(options).value();
  }
  /// The committed value.
  std::string now(const std::string& key) {
    return storage_.get(key, storage_.get_ts().value()).value().value_or("-");
  }
  void set(const std::string& key, const std::string& value) {
    auto txn = begin();
    ASSERT_TRUE(txn->put(key, value).ok());
    ASSERT_TRUE(txn->commit().ok());
  }

  MemStorage storage_{std::chrono::milliseconds(300)};
  ListBinlog binlog_;
  KvStore store_{storage_, &binlog_};
};

TEST_F(TransactionTest, ReadsItsSnapshotAndItsOwnWrites) {
  set("a", "1");
  set("b", "1");
  auto txn = begin();
  set("a", "2");
  ASSERT_TRUE(txn->put("c", "own").ok());
  ASSERT_TRUE(txn->remove("b").ok());
  EXPECT_EQ(txn->get("a").value(), "1");
  EXPECT_EQ(txn->get("b").value(), std::nullopt);
  const auto all = txn->batch_get({"c", "x", "a", "b"}).value();
  EXPECT_THAT(all, ElementsAre("own", std::nullopt, "1", std::nullopt));
}

TEST_F(TransactionTest, CommitMakesAllVisibleAtItsTs) {
  auto txn = begin();
  ASSERT_TRUE(txn->put("a", "1").ok());
  ASSERT_TRUE(txn->put("b", "2").ok());
  const uint64_t commit_ts = txn->commit().value();
  EXPECT_GT(commit_ts, txn->start_ts());
  store_.drain();
  EXPECT_EQ(storage_.get("b", commit_ts).value(), "2");
  EXPECT_EQ(storage_.get("b", commit_ts - 1).value(), std::nullopt);
  EXPECT_EQ(storage_.locks(), 0U);
  EXPECT_TRUE(txn->is_over());
  EXPECT_FALSE(txn->put("c", "3").ok());
}

TEST_F(TransactionTest, AServerThatMayNotCommitLeavesNothing) {
  // Asked when the commit begins, and again before the primary decides.
  for (const int allowed : {0, 1}) {
    int asked = 0;
    KvStoreOptions options;
    options.may_commit = [&]() -> Status {
      return asked++ < allowed ? ok_status() : sql_error(kErrInfoSchemaExpired, "not now");
    };
    KvStore store(storage_, &binlog_, options);
    auto txn = store.begin().value();
    ASSERT_TRUE(txn->put("refused", "1").ok());
    EXPECT_TRUE(is_sql_error(txn->commit().status(), kErrInfoSchemaExpired));
    EXPECT_EQ(asked, allowed + 1);
    store.drain();
    EXPECT_EQ(storage_.locks(), 0U);
    EXPECT_EQ(now("refused"), "-");
  }
}

TEST_F(TransactionTest, NothingWrittenCommitsNothing) {
  auto txn = begin();
  EXPECT_EQ(txn->commit().value(), 0U);
  EXPECT_TRUE(binlog_.prewrites().empty());
}

TEST_F(TransactionTest, TheSlowerOfTwoGetsAWriteConflict) {
  const std::string key = codec::record_key(45, 1);
  auto slow = begin();
  ASSERT_TRUE(slow->put(key, "slow").ok());
  slow->row_events().add(45, codec::kMutationInsert, "row");
  set(key, "fast");
  const Status status = slow->commit().status();
  EXPECT_TRUE(is_write_conflict(status));
  EXPECT_THAT(status.message(),
              StartsWith("Write conflict, txnStartTS=" + std::to_string(slow->start_ts()) +
                         ", conflictStartTS="));
  EXPECT_THAT(status.message(), HasSubstr("key={tableID=45, handle=1} primary={tableID=45, "
                                          "handle=1} [try again later]"));
  EXPECT_EQ(storage_.locks(), 0U);
  EXPECT_EQ(now(key), "fast");
  // The prewrite binlog had been sent.
  EXPECT_THAT(binlog_.finishes(), ElementsAre(ListBinlog::Finish{slow->start_ts(), 0}));
}

TEST_F(TransactionTest, APresumedNewKeyThatExistsFailsTheCommit) {
  const std::string key = codec::record_key(7, 1);
  set(key, "there");
  auto txn = begin();
  txn->set_duplicate_describer(7, [&](Bytes k, Bytes value) {
    EXPECT_EQ(k, key);
    return dup_entry(value, "PRIMARY");
  });
  ASSERT_TRUE(txn->insert(key, "1").ok());
  const Status status = txn->commit().status();
  EXPECT_EQ(status.detail(), kErrDupEntry);
  EXPECT_EQ(status.message(), "Duplicate entry '1' for key 'PRIMARY'");
}

TEST_F(TransactionTest, InsertedAndRemovedIsStillChecked) {
  const std::string key = codec::record_key(7, 1);
  auto txn = begin();
  ASSERT_TRUE(txn->insert(key, "1").ok());
  ASSERT_TRUE(txn->remove(key).ok());
  EXPECT_EQ(txn->commit().value(), 0U);
  set(key, "there");
  auto second = begin();
  ASSERT_TRUE(second->insert(key, "1").ok());
  ASSERT_TRUE(second->remove(key).ok());
  EXPECT_EQ(second->commit().status().detail(), kErrDupEntry);
  EXPECT_EQ(now(key), "there");
}

TEST_F(TransactionTest, RollbackToAMarkTakesWritesAndEventsBack) {
  auto txn = begin();
  ASSERT_TRUE(txn->put("a", "1").ok());
  txn->row_events().add(1, codec::kMutationInsert, "first");
  const TxnMark mark = txn->mark();
  ASSERT_TRUE(txn->put("a", "2").ok());
  ASSERT_TRUE(txn->put("b", "2").ok());
  txn->row_events().add(1, codec::kMutationInsert, "second");
  txn->rollback_to(mark);
  EXPECT_EQ(txn->get("a").value(), "1");
  EXPECT_EQ(txn->get("b").value(), std::nullopt);
  EXPECT_EQ(txn->row_events().size(), 1U);
}

TEST_F(TransactionTest, SizeLimits) {
  KvStoreOptions options;
  options.entry_size_limit = 100;
  options.txn_total_size_limit = 250;
  KvStore store(storage_, nullptr, options);
  auto txn = store.begin().value();
  const Status entry = txn->put("k", std::string(100, 'v'));
  EXPECT_EQ(entry.detail(), kErrEntryTooLarge);
  EXPECT_EQ(entry.message(), "entry too large, the max entry size is 100, the size of data is 101");
  EXPECT_TRUE(txn->put("k", std::string(90, 'v')).ok());
  EXPECT_TRUE(txn->put("l", std::string(90, 'v')).ok());
  const Status total = txn->put("m", std::string(90, 'v'));
  EXPECT_EQ(total.detail(), kErrTxnTooLarge);
  EXPECT_EQ(total.message(), "Transaction is too large, size: 273");
}

TEST_F(TransactionTest, ASnapshotOfThePastCannotBeWritten) {
  set("a", "1");
  const uint64_t past = storage_.get_ts().value();
  set("a", "2");
  TxnOptions options;
  options.snapshot_ts = past;
  auto txn = begin(options);
  EXPECT_EQ(txn->get("a").value(), "1");
  EXPECT_FALSE(txn->put("a", "3").ok());
}

TEST_F(TransactionTest, ForUpdateOfAnOptimisticOneIsCheckedAtCommit) {
  auto txn = begin();
  ASSERT_TRUE(txn->lock_keys({"a"}).ok());
  ASSERT_TRUE(txn->put("b", "1").ok());
  set("a", "other");
  EXPECT_TRUE(is_write_conflict(txn->commit().status()));
  EXPECT_EQ(now("a"), "other");
  EXPECT_EQ(now("b"), "-");
}

TEST_F(TransactionTest, TheBinlogCarriesTheRows) {
  auto txn = begin();
  txn->set_schema_version(22);
  ASSERT_TRUE(txn->put("b", "1").ok());
  ASSERT_TRUE(txn->put("a", "1").ok());
  txn->row_events().add(43, codec::kMutationInsert, std::string("\x08\x04\x00", 3));
  const uint64_t commit_ts = txn->commit().value();
  const auto prewrites = binlog_.prewrites();
  ASSERT_EQ(prewrites.size(), 1U);
  EXPECT_EQ(prewrites[0].start_ts, txn->start_ts());
  EXPECT_EQ(prewrites[0].prewrite_key, "a") << "the smallest key is the primary";
  EXPECT_EQ(to_hex(prewrites[0].prewrite_value), "08161209082b12030804003800");
  EXPECT_THAT(binlog_.finishes(), ElementsAre(ListBinlog::Finish{txn->start_ts(), commit_ts}));
}

TEST_F(TransactionTest, ADdlHasItsQuery) {
  auto txn = begin();
  ASSERT_TRUE(txn->put("m", "1").ok());
  txn->set_ddl_binlog({"create table t(a int)", 46, 5});
  ASSERT_TRUE(txn->commit().ok());
  const auto prewrites = binlog_.prewrites();
  ASSERT_EQ(prewrites.size(), 1U);
  EXPECT_EQ(prewrites[0].ddl_query, "create table t(a int)");
  EXPECT_EQ(prewrites[0].ddl_job_id, 46);
  EXPECT_EQ(prewrites[0].ddl_schema_state, 5);
}

TEST_F(TransactionTest, InternalOnesHaveNoBinlog) {
  TxnOptions options;
  options.binlog = false;
  auto txn = begin(options);
  EXPECT_FALSE(txn->records_rows());
  ASSERT_TRUE(txn->put("a", "1").ok());
  txn->row_events().add(1, codec::kMutationInsert, "row");
  ASSERT_TRUE(txn->commit().ok());
  EXPECT_TRUE(binlog_.prewrites().empty());
}

TEST_F(TransactionTest, NoPumpNoCommit) {
  binlog_.fail_with(unknown_error("critical error no pump"));
  auto txn = begin();
  ASSERT_TRUE(txn->put("a", "1").ok());
  txn->row_events().add(1, codec::kMutationInsert, "row");
  EXPECT_EQ(txn->commit().status().message(), "critical error no pump");
  EXPECT_EQ(now("a"), "-");
  EXPECT_EQ(storage_.locks(), 0U);
  binlog_.fail_with(ok_status());
  set("a", "2");
  EXPECT_EQ(now("a"), "2");
}

TEST_F(TransactionTest, TheCommitTsIsTakenAfterThePrewriteBinlog) {
  uint64_t at_prewrite_end = 0;
  class SlowBinlog : public ListBinlog {
   public:
    explicit SlowBinlog(std::function<void()> on_wait) : on_wait_(std::move(on_wait)) {}
    std::unique_ptr<PendingBinlog> prewrite(const BinlogRecord&) override {
      struct Pending : PendingBinlog {
        std::function<void()>* on_wait;
        Status wait() override {
          (*on_wait)();
          return ok_status();
        }
      };
      auto pending = std::make_unique<Pending>();
      pending->on_wait = &on_wait_;
      return pending;
    }
    std::function<void()> on_wait_;
  } slow([&] { at_prewrite_end = storage_.get_ts().value(); });
  KvStore store(storage_, &slow);
  auto txn = store.begin().value();
  ASSERT_TRUE(txn->put("a", "1").ok());
  txn->row_events().add(1, codec::kMutationInsert, "row");
  EXPECT_GT(txn->commit().value(), at_prewrite_end);
  EXPECT_GT(at_prewrite_end, 0U);
}

TEST_F(TransactionTest, AnUndeterminedCommitTellsPumpNothing) {
  storage_.on_call([](const std::string& phase) {
    return phase == "commit_primary_done" ? unknown_error("undetermined: connection lost")
                                          : ok_status();
  });
  auto txn = begin();
  ASSERT_TRUE(txn->put("a", "1").ok());
  txn->row_events().add(1, codec::kMutationInsert, "row");
  const Status status = txn->commit().status();
  EXPECT_TRUE(is_undetermined(status)) << status.message();
  EXPECT_EQ(binlog_.prewrites().size(), 1U);
  EXPECT_TRUE(binlog_.finishes().empty()) << "a rollback binlog would lose a committed row";
  EXPECT_EQ(now("a"), "1");
}

TEST_F(TransactionTest, APushedLockTakesALaterTs) {
  int tries = 0;
  storage_.on_call([&](const std::string& phase) {
    if (phase == "commit_primary" && ++tries < 3) return failed_precondition("pushed");
    return ok_status();
  });
  set("a", "1");
  EXPECT_EQ(tries, 3);
  EXPECT_EQ(now("a"), "1");
}

TEST_F(TransactionTest, SecondaryLocksThatStayAreNoError) {
  storage_.on_call([](const std::string& phase) {
    return phase == "commit_others" ? unavailable("store down") : ok_status();
  });
  auto txn = begin();
  ASSERT_TRUE(txn->put("a", "1").ok());
  ASSERT_TRUE(txn->put("b", "1").ok());
  EXPECT_TRUE(txn->commit().ok());
  store_.drain();
  EXPECT_EQ(storage_.locks(), 1U);
}

TEST_F(TransactionTest, AChangedSchemaFailsTheCommit) {
  SchemaHolder schemas;
  schemas.reset(schemas.current());
  CommitOptions options;
  options.schemas = &schemas;
  auto old = begin();
  old->set_schema_version(schemas.version() - 1);
  ASSERT_TRUE(old->put(codec::record_key(45, 1), "1").ok());
  EXPECT_EQ(old->commit(options).status().detail(), kErrInfoSchemaChanged);
  EXPECT_EQ(storage_.locks(), 0U);
  auto txn = begin();
  txn->set_schema_version(schemas.version());
  ASSERT_TRUE(txn->put(codec::record_key(45, 1), "1").ok());
  EXPECT_TRUE(txn->commit(options).ok());
  // The gate is free again.
  schemas.enter_change();
}

TEST_F(TransactionTest, TablesAreThoseOfRowsAndEntries) {
  auto txn = begin();
  ASSERT_TRUE(txn->put(codec::record_key(45, 1), "1").ok());
  ASSERT_TRUE(txn->put(codec::record_key(45, 2), "1").ok());
  ASSERT_TRUE(txn->put(codec::index_prefix(46, 1) + "x", "1").ok());
  ASSERT_TRUE(txn->put(codec::meta_string_key("NextGlobalID"), "1").ok());
  EXPECT_EQ(txn->tables(), (std::vector<int64_t>{45, 46}));
}

TEST_F(TransactionTest, TheOldestTransactionIsKnown) {
  EXPECT_EQ(store_.oldest_start_ts(), UINT64_MAX);
  auto first = begin();
  auto second = begin();
  EXPECT_EQ(store_.oldest_start_ts(), first->start_ts());
  first->rollback();
  EXPECT_EQ(store_.oldest_start_ts(), second->start_ts());
}

}  // namespace
}  // namespace tbl::tidb
