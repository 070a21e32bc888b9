// Several pumps, clients that do everything clients do, and an oracle that knows which transactions
// committed. After every round: the streams of all pumps, merged, hold exactly the committed
// transactions up to the smallest U, each pump's stream ascends, and a crash with a replay changes
// nothing of it.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "base/test_seed.h"
#include "pump/storage/snapshot.h"
#include "pump/storage/sorter.h"
#include "pump/storage/storage_testing.h"

namespace tbl::pump {
namespace {

using testing::commit;
using testing::fake;
using testing::prewrite;
using testing::rollback;

enum class Outcome { kOpen, kCommitted, kNever };

struct ModelTxn {
  uint64_t start_ts = 0;
  uint64_t commit_ts = 0;
  Outcome outcome = Outcome::kOpen;
  size_t acknowledged_by = 0;
  bool acknowledged = false;
};

/// A pump reduced to its log, its sorter and what a snapshot keeps.
class ModelPump {
 public:
  void append(const LogItem& item) {
    log_.push_back(item);
    log_.back().place.offset = log_.size();
    sorter_.add(log_.back(), 0);
    take();
  }

  void drop(uint64_t start_ts) {
    if (!sorter_.drop(start_ts)) return;
    dropped_.insert(start_ts);
    take();
  }

  void take_snapshot() {
    Snapshot snapshot;
    snapshot.sorter = sorter_.state();
    snapshot_ = encode_snapshot(snapshot);
    log_position_ = log_.size();
    index_end_ = index_.size();
    dropped_.clear();
  }

  /// The machine comes back: index cut to the snapshot, log replayed, verdicts from dropped.log.
  void crash() {
    const uint64_t max_ts = sorter_.max_ts();
    SorterState state;
    if (!snapshot_.empty()) state = decode_snapshot(snapshot_)->sorter;
    index_.resize(index_end_);
    sorter_ = Sorter(std::move(state), index_, 0);
    for (const uint64_t start_ts : dropped_) sorter_.drop(start_ts);
    for (size_t i = log_position_; i < log_.size(); ++i) {
      sorter_.add(log_[i], 0);
      if (log_[i].header.is_prewrite() && dropped_.contains(log_[i].header.start_ts)) {
        sorter_.drop(log_[i].header.start_ts);
      }
      take();
    }
    take();
    ASSERT_GE(sorter_.max_ts(), max_ts) << "what was published must be published again";
  }

  const Sorter& sorter() const { return sorter_; }
  const std::vector<IndexEntry>& index() const { return index_; }

  std::vector<uint64_t> questions() const {
    std::vector<uint64_t> asked = sorter_.blocking(100);
    asked.insert(asked.end(), sorter_.rolled_back().begin(), sorter_.rolled_back().end());
    return asked;
  }

 private:
  void take() {
    for (const IndexEntry& entry : sorter_.take_released()) {
      ASSERT_TRUE(index_.empty() || entry.commit_ts > index_.back().commit_ts);
      ASSERT_LE(entry.commit_ts, sorter_.max_ts());
      // The place of the first P with this start ts.
      ASSERT_EQ(log_[entry.prewrite.offset - 1].header.start_ts, entry.start_ts);
      ASSERT_EQ(log_[entry.commit.offset - 1].header.commit_ts, entry.commit_ts);
      index_.push_back(entry);
    }
    sorter_.take_events();
  }

  std::vector<LogItem> log_;
  Sorter sorter_;
  std::vector<IndexEntry> index_;
  std::string snapshot_;
  size_t log_position_ = 0;
  size_t index_end_ = 0;
  std::set<uint64_t> dropped_;
};

class Model {
 public:
  Model(uint64_t seed, size_t pumps) : random_(seed), pumps_(pumps) {}

  void step() {
    switch (pick(14)) {
      case 0:
      case 1:
        begin();
        break;
      case 2:
      case 3:
      case 4:
        go_on();
        break;
      case 5:
      case 6:
      case 7:
        deliver();
        break;
      case 8:
        make_fake();
        break;
      case 9:
      case 10:
      case 11:
        resolve();
        break;
      case 12:
        if (pick(8) == 0) any_pump().take_snapshot();
        break;
      default:
        if (pick(16) == 0) any_pump().crash();
    }
  }

  /// Crashes one pump, then compares.
  void check() {
    any_pump().crash();
    uint64_t max_ts = UINT64_MAX;
    std::map<uint64_t, uint64_t> merged;
    for (const ModelPump& pump : pumps_) {
      max_ts = std::min(max_ts, pump.sorter().max_ts());
      for (const IndexEntry& entry : pump.index()) merged[entry.commit_ts] = entry.start_ts;
    }
    std::map<uint64_t, uint64_t> expected;
    for (const ModelTxn& txn : txns_) {
      if (txn.outcome == Outcome::kCommitted) expected[txn.commit_ts] = txn.start_ts;
    }
    for (const auto& [commit_ts, start_ts] : merged) ASSERT_EQ(expected[commit_ts], start_ts);
    expected.erase(expected.upper_bound(max_ts), expected.end());
    merged.erase(merged.upper_bound(max_ts), merged.end());
    ASSERT_EQ(merged, expected);
    checked_ = std::max(checked_, expected.size());
  }

  /// Everything in flight arrives, everything open ends: then all must be out.
  void finish() {
    for (size_t i = 0; i < txns_.size(); ++i) {
      if (txns_[i].outcome == Outcome::kOpen) txns_[i].outcome = Outcome::kNever;
    }
    while (!flying_.empty()) deliver();
    for (size_t round = 0; round < 3 * pumps_.size(); ++round) {
      for (ModelPump& pump : pumps_) pump.append(fake(++tso_));
      for (int i = 0; i < 300; ++i) resolve();
    }
    for (ModelPump& pump : pumps_) {
      while (!pump.questions().empty()) answer(pump, pump.questions().front());
      ASSERT_EQ(pump.sorter().unresolved(), 0u);
      ASSERT_EQ(pump.sorter().queue_size(), 0u);
    }
    check();
  }

  size_t checked() const { return checked_; }

 private:
  struct Flying {
    size_t pump;
    LogItem item;
    size_t txn;  ///< whose P it is
    bool acknowledgable = false;
  };

  uint64_t pick(uint64_t n) { return random_() % n; }
  ModelPump& any_pump() { return pumps_[pick(pumps_.size())]; }

  /// A client gets a start ts and sends P, perhaps to a second pump too because the first is slow.
  void begin() {
    const size_t txn = txns_.size();
    txns_.push_back({++tso_});
    open_.push_back(txn);
    const size_t first = pick(pumps_.size());
    flying_.push_back({first, prewrite(txns_[txn].start_ts), txn, true});
    if (pick(6) == 0) {
      const size_t second = pick(pumps_.size());
      flying_.push_back({second, prewrite(txns_[txn].start_ts), txn, true});
    }
    if (pick(20) == 0) flying_.push_back(flying_.back());
  }

  /// Any message in flight arrives: messages overtake each other.
  void deliver() {
    if (flying_.empty()) return;
    std::swap(flying_[pick(flying_.size())], flying_.back());
    const Flying message = flying_.back();
    flying_.pop_back();
    pumps_[message.pump].append(message.item);
    if (!message.acknowledgable) return;
    ModelTxn& txn = txns_[message.txn];
    if (!txn.acknowledged) {
      txn.acknowledged = true;
      txn.acknowledged_by = message.pump;
    }
  }

  /// A client whose P was acknowledged commits or gives up; or dies.
  void go_on() {
    if (open_.empty()) return;
    std::swap(open_[pick(open_.size())], open_.back());
    ModelTxn& txn = txns_[open_.back()];
    const size_t number = open_.back();
    if (txn.outcome == Outcome::kNever ||
        pick(30) == 0) {  // TiKV rolled it back, or the client dies
      open_.pop_back();
      if (txn.outcome == Outcome::kOpen && pick(2) == 0) txn.outcome = Outcome::kNever;
      if (txn.outcome == Outcome::kNever && pick(2) == 0) send(number, rollback(txn.start_ts));
      return;
    }
    if (!txn.acknowledged) return;
    open_.pop_back();
    if (pick(8) == 0) {
      txn.outcome = Outcome::kNever;
      send(number, rollback(txn.start_ts));
      return;
    }
    txn.outcome = Outcome::kCommitted;
    txn.commit_ts = ++tso_;
    const uint64_t fate = pick(20);
    if (fate == 0) return;                                       // its C is lost
    if (fate == 1) return send(number, rollback(txn.start_ts));  // result unknown to the client
    send(number, commit(txn.start_ts, txn.commit_ts));
    if (fate == 2) send(number, commit(txn.start_ts, txn.commit_ts));
  }

  void send(size_t txn, const LogItem& item) {
    const size_t pump = txns_[txn].acknowledged ? txns_[txn].acknowledged_by : pick(pumps_.size());
    flying_.push_back({pump, item, txn});
  }

  void make_fake() {
    const size_t pump = pick(pumps_.size());
    flying_.push_back({pump, fake(++tso_), 0});  // written any time after its ts was taken
  }

  void resolve() {
    ModelPump& pump = any_pump();
    const auto asked = pump.questions();
    if (!asked.empty()) answer(pump, asked[pick(asked.size())]);
  }

  void answer(ModelPump& pump, uint64_t start_ts) {
    const auto txn =
        std::lower_bound(txns_.begin(), txns_.end(), start_ts,
                         [](const ModelTxn& a, uint64_t ts) { return a.start_ts < ts; });
    ASSERT_EQ(txn->start_ts, start_ts);
    if (txn->outcome == Outcome::kCommitted) pump.append(commit(start_ts, txn->commit_ts));
    if (txn->outcome == Outcome::kNever) pump.drop(start_ts);
    if (txn->outcome == Outcome::kOpen && pick(10) == 0) txn->outcome = Outcome::kNever;
  }

  std::mt19937_64 random_;
  uint64_t tso_ = 1000;
  std::vector<ModelPump> pumps_;
  std::vector<ModelTxn> txns_;  ///< by start ts
  std::vector<size_t> open_;
  std::vector<Flying> flying_;
  size_t checked_ = 0;
};

void run(uint64_t seed, size_t pumps, uint64_t steps) {
  SCOPED_TRACE("seed " + std::to_string(seed) + ", pumps " + std::to_string(pumps));
  Model model(seed, pumps);
  for (uint64_t i = 0; i < steps; ++i) {
    model.step();
    if (i % 97 == 0) model.check();
    if (::testing::Test::HasFatalFailure()) return;
  }
  model.finish();
  EXPECT_GT(model.checked(), steps / 50) << "the model has to get somewhere";
}

TEST(SorterModel, MergedStreamsAreTheCommittedTransactions) {
  constexpr uint64_t kStepsPerRun = 2000;
  const uint64_t runs = testing::test_steps(100'000) / kStepsPerRun + 1;
  const uint64_t first_seed = test_seed();
  for (uint64_t i = 0; i < runs && !::testing::Test::HasFailure(); ++i) {
    run(first_seed + i, 1 + i % 3, kStepsPerRun);
  }
}

// Short histories, so that every state near the start is met, with a crash after each step.
TEST(SorterModel, CrashAfterEveryStep) {
  const uint64_t runs = testing::test_steps(20'000) / 50;
  const uint64_t first_seed = test_seed();
  for (uint64_t seed = first_seed; seed < first_seed + runs; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Model model(seed, 2);
    for (int i = 0; i < 50; ++i) {
      model.step();
      model.check();
    }
    model.finish();
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace tbl::pump
