// Feeds the sorter, keeps its snapshot, carries out verdicts and GC.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/env.h"
#include "base/status.h"
#include "base/stop.h"
#include "pump/storage/published.h"
#include "pump/storage/recovery.h"
#include "pump/storage/releaser.h"
#include "pump/storage/snapshot.h"
#include "pump/storage/storage.h"

namespace tbl::pump {

struct SorterParts {
  const StorageOptions& options;
  DataDir dir;
  SegmentSet& segments;
  CommitIndex& index;
  DroppedLog& dropped;
  Releaser& releaser;
  Published& published;
};

/// Owns the sorter, and alone writes index, sorter.snap and dropped.log. Any thread may call.
///
/// One thread at a time works on the sorter: its own, or, when that is at rest, the caller of add()
/// with a few records, for whom waking another thread would cost more than the work.
class SorterLoop {
 public:
  SorterLoop(SorterParts parts, Recovered recovered);
  ~SorterLoop() { (void)close(); }
  SorterLoop(const SorterLoop&) = delete;
  SorterLoop& operator=(const SorterLoop&) = delete;

  /// Takes a snapshot, publishes what recovery released, starts the thread. `segments` as in gc(),
  /// left over from a GC that was cut off.
  Status start(std::vector<uint32_t>* segments);
  /// Handles what was given, takes a snapshot, ends the thread. Idempotent.
  Status close();

  /// Durable records in log order, from one thread at a time. Waits while more than a million
  /// records are queued.
  void add(std::vector<LogItem> items);
  void drop(uint64_t start_ts, WriteDone done);
  /// Makes gc_ts durable; `segments` are those that nothing needs any more, for the caller to
  /// unlink.
  Status gc(uint64_t target, std::vector<uint32_t>* segments);
  uint64_t gc_ts() const;

  bool wait_question(const StopToken& stop, std::chrono::nanoseconds timeout);
  /// Without primary keys, with the places of their P's.
  std::vector<std::pair<Question, Place>> questions(size_t limit);
  /// Place of the P of a transaction without released outcome; NotFound.
  Result<Place> find_prewrite(uint64_t start_ts) const;
  /// A transaction without outcome, without its primary key, and the place of its P; NotFound.
  Result<std::pair<OpenTxn, Place>> find_open(uint64_t start_ts) const;
  /// All but what segments and writer know.
  void fill(StorageStats* stats) const;

 private:
  struct Drop {
    uint64_t start_ts;
    WriteDone done;
  };
  struct Gc {
    uint64_t target;
    std::vector<uint32_t>* segments;
    Status status;
    bool over = false;
  };
  struct Inbox {
    std::vector<LogItem> items;
    std::vector<Drop> drops;
    std::vector<Gc*> gcs;
    bool empty() const { return items.empty() && drops.empty() && gcs.empty(); }
  };

  void run();
  /// False: closed and nothing left.
  bool wait_for_work(Inbox* work);
  /// Puts `items` into the inbox; false: they are few, the sorter is at rest, and the caller has it
  /// until rest().
  bool enqueue(std::vector<LogItem>* items);
  void rest();
  void handle(Inbox& work);
  void add_to_sorter(const std::vector<LogItem>& items);
  void carry_out(std::vector<Drop>& drops);
  void publish();
  Status take_snapshot();
  void take_snapshot_if_due();
  bool snapshot_due() const;
  Status carry_out(const Gc& gc);
  Status forget_until_gc_ts(std::vector<uint32_t>* segments);
  std::vector<uint32_t> removable_segments(uint64_t gc_ts) const;
  int64_t now_ms() const;

  SorterParts parts_;

  // Of the thread that works.
  LogPosition position_;
  uint64_t segment_max_ts_ = 0;
  uint64_t bytes_since_snapshot_ = 0;
  bool changed_since_snapshot_ = false;
  int64_t next_snapshot_ms_ = 0;

  mutable std::mutex
      state_mutex_;  ///< guards what is below; the thread that works may read without it
  std::condition_variable_any questions_changed_;
  Sorter sorter_;
  uint64_t gc_ts_ = 0;
  int64_t last_snapshot_ms_ = 0;
  bool new_question_ = false;

  std::mutex inbox_mutex_;
  std::condition_variable work_;   ///< for the own thread: something came, or nobody works
  std::condition_variable taken_;  ///< the inbox was emptied
  std::condition_variable gc_over_;
  Inbox inbox_;
  bool busy_ = false;        ///< somebody works
  bool timed_wait_ = false;  ///< the own thread wakes up for the next snapshot by itself
  bool closed_ = false;
  Status close_status_;

  Thread thread_;
};

}  // namespace tbl::pump
