#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "codec/keys.h"
#include "tidb/kv/kv_error.h"
#include "tidb/kv/kv_store.h"
#include "tidb/kv/mem_storage.h"
#include "tidb/kv/statement.h"

namespace tbl::tidb {
namespace {

std::string row(int64_t handle) { return codec::record_key(9, handle); }

class PessimisticTest : public ::testing::Test {
 protected:
  std::unique_ptr<Transaction> begin(std::chrono::milliseconds wait = std::chrono::seconds(20)) {
    TxnOptions options;
    options.pessimistic = true;
    options.lock_wait_timeout = wait;
    options.interrupted = &interrupted_;
    return store_.begin(options).value();
  }
  std::string now(const std::string& key) {
    return storage_.get(key, storage_.get_ts().value()).value().value_or("-");
  }
  void set(const std::string& key, const std::string& value) {
    auto txn = store_.begin().value();
    ASSERT_TRUE(txn->put(key, value).ok());
    ASSERT_TRUE(txn->commit().ok());
  }
  static Status write(Transaction& txn, const std::string& key, const std::string& value) {
    return run_statement(txn, [&] { return txn.put(key, value); });
  }
  void wait_for_waiters(size_t count) {
    while (store_.lock_waits().size() < count) std::this_thread::yield();
  }

  std::atomic<bool> interrupted_{false};
  MemStorage storage_;
  KvStore store_{storage_, nullptr};
};

TEST_F(PessimisticTest, AStatementSeesWhatWasCommittedAfterTheBegin) {
  set(row(1), "1");
  auto txn = begin();
  set(row(1), "2");
  EXPECT_EQ(txn->get(row(1)).value(), "1");
  ASSERT_TRUE(run_statement(*txn, [&] {
                auto old = txn->get(row(1));
                return txn->put(row(1), old.value().value() + "+");
              }).ok());
  ASSERT_TRUE(txn->commit().ok());
  EXPECT_EQ(now(row(1)), "2+");
}

TEST_F(PessimisticTest, AWriteBetweenReadAndLockRepeatsTheStatement) {
  set(row(1), "1");
  auto txn = begin();
  int runs = 0;
  ASSERT_TRUE(run_statement(*txn, [&] {
                auto old = txn->get(row(1));
                txn->row_events().add(9, codec::kMutationUpdate, "event");
                if (++runs == 1) set(row(1), "5");
                return txn->put(row(1), old.value().value() + "+");
              }).ok());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(txn->row_events().size(), 1U);
  ASSERT_TRUE(txn->commit().ok());
  EXPECT_EQ(now(row(1)), "5+");
  EXPECT_EQ(storage_.locks(), 0U);
}

/// Appends "+" to a value that it reads by its key alone.
Status append_by_key(Transaction& txn, const std::string& key, int* runs) {
  auto body = [&]() -> Status {
    ++*runs;
    TBL_ASSIGN(const auto old, txn.get(key));
    return old ? txn.put(key, *old + "+") : ok_status();
  };
  return run_statement(txn, body, StatementReads::kKeys);
}

TEST_F(PessimisticTest, AStatementThatReadsByKeyTakesNoTimestampAndLocksAsItReads) {
  set(row(1), "1");
  auto txn = begin();
  std::vector<std::string> calls;
  storage_.on_call([&](const std::string& phase) {
    calls.push_back(phase);
    return ok_status();
  });
  const uint64_t ts = txn->for_update_ts();
  int runs = 0;
  ASSERT_TRUE(append_by_key(*txn, row(1), &runs).ok());
  EXPECT_THAT(calls, ::testing::ElementsAre("lock_existing"));
  EXPECT_EQ(txn->for_update_ts(), ts);
  EXPECT_EQ(runs, 1);
  storage_.on_call(nullptr);
  ASSERT_TRUE(txn->commit().ok());
  EXPECT_EQ(now(row(1)), "1+");
  EXPECT_EQ(storage_.locks(), 0U);
}

TEST_F(PessimisticTest, AReadByKeyOfWhatChangedSinceIsRepeatedWithTheNewest) {
  set(row(1), "1");
  auto txn = begin();
  set(row(1), "2");
  int runs = 0;
  ASSERT_TRUE(append_by_key(*txn, row(1), &runs).ok());
  EXPECT_EQ(runs, 2);
  ASSERT_TRUE(txn->commit().ok());
  EXPECT_EQ(now(row(1)), "2+");
}

TEST_F(PessimisticTest, AReadByKeyLearnsThatTheKeyCameOrWent) {
  set(row(1), "1");
  auto txn = begin();
  set(row(2), "new");
  auto remover = store_.begin().value();
  ASSERT_TRUE(remover->remove(row(1)).ok());
  ASSERT_TRUE(remover->commit().ok());
  int runs = 0;
  ASSERT_TRUE(append_by_key(*txn, row(1), &runs).ok());
  ASSERT_TRUE(append_by_key(*txn, row(2), &runs).ok());
  ASSERT_TRUE(append_by_key(*txn, row(3), &runs).ok());
  ASSERT_TRUE(txn->commit().ok());
  EXPECT_EQ(now(row(1)), "-");
  EXPECT_EQ(now(row(2)), "new+");
  EXPECT_EQ(now(row(3)), "-");
  EXPECT_EQ(storage_.locks(), 0U);
}

TEST_F(PessimisticTest, AKeyThatIsNotThereIsNoPrimary) {
  auto txn = begin();
  int runs = 0;
  ASSERT_TRUE(append_by_key(*txn, row(1), &runs).ok());
  EXPECT_EQ(storage_.locks(), 0U);
  set(row(1), "others");
  ASSERT_TRUE(write(*txn, row(2), "mine").ok());
  ASSERT_TRUE(txn->commit().ok());
  EXPECT_EQ(now(row(1)), "others");
  EXPECT_EQ(now(row(2)), "mine");
}

TEST_F(PessimisticTest, AScanInAStatementByKeySeesTheNewest) {
  set(row(1), "1");
  auto txn = begin();
  set(row(2), "2");
  std::string found;
  auto body = [&]() -> Status {
    TBL_TRY(txn->get(row(1)).status());
    TBL_ASSIGN(auto cursor, txn->scan({row(1), row(9)}));
    while (true) {
      TBL_ASSIGN(const bool more, cursor->next());
      if (!more) return ok_status();
      found += cursor->value();
    }
  };
  ASSERT_TRUE(run_statement(*txn, body, StatementReads::kKeys).ok());
  EXPECT_EQ(found, "12");
}

TEST_F(PessimisticTest, TheSecondWaitsForTheFirst) {
  auto first = begin();
  ASSERT_TRUE(write(*first, row(1), "first").ok());
  auto second = begin();
  std::thread other([&] {
    EXPECT_TRUE(run_statement(*second, [&] {
                  auto old = second->get(row(1));
                  return second->put(row(1), old.value().value_or("none") + " second");
                }).ok());
    EXPECT_TRUE(second->commit().ok());
  });
  wait_for_waiters(1);
  ASSERT_TRUE(first->commit().ok());
  other.join();
  EXPECT_EQ(now(row(1)), "first second");
}

TEST_F(PessimisticTest, WaitingEndsByTimeNowaitAndKill) {
  auto first = begin();
  ASSERT_TRUE(write(*first, row(1), "first").ok());
  auto second = begin(std::chrono::milliseconds(30));
  const Status late = write(*second, row(1), "second");
  EXPECT_EQ(late.detail(), kErrLockWaitTimeout);
  EXPECT_EQ(late.message(), "Lock wait timeout exceeded; try restarting transaction");
  EXPECT_EQ(second->lock_keys({row(1)}, LockWait::kNoWait).detail(), kErrLockNowait);
  auto third = begin();
  std::thread other(
      [&] { EXPECT_EQ(write(*third, row(1), "third").detail(), kErrQueryInterrupted); });
  wait_for_waiters(1);
  interrupted_ = true;
  other.join();
  interrupted_ = false;
  // A failed statement leaves the transaction usable.
  ASSERT_TRUE(write(*second, row(2), "second").ok());
  ASSERT_TRUE(second->commit().ok());
  EXPECT_EQ(now(row(2)), "second");
  first->rollback();
  EXPECT_EQ(storage_.locks(), 0U);
}

TEST_F(PessimisticTest, ADeadlockIsBroken) {
  auto first = begin();
  auto second = begin();
  ASSERT_TRUE(write(*first, row(1), "first").ok());
  ASSERT_TRUE(write(*second, row(2), "second").ok());
  std::thread other([&] { EXPECT_TRUE(write(*first, row(2), "first").ok()); });
  wait_for_waiters(1);
  const Status status = write(*second, row(1), "second");
  EXPECT_EQ(status.detail(), kErrLockDeadlock);
  EXPECT_EQ(status.message(), "Deadlock found when trying to get lock; try restarting transaction");
  second->rollback();
  other.join();
  ASSERT_TRUE(first->commit().ok());
  EXPECT_EQ(now(row(2)), "first");
  EXPECT_EQ(storage_.locks(), 0U);
}

TEST_F(PessimisticTest, AnInsertOfAnExistingKeyFailsWithTheStatement) {
  set(row(1), "there");
  auto txn = begin();
  const Status status = run_statement(*txn, [&] { return txn->insert(row(1), "new"); });
  EXPECT_EQ(status.detail(), kErrDupEntry);
  EXPECT_EQ(txn->own_write(row(1)), nullptr);
  ASSERT_TRUE(run_statement(*txn, [&] { return txn->insert(row(2), "new"); }).ok());
  ASSERT_TRUE(txn->commit().ok());
  EXPECT_EQ(now(row(1)), "there");
  EXPECT_EQ(now(row(2)), "new");
}

TEST_F(PessimisticTest, AnInsertAfterForUpdateIsStillChecked) {
  set(row(1), "there");
  auto txn = begin();
  ASSERT_TRUE(run_statement(*txn, [&] { return txn->lock_keys({row(1)}); }).ok());
  EXPECT_EQ(run_statement(*txn, [&] { return txn->insert(row(1), "new"); }).detail(), kErrDupEntry);
}

TEST_F(PessimisticTest, EntriesThatAreNotUniqueAreNotLocked) {
  const std::string entry = codec::index_prefix(9, 1) + "value and handle";
  const std::string unique = codec::index_prefix(9, 2) + "value";
  auto txn = begin();
  ASSERT_TRUE(run_statement(*txn, [&] {
                TBL_TRY(txn->put(entry, "0"));
                TBL_TRY(txn->remove(entry + "2"));
                TBL_TRY(txn->remove_unique(unique + "2"));
                return txn->put(unique, "12345678");
              }).ok());
  EXPECT_EQ(storage_.locks(), 2U) << "who inserts what is removed has to wait, too";
  ASSERT_TRUE(txn->commit().ok());
  store_.drain();
  EXPECT_EQ(now(entry), "0");
  EXPECT_EQ(storage_.locks(), 0U);
}

TEST_F(PessimisticTest, LocksAloneAreGivenBack) {
  auto txn = begin();
  ASSERT_TRUE(run_statement(*txn, [&] { return txn->lock_keys({row(1), row(2)}); }).ok());
  EXPECT_EQ(storage_.locks(), 2U);
  EXPECT_EQ(txn->commit().value(), 0U);
  EXPECT_EQ(storage_.locks(), 0U);
}

TEST_F(PessimisticTest, LocksOfAnOpenTransactionAreKeptAlive) {
  KvStoreOptions options;
  options.heart_beat_interval = std::chrono::milliseconds(2);
  KvStore store(storage_, nullptr, options);
  TxnOptions pessimistic;
  pessimistic.pessimistic = true;
  auto txn = store.begin(pessimistic).value();
  ASSERT_TRUE(write(*txn, row(1), "1").ok());
  while (storage_.heart_beats() < 3) std::this_thread::yield();
  ASSERT_TRUE(txn->commit().ok());
}

TEST_F(PessimisticTest, CountersOfManyThreadsLoseNothing) {
  set(row(1), "0");
  set(row(2), "0");
  std::vector<std::thread> threads;
  std::atomic<int> done{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        auto txn = begin();
        Status status;
        for (int k = 0; k < 2 && status.ok(); ++k) {
          // Half of them in the other order: deadlocks have to be broken.
          const std::string key = row(1 + (k + t) % 2);
          status = run_statement(*txn, [&] {
            const int old = std::stoi(txn->get(key).value().value());
            return txn->put(key, std::to_string(old + 1));
          });
        }
        if (status.ok()) status = txn->commit().status();
        if (status.ok()) ++done;
        if (!status.ok()) {
          EXPECT_EQ(status.detail(), kErrLockDeadlock) << status.message();
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_GT(done, 0);
  EXPECT_EQ(now(row(1)), std::to_string(done));
  EXPECT_EQ(now(row(2)), std::to_string(done));
  EXPECT_EQ(storage_.locks(), 0U);
}

}  // namespace
}  // namespace tbl::tidb
