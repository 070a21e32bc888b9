// Which transaction may be applied by whom, now: the scheduler without its threads.
//
//   last[h]  = last transaction that wrote hash h
//   deps(T)  = distinct last[h] of T's write set that are not durable yet
//   no deps             T is ready: the next idle worker takes it
//   all at one worker   T is bound to that worker, behind them (a hot row is one chain)
//   else                T waits
//
// A worker takes what is bound to it, then what is ready, until its batch is full. Of what is ready
// it takes the oldest, then all of the same table: many rows of one table make one statement.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/ring.h"
#include "drainer/schedule/last_writer.h"
#include "drainer/schedule/ready_list.h"
#include "drainer/schedule/write_set.h"

namespace tbl::schedule {

/// In which order downstream transactions may commit.
enum class CommitOrder : uint8_t {
  kFree,      ///< any that the write sets allow
  kUpstream,  ///< the stream's: batches are contiguous pieces of it
};

struct TakeLimits {
  uint64_t rows = 20;
  uint64_t bytes = 4 << 20;
  uint64_t transactions = 2000;
};

/// What one worker applies in one downstream transaction.
struct Taken {
  std::vector<uint64_t> numbers;  ///< ascending
  uint64_t rows = 0;
  /// Retried after a conflict: everything before it in the stream is durable.
  bool alone = false;
};

/// Transactions are known by the numbers that add() gives: 0, 1, 2, … Not thread safe.
class Dispatcher {
 public:
  Dispatcher(size_t workers, CommitOrder order);

  /// add() of this write set follows soon.
  void prefetch(const WriteSet& writes) const {
    for (uint64_t hash : writes.hashes) last_.prefetch(hash);
  }
  /// The next transaction of the stream. Its conflicts with unfinished ones are kept in order.
  uint64_t add(const WriteSet& writes, uint64_t rows, uint64_t bytes);

  /// Nothing to do for this worker now: `numbers` is empty. A transaction above the limits comes
  /// alone in its batch.
  Taken take(size_t worker, const TakeLimits& limits) {
    Taken batch;
    take(worker, limits, &batch);
    return batch;
  }
  /// The same; what `*taken` held before is memory to be used again.
  void take(size_t worker, const TakeLimits& limits, Taken* taken);

  /// The batch is durable.
  void finish(const Taken& batch);

  /// The batch was rolled back because of others' locks or values: its transactions come back to
  /// the same worker one by one, each when all before it are durable.
  void retry_alone(size_t worker, const Taken& batch);

  /// With CommitOrder::kUpstream: everything before this batch is durable.
  bool may_commit(const Taken& batch) const;

  /// The worker that this transaction waits for a place at; none: any, or not to be had yet.
  std::optional<size_t> bound_to(uint64_t number) const;
  /// This worker has transactions to apply alone: it takes nothing else.
  bool is_retrying(size_t worker) const { return !retry_[worker].empty(); }
  bool has_bound(size_t worker) const { return !bound_[worker].empty(); }
  /// take() would give this worker something.
  bool has_work(size_t worker) { return first_work(worker) != kNothing; }
  /// The number that it would begin with.
  uint64_t first_work(size_t worker);
  static constexpr uint64_t kNothing = ~0ULL;
  uint64_t first_unfinished() const { return first_; }
  uint64_t next_number() const { return first_ + nodes_.size(); }
  bool idle() const { return nodes_.empty(); }
  /// Rows of the table that take() would begin with, of those that any worker may take.
  uint64_t ready_rows() { return ready_.rows_of_oldest(); }
  /// Rows that no worker has taken yet.
  uint64_t waiting_rows() const { return waiting_rows_; }

 private:
  enum class State : uint8_t { kWaiting, kReady, kBound, kTaken, kFinished };
  static constexpr uint32_t kNoWorker = ~0U;

  struct Node {
    std::vector<uint64_t> dependents;
    uint64_t table = 0;
    uint64_t rows = 0;
    uint64_t bytes = 0;
    uint32_t unfinished = 0;  // dependencies that are not durable
    uint32_t placed = 0;      // of those, how many belong to `candidate`
    uint32_t candidate = kNoWorker;
    uint32_t worker = kNoWorker;
    bool scattered = false;  // dependencies at more than one worker
    State state = State::kWaiting;
  };

  Node& node(uint64_t number) { return nodes_[number - first_]; }
  const Node& node(uint64_t number) const { return nodes_[number - first_]; }
  void depend(Node& node, uint64_t number, uint64_t on);
  static void count_placed(Node& node, uint32_t worker);
  static void forget_placed(Node& node, uint32_t worker);
  static bool bindable(const Node& node);
  void settle(uint64_t number);
  void place(uint64_t number, uint32_t worker, State state);
  bool take_next(size_t worker, uint64_t table, uint64_t* number);
  bool take_in_order(size_t worker, uint64_t* number) const;
  bool take_alone(size_t worker, uint64_t* number) const;
  void mark_taken(size_t worker, uint64_t number);

  const CommitOrder order_;
  Ring<Node> nodes_;  // from the first unfinished one
  uint64_t first_ = 0;
  uint64_t next_in_order_ = 0;
  uint64_t barrier_ = 0;  // transactions below it come before every later one
  ReadyList ready_;
  std::vector<std::set<uint64_t>> bound_;  // by worker
  std::vector<std::set<uint64_t>> retry_;  // by worker: to be applied alone
  LastWriter last_;
  std::vector<uint64_t> deps_;                        // in add(), kept for its memory
  std::vector<std::pair<uint64_t, State>> to_place_;  // in place(), likewise
  uint64_t waiting_rows_ = 0;
};

}  // namespace tbl::schedule
