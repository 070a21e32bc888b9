// Puts the transactions of the log into commit order: a pure state machine, without threads or I/O.
//
// A ts x may be released when it stands in the log as the commit ts of a C or as a fake, and every
// P that stands before it with start ts < x has a proven outcome. Why that is safe: a transaction
// with commit ts c < x had its P durable here before c was requested, and c was allocated before x
// was, and x before x was written; so its P stands before x. What is released is complete and
// ascending.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pump/storage/binlog_record.h"
#include "pump/storage/finished_set.h"
#include "pump/storage/index_format.h"
#include "pump/storage/place.h"

namespace tbl::pump {

/// A durable record of the log.
struct LogItem {
  BinlogHeader header;
  Place place;
};

/// A transaction whose outcome is not released yet.
struct Txn {
  uint64_t commit_ts = 0;  ///< 0: unresolved
  Place prewrite;
  Place commit;
  int64_t arrived_ms = 0;  ///< steady time; not kept over a restart
  bool ddl = false;
  bool passed = false;         ///< unresolved, and its P was taken from the queue's front
  bool rollback_seen = false;  ///< an R came, which is no proof

  bool resolved() const { return commit_ts != 0; }
};

/// An item of the queue. Fakes and commits may release their ts.
struct QueueItem {
  enum class Kind : uint8_t { kPrewrite, kCommit, kFake };
  uint64_t ts = 0;  ///< start ts of a P, else the ts to release
  Kind kind = Kind::kPrewrite;

  bool operator==(const QueueItem&) const = default;
};

/// Something odd, to be logged and counted by the owner.
struct SorterEvent {
  enum class Kind : uint8_t {
    kDuplicate,       ///< the P or C was here already
    kLateCommit,      ///< a P of this log commits at or below U: not released
    kCommitWithoutP,  ///< C whose P is not here, or was finished long ago
    kCommitConflict,  ///< second C with another commit ts, or another transaction has that commit
                      ///< ts
    kCommitNotAfterStart,
    kRollbackAfterCommit,
  };
  Kind kind;
  uint64_t start_ts;
  uint64_t commit_ts;
  uint64_t other_ts = 0;  ///< the commit ts that was there, or U
};

/// Everything of a sorter that a snapshot keeps, beside the finished commits, which stand in the
/// index.
struct SorterState {
  uint64_t max_ts = 0;
  uint64_t newest_fake_ts = 0;
  std::vector<std::pair<uint64_t, Txn>> txns;
  std::vector<QueueItem> queue;
  std::vector<FinishedSet::Unreleased> unreleased;
};

class Sorter {
 public:
  Sorter() = default;
  /// `finished`: the newest entries of the index, ascending.
  Sorter(SorterState state, const std::vector<IndexEntry>& finished, int64_t now_ms);

  /// The next record in log order.
  void add(const LogItem& item, int64_t now_ms);
  /// The transaction will certainly never commit. False: not unresolved here (finished, or
  /// unknown).
  bool drop(uint64_t start_ts);

  /// From now on an R with start ts below `ts` is proof: the original, which wrote it, took it as
  /// such and has released what came after.
  void trust_rollbacks_below(uint64_t ts) { trusted_below_ = ts; }

  /// Released since the last call, in commit order.
  std::vector<IndexEntry> take_released() { return std::exchange(released_, {}); }
  std::vector<SorterEvent> take_events() { return std::exchange(events_, {}); }
  /// U: every transaction up to it was released.
  uint64_t max_ts() const { return max_ts_; }
  /// Newest fake that was let through, <= U.
  uint64_t newest_fake_ts() const { return newest_fake_ts_; }

  /// Null: no transaction without released outcome has this start ts.
  const Txn* find(uint64_t start_ts) const;
  const std::unordered_map<uint64_t, Txn>& txns() const { return txns_; }
  size_t unresolved() const { return txns_.size() - committed_; }
  size_t committed_waiting() const { return committed_; }
  size_t queue_size() const { return queue_.size(); }
  /// The ts that waits at the front, 0: none.
  uint64_t front_ts() const;
  /// Start ts of the unresolved transactions that hold up the front, ascending, at most `limit`.
  std::vector<uint64_t> blocking(size_t limit) const;
  /// Unresolved ones of which an R came, ascending.
  const std::set<uint64_t>& rolled_back() const { return rolled_back_; }

  SorterState state() const;

 private:
  void add_prewrite(const LogItem& item, int64_t now_ms);
  void add_commit(const LogItem& item);
  void add_commit_without_txn(const LogItem& item);
  void add_rollback(uint64_t start_ts);
  /// Takes a transaction that will not be released out of everything.
  void finish(uint64_t start_ts, uint64_t commit_ts);
  void advance();
  bool front_passes(const QueueItem& item);
  void release(uint64_t ts);
  void event(SorterEvent::Kind kind, const BinlogHeader& header, uint64_t other_ts = 0);

  uint64_t max_ts_ = 0;
  uint64_t newest_fake_ts_ = 0;
  std::unordered_map<uint64_t, Txn> txns_;  ///< by start ts
  size_t committed_ = 0;                    ///< resolved ones in txns_, all in heap_
  std::deque<QueueItem> queue_;
  std::set<uint64_t> passed_;  ///< unresolved P's taken from the queue
  std::set<uint64_t> rolled_back_;
  std::map<uint64_t, uint64_t> heap_;  ///< commit ts -> start ts, committed and not released
  FinishedSet finished_;
  uint64_t trusted_below_ = 0;
  std::vector<IndexEntry> released_;
  std::vector<SorterEvent> events_;
};

}  // namespace tbl::pump
