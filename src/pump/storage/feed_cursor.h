// What a drainer is sent: committed transactions in commit order, read from the log.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "pump/storage/place.h"

namespace tbl::pump {

class CommitIndex;
class Published;
class SegmentSet;
class SegmentFile;
class MessageBuilder;
struct IndexEntry;

/// One `Binlog` to send, byte for byte what the original sends: the commit record with the
/// prewrite's value, query, job id and schema state. Small messages are held in memory; of large
/// ones only the header fields are, and the values are read from the segment, which stays readable
/// even when GC unlinks it meanwhile. Checksums were verified before the first byte is given out.
/// One thread at a time.
class FeedMessage {
 public:
  uint64_t start_ts() const { return start_ts_; }
  uint64_t commit_ts() const { return commit_ts_; }
  bool is_fake() const { return start_ts_ == commit_ts_; }
  /// Exact length in bytes.
  uint64_t size() const { return size_; }
  /// Copies the next 1..n bytes, 0 at the end. Errors name the segment and the offset.
  Result<size_t> read(size_t n, char* buffer);
  /// All of a message that is held in memory; null: it is not.
  const std::string* in_memory() const;
  /// The rest of the message; for small ones.
  Result<std::string> read_all();

 private:
  friend class MessageBuilder;
  /// Bytes in memory, or (when `file` is set) a range of a segment.
  struct Piece {
    std::string bytes;
    std::shared_ptr<const SegmentFile> file;
    uint64_t offset = 0;
    uint64_t length = 0;
  };

  uint64_t start_ts_ = 0;
  uint64_t commit_ts_ = 0;
  uint64_t size_ = 0;
  std::vector<Piece> pieces_;
  size_t piece_ = 0;
  uint64_t done_in_piece_ = 0;
};

/// Walks over everything above an offset, strictly ascending, without gaps, up to what is
/// published. It never waits: at the end next() gives nothing, and the caller waits for the next
/// publish. Reads the disk. One thread at a time; must not outlive its Storage.
class FeedCursor {
 public:
  /// From Storage::feed().
  FeedCursor(const CommitIndex& index, const SegmentSet& segments, const Published& published,
             uint64_t after_ts);
  ~FeedCursor();

  /// The next message, or null when all published ones were given. A fake comes only when it is
  /// ahead of every transaction given. On an error (an unreadable record, named) the position does
  /// not move.
  Result<std::unique_ptr<FeedMessage>> next();
  /// Takes the memory of a message that was given and is done with, for the next one.
  void reuse(std::unique_ptr<FeedMessage> message);
  /// After such an error: goes on behind that transaction, which last_ts() names then.
  void skip();
  /// Commit ts of the last message given, at first the offset asked for.
  uint64_t last_ts() const { return last_ts_; }

 private:
  /// The next entry up to `limit`, null: none.
  Result<const IndexEntry*> peek(uint64_t limit);
  /// An entry was read that may be given.
  bool has_entry() const;
  Result<std::unique_ptr<FeedMessage>> give(const IndexEntry& entry);

  const CommitIndex& index_;
  const Published& published_;
  const std::unique_ptr<MessageBuilder> builder_;
  uint64_t last_ts_;
  uint64_t seen_max_ts_ = 0;  ///< what was published when it was looked at last
  std::vector<IndexEntry> batch_;
  size_t next_in_batch_ = 0;
  uint64_t index_hint_ = 0;
};

}  // namespace tbl::pump
