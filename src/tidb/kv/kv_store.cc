#include "tidb/kv/kv_store.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "base/log.h"
#include "base/stop.h"
#include "tidb/kv/kv_error.h"

namespace tbl::tidb {
namespace {

constexpr int kBackgroundThreads = 2;
using Clock = std::chrono::steady_clock;

}  // namespace

/// The threads, and what they work on.
class KvStore::Threads {
 public:
  Threads(Storage& storage, const KvStoreOptions& options) : storage_(storage), options_(options) {
    for (int i = 0; i < kBackgroundThreads; ++i) {
      workers_.emplace_back("txn-background", [this] { work(); });
    }
    heart_ = Thread("txn-heart-beat", [this] { beat(); });
  }

  ~Threads() {
    drain();
    stop_.request_stop();
    changed_.notify_all();
  }

  void run(std::function<void()> work) {
    {
      std::lock_guard lock(mutex_);
      queue_.push_back(std::move(work));
    }
    changed_.notify_all();
  }

  void drain() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return queue_.empty() && running_ == 0; });
  }

  void add(uint64_t start_ts) {
    std::lock_guard lock(mutex_);
    active_.insert(start_ts);
  }

  void remove(uint64_t start_ts) {
    std::lock_guard lock(mutex_);
    if (auto it = active_.find(start_ts); it != active_.end()) active_.erase(it);
    kept_alive_.erase(start_ts);
  }

  void keep_alive(const TxnHead& head) {
    std::lock_guard lock(mutex_);
    kept_alive_.try_emplace(head.start_ts, Kept{head, Clock::now()});
  }

  uint64_t oldest() const {
    std::lock_guard lock(mutex_);
    return active_.empty() ? UINT64_MAX : *active_.begin();
  }

 private:
  struct Kept {
    TxnHead head;
    Clock::time_point since;
  };

  void work() {
    std::unique_lock lock(mutex_);
    const StopToken stop = stop_.get_token();
    while (true) {
      changed_.wait(lock, stop, [&] { return !queue_.empty(); });
      if (queue_.empty()) return;
      auto work = std::move(queue_.front());
      queue_.pop_front();
      ++running_;
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
      --running_;
      changed_.notify_all();
    }
  }

  void beat() {
    while (wait_for(stop_.get_token(), options_.heart_beat_interval)) {
      for (const auto& head : due()) {
        const auto ttl = storage_.heart_beat(head);
        if (!ttl.ok()) {
          log_warn("heart beat of a transaction failed",
                   {{"start ts", head.start_ts}, {"error", ttl.status()}});
        }
      }
    }
  }

  /// Those whose locks shall live on, with the time to live to ask for.
  std::vector<TxnHead> due() {
    std::lock_guard lock(mutex_);
    std::vector<TxnHead> heads;
    const auto now = Clock::now();
    for (const auto& [_, kept] : kept_alive_) {
      const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(now - kept.since);
      if (age > options_.max_txn_life) continue;
      heads.push_back(kept.head);
      heads.back().ttl_ms += static_cast<uint64_t>(age.count());
    }
    return heads;
  }

  Storage& storage_;
  const KvStoreOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> queue_;
  int running_ = 0;
  std::multiset<uint64_t> active_;
  std::map<uint64_t, Kept> kept_alive_;
  StopSource stop_;
  std::vector<Thread> workers_;
  Thread heart_;
};

KvStore::KvStore(Storage& storage, BinlogWriter* binlog, KvStoreOptions options)
    : storage_(storage),
      binlog_(binlog),
      options_(options),
      threads_(std::make_unique<Threads>(storage, options)) {}

KvStore::~KvStore() = default;

Result<std::unique_ptr<Transaction>> KvStore::begin(const TxnOptions& options) {
  uint64_t start_ts = options.snapshot_ts.value_or(0);
  if (!options.snapshot_ts) {
    const auto ts = storage_.get_ts();
    if (!ts.ok()) {
      return sql_error(kErrPdServerTimeout, "PD server timeout: " + ts.status().message());
    }
    start_ts = *ts;
  }
  return std::unique_ptr<Transaction>(new Transaction(*this, start_ts, options));
}

uint64_t KvStore::oldest_start_ts() const { return threads_->oldest(); }
void KvStore::run_in_background(std::function<void()> work) { threads_->run(std::move(work)); }
void KvStore::drain() { threads_->drain(); }
void KvStore::add(const Transaction& txn) {
  threads_->add(txn.start_ts());
  lock_waits_.begun(txn.start_ts());
}
void KvStore::remove(const Transaction& txn) { threads_->remove(txn.start_ts()); }
void KvStore::keep_alive(const TxnHead& head) { threads_->keep_alive(head); }

}  // namespace tbl::tidb
