// Random commands against the store and against a model of it that is written down as the rules
// are: a map of records per key and at most one lock.
#include <map>
#include <random>

#include "base/test_seed.h"
#include "tikv/mvcc/test_store.h"

namespace tbl::tikv {
namespace {

struct ModelRecord {
  kvrpcpb::Op type;
  uint64_t start_ts;
  std::string value;
  bool overlapped = false;
};

struct ModelLock {
  kvrpcpb::Op type;
  uint64_t start_ts;
  std::string primary;
  std::string value;
};

struct ModelKey {
  std::map<uint64_t, ModelRecord> records;  ///< by commit ts
  std::optional<ModelLock> lock;

  bool locked_by(uint64_t start_ts) const { return lock && lock->start_ts == start_ts; }

  /// Commit ts, 0 for rolled back, nothing for unknown.
  std::optional<uint64_t> outcome(uint64_t start_ts) const {
    for (const auto& [ts, record] : records) {
      const bool own = record.start_ts == start_ts;
      if (own && record.type != kvrpcpb::Rollback) return ts;
      if ((own && record.type == kvrpcpb::Rollback) || (record.overlapped && ts == start_ts)) {
        return 0;
      }
    }
    return std::nullopt;
  }
  bool conflicts(uint64_t start_ts) const {
    if (outcome(start_ts) == std::optional<uint64_t>(0)) return true;
    for (const auto& [ts, record] : records) {
      if (ts >= start_ts && record.type != kvrpcpb::Rollback) return true;
    }
    return false;
  }
  std::optional<std::string> read(uint64_t ts) const {
    std::optional<std::string> seen;
    for (const auto& [commit_ts, record] : records) {
      if (commit_ts > ts) break;
      if (record.type == kvrpcpb::Put) seen = record.value;
      if (record.type == kvrpcpb::Del) seen.reset();
    }
    return seen;
  }
  void commit(uint64_t commit_ts) {
    const auto old = records.find(commit_ts);
    const bool overlapped = old != records.end() && old->second.type == kvrpcpb::Rollback;
    records[commit_ts] = {lock->type, lock->start_ts, lock->value, overlapped};
    lock.reset();
  }
  void roll_back(uint64_t start_ts) {
    if (locked_by(start_ts)) lock.reset();
    const auto old = records.find(start_ts);
    if (old != records.end() && old->second.type != kvrpcpb::Rollback) {
      old->second.overlapped = true;
    } else {
      records[start_ts] = {kvrpcpb::Rollback, start_ts, "", false};
    }
  }
};

class ModelRun {
 public:
  explicit ModelRun(unsigned seed) : random_(seed) {}

  void step() {
    switch (pick(8)) {
      case 0:
      case 1:
        prewrite();
        break;
      case 2:
      case 3:
        commit();
        break;
      case 4:
        roll_back();
        break;
      case 5:
        check_status();
        break;
      case 6:
        resolve();
        break;
      default:
        scan();
        break;
    }
    compare(keys_[pick(keys_.size())]);
  }

  void compare_all() {
    for (const auto& key : keys_) compare(key);
  }

 private:
  size_t pick(size_t n) { return random_() % n; }
  uint64_t some_ts() { return 1 + pick(kTsEnd); }
  /// Few start timestamps, so that commands of one transaction meet.
  uint64_t some_start() { return 1 + pick(kTsEnd / 10) * 10; }
  ModelKey& model(const std::string& key) { return model_[key]; }

  void prewrite() {
    static const kvrpcpb::Op kOps[] = {kvrpcpb::Put, kvrpcpb::Put, kvrpcpb::Del, kvrpcpb::Lock,
                                       kvrpcpb::Insert};
    const uint64_t start_ts = some_start();
    std::vector<TestMutation> mutations;
    for (const auto& key : keys_) {
      if (pick(3) == 0) {
        const auto op = kOps[pick(std::size(kOps))];
        const std::string value = std::to_string(random_()) + std::string(pick(2) * 300, 'x');
        mutations.push_back({op, key, op == kvrpcpb::Put || op == kvrpcpb::Insert ? value : ""});
      }
    }
    if (mutations.empty()) return;
    bool good = true;
    for (const auto& m : mutations) good = good && may_prewrite(model(m.key), m, start_ts);
    EXPECT_EQ(db_.prewrite(start_ts, mutations).errors_size() == 0, good) << "start " << start_ts;
    if (!good) return;
    for (const auto& m : mutations) {
      if (model(m.key).lock) continue;  // asked before
      const auto type = m.op == kvrpcpb::Insert ? kvrpcpb::Put : m.op;
      model(m.key).lock = ModelLock{type, start_ts, mutations[0].key, m.value};
    }
  }

  static bool may_prewrite(const ModelKey& key, const TestMutation& m, uint64_t start_ts) {
    if (key.lock) return key.lock->start_ts == start_ts;
    if (key.conflicts(start_ts)) return false;
    return m.op != kvrpcpb::Insert || !key.read(kMaxTs);
  }

  void commit() {
    const std::string key = keys_[pick(keys_.size())];
    auto& k = model(key);
    const uint64_t start_ts = k.lock && pick(4) > 0 ? k.lock->start_ts : some_start();
    const uint64_t commit_ts = start_ts + 1 + pick(kTsEnd / 2);
    const bool locked = k.locked_by(start_ts);
    const bool good = locked || k.outcome(start_ts).value_or(0) > 0;
    EXPECT_EQ(!db_.commit(start_ts, commit_ts, {key}).has_error(), good);
    // In TiKV too a commit ts that another commit has would overwrite it; clients never do that.
    if (locked) k.commit(commit_ts);
  }

  void roll_back() {
    const std::string key = keys_[pick(keys_.size())];
    auto& k = model(key);
    const uint64_t start_ts = k.lock && pick(2) > 0 ? k.lock->start_ts : some_start();
    const auto outcome = k.locked_by(start_ts) ? std::nullopt : k.outcome(start_ts);
    EXPECT_EQ(db_.rollback(start_ts, {key}).has_error(), outcome.value_or(0) > 0);
    if (!outcome) k.roll_back(start_ts);
  }

  void check_status() {
    const std::string key = keys_[pick(keys_.size())];
    auto& k = model(key);
    const uint64_t start_ts = k.lock && pick(2) > 0 ? k.lock->start_ts : some_start();
    const bool expired = pick(2) == 0;
    auto request = db_.status_request(key, start_ts, expired ? kMaxTs : start_ts);
    request.set_rollback_if_not_exist(true);
    const auto response = db_.check_status(request);
    if (k.locked_by(start_ts)) {
      EXPECT_EQ(response.lock_ttl() > 0, !expired);
      if (expired) k.roll_back(start_ts);
      return;
    }
    const auto outcome = k.outcome(start_ts);
    EXPECT_EQ(response.commit_version(), outcome.value_or(0));
    EXPECT_EQ(response.action(), outcome ? kvrpcpb::NoAction : kvrpcpb::LockNotExistRollback);
    if (!outcome) k.roll_back(start_ts);
  }

  void resolve() {
    const uint64_t start_ts = some_start();
    const uint64_t commit_ts = pick(2) == 0 ? 0 : start_ts + 1 + pick(kTsEnd);
    kvrpcpb::ResolveLockRequest request;
    request.set_start_version(start_ts);
    request.set_commit_version(commit_ts);
    run(resolve_lock, db_.store(), request);
    for (auto& [key, k] : model_) {
      if (!k.locked_by(start_ts)) continue;
      commit_ts > 0 ? k.commit(commit_ts) : k.roll_back(start_ts);
    }
  }

  void scan() {
    const uint64_t ts = some_ts();
    const bool reverse = pick(2) == 0;
    std::string from = keys_[pick(keys_.size())];
    std::string to = pick(3) == 0 ? "" : keys_[pick(keys_.size())];
    auto request = reverse ? db_.scan_request(to, from, ts) : db_.scan_request(from, to, ts);
    request.set_reverse(reverse);
    std::vector<std::string> expected;
    for (const auto& [key, k] : model_) {
      if (key < from || (!to.empty() && key >= to)) continue;
      const bool blocked = k.lock && k.lock->type != kvrpcpb::Lock && k.lock->start_ts <= ts;
      if (blocked) {
        expected.push_back(key + "!");
      } else if (const auto value = k.read(ts)) {
        expected.push_back(key + "=" + *value);
      }
    }
    if (reverse) std::reverse(expected.begin(), expected.end());
    std::vector<std::string> seen;
    const auto response = db_.scan(request);
    for (const auto& pair : response.pairs()) {
      seen.push_back(pair.key() + (pair.has_error() ? "!" : "=" + pair.value()));
    }
    EXPECT_EQ(seen, expected) << "ts " << ts << " reverse " << reverse;
  }

  /// Everything that is stored about the key.
  void compare(const std::string& key) {
    const auto& k = model(key);
    const auto info = db_.info(key);
    ASSERT_EQ(info.has_lock(), k.lock.has_value()) << key;
    if (k.lock) {
      EXPECT_EQ(info.lock().start_ts(), k.lock->start_ts);
      EXPECT_EQ(info.lock().type(), k.lock->type);
      EXPECT_EQ(info.lock().primary(), k.lock->primary);
    }
    ASSERT_EQ(static_cast<size_t>(info.writes_size()), k.records.size()) << key;
    int i = info.writes_size();
    size_t long_values = k.lock && k.lock->value.size() > 255 ? 1 : 0;
    for (const auto& [commit_ts, record] : k.records) {
      const auto& write = info.writes(--i);
      EXPECT_EQ(write.commit_ts(), commit_ts);
      EXPECT_EQ(write.start_ts(), record.start_ts);
      EXPECT_EQ(write.type(), record.type);
      EXPECT_EQ(write.has_overlapped_rollback(), record.overlapped);
      if (record.value.size() > 255) ++long_values;
    }
    EXPECT_GE(static_cast<size_t>(info.values_size()), long_values) << key;
  }

  static constexpr uint64_t kTsEnd = 200;
  std::mt19937 random_;
  TestStore db_;
  std::vector<std::string> keys_{"a", "b", "c", "dddddddd", "ddddddddd"};
  std::map<std::string, ModelKey> model_;
};

TEST(MvccModel, RandomCommandsEndAsTheModelSays) {
  const unsigned seed = test_seed();
  for (unsigned round = 0; round < 4; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed + round));
    ModelRun run(seed + round);
    for (int i = 0; i < 400 && !::testing::Test::HasFailure(); ++i) run.step();
    run.compare_all();
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace tbl::tikv
