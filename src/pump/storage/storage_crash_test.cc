// A pump on a disk that loses power and fails at any step, and clients that go on after every
// restart: in the end the stream holds exactly the committed transactions, ascending, byte for
// byte; and after each restart everything is served again that was served before.

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <map>
#include <random>
#include <thread>

#include "base/log.h"
#include "base/sim_env.h"
#include "base/test_seed.h"
#include "pump/storage/storage.h"
#include "pump/storage/storage_testing.h"

namespace tbl::pump {
namespace {

using testing::commit_and_wait;
using testing::drop_and_wait;
using testing::make_client_commit;
using testing::make_prewrite;
using testing::make_rollback;
using testing::Served;
using testing::write_and_wait;

struct ClientTxn {
  uint64_t commit_ts = 0;
  bool acknowledged = false;  ///< its P was
  bool over = false;          ///< the client will do nothing more
  bool never = false;         ///< rolled back in TiKV
};

class CrashRun {
 public:
  CrashRun(uint64_t seed, bool faults) : random_(seed), faults_(faults) { options_.dir = "data"; }

  void run(uint64_t steps) {
    options_.env = &env_;
    options_.segment_bytes = 200 + pick(5000);
    options_.snapshot_log_bytes = 1 + pick(20'000);
    options_.ask_after = std::chrono::milliseconds(0);
    restart();
    for (uint64_t i = 0; i < steps && !::testing::Test::HasFatalFailure(); ++i) step();
    if (!::testing::Test::HasFatalFailure()) finish();
  }

  uint64_t restarts() const { return restarts_; }
  uint64_t operations() const { return env_.operations(); }
  size_t committed() const { return served_.size(); }

 private:
  uint64_t pick(uint64_t n) { return random_() % n; }

  void step() {
    switch (pick(40)) {
      case 0:
        return plan_fault();
      case 1:
        return crash();
      case 2:
        return observe();
      case 3:
        return collect_garbage();
      case 4:
        return stop_and_start();
      case 5:
      case 6:
        return resolve();
      case 7:
        return (void)write_and_wait(*storage_, make_fake(++tso_));
      default:
        break;
    }
    if (pick(3) == 0 || txns_.empty()) {
      write_group();
    } else {
      go_on(pick_txn());
    }
  }

  uint64_t pick_txn() {
    auto it = txns_.lower_bound(tso_ - std::min<uint64_t>(tso_, pick(60)));
    return it == txns_.end() ? txns_.rbegin()->first : it->first;
  }

  /// Several clients begin at once.
  void write_group() {
    std::vector<std::pair<uint64_t, std::shared_ptr<std::promise<Status>>>> waiting;
    for (uint64_t n = 1 + pick(4); n > 0; --n) {
      const uint64_t start_ts = ++tso_;
      txns_[start_ts];
      auto answer = std::make_shared<std::promise<Status>>();
      waiting.emplace_back(start_ts, answer);
      storage_->write(make_prewrite(start_ts, key(start_ts), value(start_ts)),
                      [answer](const Status& status) { answer->set_value(status); });
    }
    for (auto& [start_ts, answer] : waiting) {
      txns_[start_ts].acknowledged = answer->get_future().get().ok();
    }
  }

  void go_on(uint64_t start_ts) {
    ClientTxn& txn = txns_[start_ts];
    if (txn.over) return;
    if (txn.never) return end(start_ts, &txn);
    if (!txn.acknowledged) {  // once more, or give up
      if (pick(4) == 0) return end(start_ts, &txn);
      txn.acknowledged =
          write_and_wait(*storage_, make_prewrite(start_ts, key(start_ts), value(start_ts))).ok();
      return;
    }
    if (txn.commit_ts == 0) {
      if (pick(6) == 0) return end(start_ts, &txn);
      txn.commit_ts = ++tso_;
    }
    const uint64_t fate = pick(10);
    if (fate == 0) {
      txn.over = true;  // the client dies before it sends its C
    } else if (fate == 1) {
      txn.over = true;  // it does not know that it committed
      (void)write_and_wait(*storage_, make_rollback(start_ts));
    } else {
      txn.over =
          write_and_wait(*storage_, make_client_commit(start_ts, txn.commit_ts, key(start_ts)))
              .ok();
    }
  }

  void end(uint64_t start_ts, ClientTxn* txn) {
    txn->never = txn->over = true;
    if (pick(3) > 0) (void)write_and_wait(*storage_, make_rollback(start_ts));
  }

  void resolve() {
    for (const Question& question : storage_->questions(10)) {
      ASSERT_EQ(question.primary_key, key(question.start_ts));
      ClientTxn& txn = txns_[question.start_ts];
      if (txn.commit_ts != 0) {
        (void)commit_and_wait(*storage_, question.start_ts, txn.commit_ts);
      } else if (txn.never || pick(3) == 0) {
        txn.never = true;
        (void)drop_and_wait(*storage_, question.start_ts);
      }
    }
  }

  void plan_fault() {
    if (!faults_) return;
    constexpr SimOp kOps[] = {SimOp::kCreate, SimOp::kWrite,    SimOp::kSync,
                              SimOp::kRename, SimOp::kTruncate, SimOp::kSyncDir};
    constexpr int kErrors[] = {EIO, ENOSPC};
    env_.fail(kOps[pick(std::size(kOps))], 1 + pick(10), kErrors[pick(2)], pick(100));
  }

  void crash() {
    if (pick(2) == 0) env_.lose_power_at(1 + pick(30));
    for (uint64_t n = pick(12); n > 0; --n) write_group();
    come_back();
  }

  void come_back() {
    env_.lose_power_at(1);
    storage_.reset();
    env_.crash(random_());
    restart();
  }

  void stop_and_start() {
    (void)storage_->close();
    storage_.reset();
    restart();
  }

  /// Starting may fail or be cut off by the next loss of power.
  void restart() {
    ++restarts_;
    if (pick(3) == 0) env_.lose_power_at(1 + pick(40));
    for (int attempt = 0; attempt < 20; ++attempt) {
      auto opened = Storage::open(options_);
      if (opened.ok()) {
        storage_ = std::move(*opened);
        ASSERT_EQ(storage_->corruption(), "");
        return observe();
      }
      env_.crash(random_());
    }
    FAIL() << "the storage does not open any more";
  }

  /// What is served now: ascending, nothing that was not committed, nothing missing that was there.
  void observe() {
    const uint64_t gc_ts = storage_->gc_ts();
    const uint64_t max_ts = storage_->max_commit_ts();
    // A record whose write failed may be on the disk all the same. A restart finds it, and such a P
    // holds up what came after it until TiKV is asked. Without failing writes nothing is taken
    // back.
    ASSERT_TRUE(faults_ || max_ts >= max_ts_) << max_ts << " after " << max_ts_;
    max_ts_ = std::max(max_ts, max_ts_);
    std::map<uint64_t, uint64_t> now;
    uint64_t last = gc_ts;
    std::vector<Served> served;
    const Status status = read_feed(gc_ts, &served);
    if (power_lost()) return come_back();
    ASSERT_TRUE(status.ok()) << status.message();
    for (const Served& one : served) {
      ASSERT_GT(one.commit_ts, last);
      last = one.commit_ts;
      if (one.is_fake()) continue;
      now[one.commit_ts] = one.start_ts;
      ASSERT_EQ(txns_[one.start_ts].commit_ts, one.commit_ts);
      check_bytes(one);
    }
    for (const auto& [commit_ts, start_ts] : served_) {
      ASSERT_TRUE(commit_ts <= gc_ts || commit_ts > max_ts || now[commit_ts] == start_ts)
          << commit_ts << " was served before";
    }
    served_.insert(now.begin(), now.end());
  }

  Status read_feed(uint64_t after_ts, std::vector<Served>* served) {
    const auto cursor = storage_->feed(after_ts);
    while (true) {
      TBL_ASSIGN(const auto message, cursor->next());
      if (message == nullptr) return ok_status();
      TBL_ASSIGN(std::string bytes, message->read_all());
      served->push_back({message->start_ts(), message->commit_ts(), std::move(bytes)});
    }
  }

  bool power_lost() {
    const auto file = env_.open_read("data/sorter.snap");
    char byte = 0;
    return file.ok() && (*file)->read(0, 1, &byte).status().code() == StatusCode::kUnavailable;
  }

  void check_bytes(const Served& one) {
    const std::string p = make_prewrite(one.start_ts, "", value(one.start_ts)).payload;
    const std::string tail = p.substr(p.find("\x22") + 2);
    for (const BinlogRecord& c :
         {make_client_commit(one.start_ts, one.commit_ts, key(one.start_ts)),
          make_commit(one.start_ts, one.commit_ts)}) {
      if (one.bytes == c.payload.substr(0, c.payload.size() - 4) + tail) return;
    }
    FAIL() << "served " << to_hex(one.bytes);
  }

  void collect_garbage() {
    const uint64_t max_ts = storage_->max_commit_ts();
    if (pick(3) > 0 || max_ts == 0) return;
    observe();
    (void)storage_->gc(max_ts - pick(std::min<uint64_t>(max_ts, 300)));
  }

  /// The disk is well again, every client is gone, TiKV answers everything: all committed ones are
  /// out.
  void finish() {
    env_.lose_power_at(1);
    storage_.reset();
    env_.crash(random_());
    restart_quietly();
    for (auto& [start_ts, txn] : txns_) txn.never = txn.commit_ts == 0;
    const uint64_t last = ++tso_;
    ASSERT_TRUE(write_and_wait(*storage_, make_fake(last)).ok());
    const auto settled = [&] {
      return storage_->wait_published(last - 1, {}, std::chrono::milliseconds(1)) &&
             storage_->stats().unresolved == 0;
    };
    for (int i = 0; i < 10'000 && !settled(); ++i) resolve();
    ASSERT_TRUE(settled());
    observe();
    for (const auto& [start_ts, txn] : txns_) {
      ASSERT_TRUE(txn.commit_ts == 0 || served_[txn.commit_ts] == start_ts)
          << txn.commit_ts << " was never served";
    }
  }

  void restart_quietly() {
    auto opened = Storage::open(options_);
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    storage_ = std::move(*opened);
  }

  static std::string key(uint64_t start_ts) { return "k" + std::to_string(start_ts); }
  static std::string value(uint64_t start_ts) {
    return std::string(start_ts % 7 == 0 ? 900 : start_ts % 11,
                       static_cast<char>('a' + start_ts % 26));
  }

  std::mt19937_64 random_;
  const bool faults_;  ///< operations also fail without a loss of power
  SimEnv env_;
  StorageOptions options_;
  std::unique_ptr<Storage> storage_;
  uint64_t tso_ = 1000;
  uint64_t max_ts_ = 0;
  uint64_t restarts_ = 0;
  std::map<uint64_t, ClientTxn> txns_;
  std::map<uint64_t, uint64_t> served_;
};

// Runs wait for their threads most of the time, so several go on at once.
TEST(StorageCrash, NothingIsLostWhateverTheDiskDoes) {
  constexpr int kAtOnce = 8;
  LogOptions quiet;
  quiet.level = "fatal";
  ASSERT_TRUE(set_up_log(quiet).ok());
  const uint64_t wanted = testing::test_steps(40'000);
  std::atomic<uint64_t> next_seed = test_seed();
  std::atomic<uint64_t> operations = 0;
  std::atomic<uint64_t> restarts = 0;
  std::atomic<size_t> committed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kAtOnce; ++i) {
    threads.emplace_back([&] {
      while (operations < wanted && !::testing::Test::HasFailure()) {
        const uint64_t seed = next_seed++;
        SCOPED_TRACE("seed " + std::to_string(seed));
        CrashRun run(seed, seed % 2 == 0);
        run.run(300);
        operations += run.operations();
        restarts += run.restarts();
        committed += run.committed();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(restarts, operations / 1000);
  EXPECT_GT(committed, operations / 100);
  ASSERT_TRUE(set_up_log({}).ok());
}

}  // namespace
}  // namespace tbl::pump
