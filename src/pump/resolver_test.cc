#include "pump/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "base/clock.h"
#include "pump/gc_hold.h"
#include "pump/gc_job.h"
#include "pump/test_storage.h"

namespace tbl::pump {
namespace {

using cluster::KvOp;
using Kind = Verdict::Kind;

constexpr int64_t kNowMs = 1'600'000'000'000;
/// Start ts of a transaction that began that long before "now".
constexpr uint64_t started(int64_t ms_ago) { return make_tso(kNowMs - ms_ago, 1); }

/// A TiKV of one key, whatever the question.
class FakeOracle final : public Oracle {
 public:
  Result<uint64_t> latest_ts() override { return make_tso(kNowMs, 0); }
  Result<cluster::MvccInfo> versions(const std::string& key) override {
    std::lock_guard lock(mutex);
    last_key = key;
    if (broken) return unavailable("no TiKV");
    return info;
  }
  Result<cluster::TxnStatus> settle(const std::string&, uint64_t) override {
    ++settled;
    return status;
  }
  Result<uint64_t> gc_safe_point() override { return safe_point; }
  Status hold_gc(uint64_t ts) override {
    held = ts;
    return ok_status();
  }

  void set(cluster::MvccInfo value) {
    std::lock_guard lock(mutex);
    info = std::move(value);
  }

  std::mutex mutex;
  std::string last_key;
  cluster::MvccInfo info;
  cluster::TxnStatus status;
  uint64_t safe_point = 0;
  bool broken = false;
  std::atomic<int> settled{0};
  std::atomic<uint64_t> held{0};
};

cluster::MvccInfo write_of(KvOp type, uint64_t start_ts, uint64_t commit_ts) {
  cluster::MvccInfo info;
  info.writes.push_back({KvOp::kPut, 1, 2});
  info.writes.push_back({type, start_ts, commit_ts});
  return info;
}
cluster::MvccInfo lock_of(uint64_t start_ts, uint64_t ttl_ms = 0) {
  cluster::MvccInfo info;
  info.lock = cluster::MvccLock{KvOp::kPut, start_ts, "p", ttl_ms};
  return info;
}

class VerdictTest : public testing::Test {
 protected:
  Verdict ask(uint64_t start_ts, AskWhy why = AskWhy::kOrphan) {
    Question question;
    question.start_ts = start_ts;
    question.why = why;
    question.primary_key = "p";
    auto verdict = decide(question, oracle_);
    EXPECT_TRUE(verdict.ok()) << verdict.status().message();
    return verdict.ok() ? *verdict : Verdict();
  }
  FakeOracle oracle_;
  const uint64_t young_ = started(5'000);
  const uint64_t old_ = started(kYoungMs + 1'000);
};

TEST_F(VerdictTest, CommitRecord) {
  for (KvOp type : {KvOp::kPut, KvOp::kDelete, KvOp::kLock}) {
    oracle_.info = write_of(type, young_, young_ + 9);
    EXPECT_EQ(ask(young_).kind, Kind::kCommitted);
    EXPECT_EQ(ask(young_).commit_ts, young_ + 9);
    EXPECT_EQ(ask(young_, AskWhy::kRollback).kind, Kind::kCommitted) << "an R is no proof";
  }
}

TEST_F(VerdictTest, RollbackRecord) {
  oracle_.info = write_of(KvOp::kRollback, young_, young_);
  EXPECT_EQ(ask(young_).kind, Kind::kDropped);
  cluster::MvccWrite other{KvOp::kPut, young_ - 5, young_};
  other.has_overlapped_rollback = true;
  oracle_.info.writes = {other};
  EXPECT_EQ(ask(young_).kind, Kind::kDropped);
  EXPECT_EQ(oracle_.settled, 0);
}

TEST_F(VerdictTest, RecordsOfOthersProveNothing) {
  oracle_.info = write_of(KvOp::kPut, young_ - 1, young_ + 9);
  EXPECT_EQ(ask(young_).kind, Kind::kWait);
  EXPECT_TRUE(ask(young_).young);
}

TEST_F(VerdictTest, CommitTsBelowStartTsIsNonsense) {
  oracle_.info = write_of(KvOp::kPut, young_, young_ - 1);
  EXPECT_EQ(ask(young_).kind, Kind::kWait);
}

TEST_F(VerdictTest, YoungOrphanWaits) {
  EXPECT_EQ(ask(young_).kind, Kind::kWait);
  oracle_.info = lock_of(young_);
  EXPECT_EQ(ask(young_).kind, Kind::kWait);
  EXPECT_FALSE(ask(young_).young);
  EXPECT_EQ(oracle_.settled, 0);
}

TEST_F(VerdictTest, AbandonedLockIsSettledHoweverYoung) {
  constexpr uint64_t kTtl = 3000;
  const uint64_t live = started(kTtl + kAbandonedMs - 1'000);
  const uint64_t dead = started(kTtl + kAbandonedMs + 1'000);
  oracle_.info = lock_of(live, kTtl);
  EXPECT_EQ(ask(live).kind, Kind::kWait);
  oracle_.info = lock_of(dead);
  EXPECT_EQ(ask(dead).kind, Kind::kWait) << "a store that does not tell the time to live";
  oracle_.info = lock_of(dead, UINT64_MAX);
  EXPECT_EQ(ask(dead).kind, Kind::kWait);
  EXPECT_EQ(oracle_.settled, 0);
  oracle_.info = lock_of(dead, kTtl);
  oracle_.status = {.ttl_ms = 3000, .commit_ts = 0};
  EXPECT_EQ(ask(dead).kind, Kind::kWait) << "kept alive meanwhile";
  oracle_.status = {.ttl_ms = 0, .commit_ts = dead + 7};
  EXPECT_EQ(ask(dead).commit_ts, dead + 7) << "committed meanwhile";
  oracle_.status = {};
  EXPECT_EQ(ask(dead).kind, Kind::kDropped);
}

TEST_F(VerdictTest, OldOrphanIsSettled) {
  EXPECT_EQ(ask(old_).kind, Kind::kDropped);
  oracle_.status.commit_ts = old_ + 7;
  EXPECT_EQ(ask(old_).kind, Kind::kCommitted);
  EXPECT_EQ(ask(old_).commit_ts, old_ + 7);
  oracle_.status = {.ttl_ms = 3000, .commit_ts = 0};
  EXPECT_EQ(ask(old_).kind, Kind::kWait) << "the lock is alive";
  EXPECT_EQ(oracle_.settled, 4);
}

TEST_F(VerdictTest, RolledBackWithNothingLeft) {
  EXPECT_EQ(ask(young_, AskWhy::kRollback).kind, Kind::kDropped);
  EXPECT_EQ(oracle_.settled, 0) << "TiDB said it, TiKV agrees";
}

TEST_F(VerdictTest, RolledBackButLocked) {
  oracle_.info = lock_of(young_);
  EXPECT_EQ(ask(young_, AskWhy::kRollback).kind, Kind::kWait);
  uint64_t later = started(kLockAfterRollbackMs + 1000);
  oracle_.info = lock_of(later);
  EXPECT_EQ(ask(later, AskWhy::kRollback).kind, Kind::kDropped);
  EXPECT_EQ(oracle_.settled, 1);
}

TEST_F(VerdictTest, NothingFoundProvesNothingBehindGc) {
  oracle_.safe_point = old_;
  EXPECT_EQ(ask(old_).kind, Kind::kUndecidable);
  EXPECT_EQ(ask(old_, AskWhy::kRollback).kind, Kind::kUndecidable);
  EXPECT_EQ(oracle_.settled, 0) << "settling would destroy nothing, but prove nothing either";
  oracle_.info = write_of(KvOp::kPut, old_, old_ + 1);
  EXPECT_EQ(ask(old_).kind, Kind::kCommitted) << "a record that is still there is proof";
  oracle_.info = lock_of(old_);
  EXPECT_EQ(ask(old_).kind, Kind::kDropped) << "GC removes no locks";
}

TEST_F(VerdictTest, OtherKeysTell) {
  EXPECT_EQ(decide_by_keys(old_, {"a", "b"}, oracle_)->kind, Kind::kUndecidable);
  oracle_.info = write_of(KvOp::kPut, old_, old_ + 1);
  EXPECT_EQ(decide_by_keys(old_, {"a", "b"}, oracle_)->commit_ts, old_ + 1);
  EXPECT_EQ(decide_by_keys(old_, {}, oracle_)->kind, Kind::kUndecidable);
  oracle_.broken = true;
  EXPECT_FALSE(decide_by_keys(old_, {"a"}, oracle_).ok());
}

TEST_F(VerdictTest, NoAnswerIsAnError) {
  oracle_.broken = true;
  Question question;
  EXPECT_EQ(decide(question, oracle_).status().message(), "no TiKV");
}

TEST(GcHoldTest, RenewsAndRemoves) {
  using namespace std::chrono_literals;
  FakeOracle oracle;
  GcHold::Time now{};
  GcHold hold(oracle, now);
  constexpr uint64_t kUntouched = 99;
  auto held_after = [&](uint64_t oldest, std::chrono::seconds at) {
    oracle.held = kUntouched;
    hold.update(oldest, now + at);
    return oracle.held.load();
  };
  EXPECT_EQ(held_after(0, 1s), kUntouched) << "what an earlier process holds may still be needed";
  EXPECT_EQ(held_after(0, 60s), 0U) << "but not for ever";
  EXPECT_EQ(held_after(0, 120s), kUntouched);
  EXPECT_EQ(held_after(500, 121s), 499U);
  EXPECT_EQ(held_after(500, 130s), kUntouched);
  EXPECT_EQ(held_after(500, 181s), 499U) << "renewed";
  EXPECT_EQ(held_after(0, 241s), 0U);
}

TEST(GcHoldTest, TheFirstReasonCountsAtOnce) {
  FakeOracle oracle;
  GcHold::Time now{};
  GcHold hold(oracle, now);
  hold.update(500, now);
  EXPECT_EQ(oracle.held, 499U);
}

class ResolverTest : public testing::Test {
 protected:
  /// The transactions that are served up to U.
  std::vector<std::pair<uint64_t, uint64_t>> served() {
    std::vector<std::pair<uint64_t, uint64_t>> out;
    auto cursor = store_.storage->feed(0);
    while (true) {
      auto message = cursor->next();
      EXPECT_TRUE(message.ok());
      if (!message.ok() || !*message) return out;
      if (!(*message)->is_fake()) out.emplace_back((*message)->start_ts(), (*message)->commit_ts());
    }
  }

  PumpMetrics metrics_;
  TestStorage store_;
  FakeOracle oracle_;
  const uint64_t start_ = started(1000);
  const uint64_t later_ = started(0);
};

TEST_F(ResolverTest, OrphanThatIsCommittedIsServed) {
  oracle_.set(write_of(KvOp::kPut, start_, start_ + 5));
  store_.prewrite(start_);
  store_.fake(later_);
  Resolver resolver(*store_.storage, oracle_, metrics_);
  store_.wait_released(later_);
  EXPECT_THAT(served(), testing::ElementsAre(testing::Pair(start_, start_ + 5)));
  std::lock_guard lock(oracle_.mutex);
  EXPECT_EQ(oracle_.last_key, "k" + std::to_string(start_));
}

TEST_F(ResolverTest, OutcomeThatComesLaterReleases) {
  store_.prewrite(start_);
  store_.fake(later_);
  Resolver resolver(*store_.storage, oracle_, metrics_);
  EXPECT_FALSE(store_.storage->wait_published(0, {}, std::chrono::milliseconds(300)));
  oracle_.set(write_of(KvOp::kRollback, start_, start_));
  store_.wait_released(later_);
  EXPECT_THAT(served(), testing::IsEmpty());
}

TEST_F(ResolverTest, ManyRollbacksAreAsked) {
  constexpr int kCount = 500;
  for (int i = 0; i < kCount; ++i) {
    store_.prewrite(start_ + static_cast<uint64_t>(i));
    store_.rollback(start_ + static_cast<uint64_t>(i));
  }
  store_.fake(later_);
  Resolver resolver(*store_.storage, oracle_, metrics_);
  store_.wait_released(later_);
  EXPECT_EQ(store_.storage->stats().unresolved, 0U);
  EXPECT_EQ(store_.storage->stats().counters.dropped, static_cast<uint64_t>(kCount));
}

TEST_F(ResolverTest, UndecidableStaysAndIsShown) {
  oracle_.safe_point = start_ + 1;
  store_.prewrite(start_);
  store_.rollback(start_);
  store_.fake(later_);
  Resolver resolver(*store_.storage, oracle_, metrics_);
  const auto is_undecidable = [](const OpenQuestion& q) { return q.undecidable; };
  std::vector<OpenQuestion> open;
  while (std::none_of(open.begin(), open.end(), is_undecidable)) {
    std::this_thread::yield();
    open = resolver.open();
  }
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].start_ts, start_);
  EXPECT_EQ(open[0].answer, "no record, and garbage collection has passed the start ts");
  EXPECT_LT(store_.storage->max_commit_ts(), start_);
}

TEST_F(ResolverTest, GcJobForgetsByTime) {
  FakeTso tso;
  store_.prewrite(make_tso(1000, 0));
  store_.commit(make_tso(1000, 0), make_tso(2000, 0));
  store_.fake(make_tso(100'000, 0));
  store_.wait_released(make_tso(100'000, 0));
  tso.last = make_tso(60'000, 0);
  GcJob gc(*store_.storage, tso, std::chrono::seconds(10), metrics_);
  EXPECT_TRUE(gc.trigger());
  while (store_.storage->gc_ts() == 0) std::this_thread::yield();
  EXPECT_EQ(store_.storage->gc_ts(), make_tso(50'000, 0));
}

}  // namespace
}  // namespace tbl::pump
