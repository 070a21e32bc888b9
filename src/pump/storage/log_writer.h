// Appends to the log, one thread at a time: gathers what waits, writes it, syncs, answers.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/env.h"
#include "base/status.h"
#include "base/stop.h"
#include "pump/storage/binlog_record.h"
#include "pump/storage/segment_set.h"
#include "pump/storage/sorter.h"
#include "pump/storage/storage.h"

namespace tbl::pump {

struct LogWriterOptions {
  Env* env = nullptr;
  uint64_t segment_bytes = 0;
  bool sync = true;
  /// The segment to append to: a new one (size 0), or one whose records are all durable.
  SegmentInfo segment;
  std::function<void(const GroupWritten&)> on_group;
  std::function<bool(const std::function<bool()>& work)> lend{};       ///< as in StorageOptions
  std::function<void(const std::function<void()>& answers)> answer{};  ///< as in StorageOptions
};

/// Promises: a record is answered after the sync that covers it (with sync off: after the write); a
/// group reaches `sink` in log order, after its sync; a failed write closes the segment, and the
/// next group goes to a new one. write() from any thread.
///
/// Who writes: the log at rest is woken by the next write(), and is awake until nothing is queued.
/// While it is awake one thread works on it: its own, or one that was lent.
class LogWriter {
 public:
  /// Takes a durable group; may wait, which holds up the log.
  using Sink = std::function<void(std::vector<LogItem>)>;

  LogWriter(LogWriterOptions options, SegmentSet& segments, Sink sink);
  ~LogWriter() { close(); }
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  /// Refused with Unavailable after close().
  void write(BinlogRecord record, WriteDone done);
  uint64_t queued_bytes() const;
  uint64_t failed_groups() const;
  /// Writes what is queued, then seals the segment if it is large enough. Idempotent.
  void close();

 private:
  struct Request {
    BinlogRecord record;
    uint32_t crc;
    WriteDone done;
  };
  using Group = std::span<Request>;

  void run();
  /// Someone is to call write_some().
  void wake();
  /// Writes a group; false: nothing is left, and the log is at rest.
  bool write_some();
  void refill();
  bool come_to_rest();
  Group next_group();
  void handle(Group group);
  void answer(Group group, const Status& status);
  Status write_group(Group group, std::vector<LogItem>* items, GroupWritten* stats);
  /// Reserves room for the group and some more, so that most syncs have no new length to save.
  void make_room(Group group);
  Status drop_room();
  Status append(Group group, std::vector<LogItem>* items);
  Status append_large(const Request& request, std::vector<LogItem>* items);
  Status open_segment();
  /// Closes the segment after an error, without what was not acknowledged as far as the disk
  /// allows.
  void abandon_segment();
  void seal_segment();
  Status write_footer();
  void begin_next_segment();

  const LogWriterOptions options_;
  SegmentSet& segments_;
  const Sink sink_;

  // Of the thread that works on the awake log.
  std::unique_ptr<WritableFile> file_;
  SegmentInfo segment_;    ///< size: end of the acknowledged records
  uint64_t room_end_ = 0;  ///< what was reserved for the segment ends here, 0: nothing was
  std::vector<Request> backlog_;
  size_t next_in_backlog_ = 0;
  std::string headers_;  ///< of the group being written

  mutable std::mutex mutex_;
  std::condition_variable changed_;  ///< for the own thread: its turn, or at rest and closed
  std::vector<Request> queue_;
  uint64_t queued_bytes_ = 0;
  uint64_t failed_groups_ = 0;
  bool awake_ = false;
  bool own_turn_ = false;  ///< of the own thread, to work on the awake log
  bool closed_ = false;

  Thread thread_;
};

}  // namespace tbl::pump
