// Pump's store: makes binlogs durable, puts them into commit order, serves them.
//
//   write() -> LogWriter (group, write, fdatasync) -> answer
//                   \-> Sorter (log order) -> CommitIndex -> publish U -> FeedCursor
//
// Words: P, C, R = prewrite, commit, rollback record of a transaction; a fake is a progress mark; U
// is the highest released ts, everything up to it is in the index and will never be joined by a
// late one. docs/formats/pump.md has the files, docs/architecture.md the reasons.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/env.h"
#include "base/status.h"
#include "base/stop.h"
#include "pump/storage/binlog_record.h"
#include "pump/storage/feed_cursor.h"
#include "pump/storage/place.h"

namespace tbl::pump {

/// One group of records as it went to the disk, for metrics.
struct GroupWritten {
  size_t records = 0;
  uint64_t bytes = 0;
  double write_seconds = 0;   ///< write(2)
  double sync_seconds = 0;    ///< fdatasync(2)
  double rotate_seconds = 0;  ///< sealing the segment and beginning the next, 0 when it did not
};

struct StorageOptions {
  std::string dir;  ///< data-dir; value/, index/, sorter.snap, dropped.log and .lock are below it
  Env* env = &posix_env();
  Clock* clock = &system_clock();
  uint64_t segment_bytes = 500ULL << 20;
  bool sync_log =
      true;  ///< false: answered after the write, a crash of the machine may lose the tail
  uint64_t snapshot_log_bytes = 64ULL << 20;
  std::chrono::milliseconds snapshot_interval{60'000};
  /// How long a P without outcome may hold up what is behind it before TiKV is asked.
  std::chrono::milliseconds ask_after{1000};
  /// Called on the thread that writes after each group; must be quick. May be empty.
  std::function<void(const GroupWritten&)> on_group;
  /// Asked on the thread of a write() that finds the log at rest: runs `work`, which writes a group
  /// and says whether there is more, until there is none, on a thread that may wait for the disk.
  /// False, or empty: the log's own thread does it.
  std::function<bool(const std::function<bool()>& work)> lend;
  /// Called on the thread that writes with the answers of a group, which it runs once, there or
  /// elsewhere. Empty: they are given there.
  std::function<void(const std::function<void()>& answers)> answer;
};

/// Called exactly once, where StorageOptions::answer has it run, on the sorter's thread (or the
/// caller's, when refused at once); must be quick and must not call close().
using WriteDone = std::function<void(const Status&)>;

enum class AskWhy : uint8_t {
  kOrphan,    ///< no outcome came, and something waits behind it
  kRollback,  ///< an R came, which is no proof
};

/// A transaction whose outcome only TiKV knows.
struct Question {
  uint64_t start_ts = 0;
  AskWhy why = AskWhy::kOrphan;
  std::string primary_key;  ///< raw key, as TiDB sent it
  int64_t waited_ms = 0;    ///< since its P arrived (or since the start of the process)
  bool ddl = false;
};

/// A transaction without outcome, for a person.
struct OpenTxn {
  std::string primary_key;
  uint64_t bytes = 0;     ///< of its P
  int64_t waited_ms = 0;  ///< as in Question
  bool ddl = false;
  bool rollback_seen = false;
};

/// What went wrong or was odd since the start, for metrics and /debug/why.
struct StorageCounters {
  uint64_t late_commits = 0;         ///< proven committed below U: not served
  uint64_t commits_without_p = 0;    ///< C whose P is not in this log: not served
  uint64_t conflicting_commits = 0;  ///< second C with another commit ts, or C <= start ts: ignored
  uint64_t duplicates = 0;           ///< P or C that were there already
  uint64_t dropped = 0;              ///< proven dropped
  uint64_t corrupt_ranges = 0;       ///< bad bytes found by recovery that no crash explains
  uint64_t failed_groups = 0;        ///< group writes that ended in an error
};

/// State of the sorter: what is served and what holds it up.
struct StorageStats {
  uint64_t max_commit_ts = 0;   ///< U
  uint64_t newest_fake_ts = 0;  ///< newest fake <= U
  uint64_t gc_ts = 0;
  uint64_t unresolved = 0;         ///< P's without proven outcome, open questions about R included
  uint64_t committed_waiting = 0;  ///< committed, not yet released
  uint64_t queue_items = 0;        ///< records behind the front of the sorter's queue
  uint64_t front_ts = 0;           ///< ts that waits at the front, 0: nothing waits
  std::vector<uint64_t> blocking;  ///< start ts of the P's that hold it up, at most 20
  uint64_t index_entries = 0;
  uint64_t log_bytes = 0;  ///< size of all segments
  uint64_t log_segments = 0;
  uint64_t snapshot_age_ms = 0;
  StorageCounters counters;
};

/// Threads: all calls from any thread, except close() and the destructor: once, after all others.
/// Two threads of its own: the writer and the sorter. Memory: what is queued, the sorter's state
/// (about 250 bytes per transaction without released outcome), 32 MiB of recently finished start
/// ts.
class Storage {
 public:
  /// Locks the directory, recovers, takes over the directory of an original pump (kv/), starts.
  /// Errors: locked by another process, unreadable files. Bad bytes in the log are not an error:
  /// see corruption().
  static Result<std::unique_ptr<Storage>> open(StorageOptions options);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  /// Refuses new writes, finishes the queued ones, writes a snapshot, seals the segment.
  Status close();

  /// Appends; `done` after the record is durable. A record answered before another was handed in
  /// stands before it. Never blocks; the caller bounds what is in flight (queued_bytes()). A failed
  /// write leaves the store usable: later groups go to a new segment.
  void write(BinlogRecord record, WriteDone done);
  uint64_t queued_bytes() const;

  /// U. All transactions committed up to it are readable through feed().
  uint64_t max_commit_ts() const;
  /// Waits until U > `beyond`: true; false: stop was requested or the time is over.
  bool wait_published(uint64_t beyond, const StopToken& stop,
                      std::chrono::nanoseconds timeout) const;
  /// Calls `changed` on the sorter's thread after U rose, until the returned handle dies (which
  /// waits for a running call). Must be quick and must not call back into Storage except
  /// max_commit_ts().
  std::shared_ptr<void> subscribe(std::function<void()> changed);
  /// Serves everything above `after_ts`.
  std::unique_ptr<FeedCursor> feed(uint64_t after_ts) const;

  /// Transactions to ask TiKV about, oldest first. The same ones come again until they are
  /// answered; the caller spaces its retries.
  std::vector<Question> questions(size_t limit);
  /// Returns when an R came that was not there at the last call of questions() (true), or after
  /// `timeout` or stop (false).
  bool wait_question(const StopToken& stop, std::chrono::nanoseconds timeout);
  /// Payload of the P of a transaction that is not released; NotFound once it is, or was dropped.
  Result<std::string> read_prewrite(uint64_t start_ts) const;
  /// NotFound once its outcome is known.
  Result<OpenTxn> open_txn(uint64_t start_ts) const;
  /// TiKV proves the commit: writes a C. `done` after it is durable.
  void committed(uint64_t start_ts, uint64_t commit_ts, WriteDone done);
  /// TiKV proves that it never commits. `done` after that is durable (dropped.log).
  void dropped(uint64_t start_ts, WriteDone done);

  /// Forgets everything up to `target`. Waits until gc_ts is durable and the files are gone. A
  /// target that is not above gc_ts() or not below U changes nothing: FailedPrecondition says
  /// which.
  Status gc(uint64_t target);
  uint64_t gc_ts() const;

  /// The record of a ts: the C or fake with that commit ts, or the P with that start ts (first).
  /// NotFound: no such record, or already removed by gc().
  Result<std::string> read_binlog(uint64_t ts) const;
  StorageStats stats() const;
  /// "" or what recovery found damaged, for ErrMsg of /status.
  std::string corruption() const;

 private:
  class Impl;
  explicit Storage(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Makes `dir` ready for an original pump: a kv/ that holds the gc ts, without our index and
/// snapshot. The directory must not be open.
Status export_to_original(const std::string& dir, Env& env);

}  // namespace tbl::pump
