// Makes the message of a transaction from its two records.
#pragma once

#include <memory>

#include "base/status.h"
#include "pump/storage/commit_index.h"
#include "pump/storage/feed_cursor.h"
#include "pump/storage/segment_window.h"

namespace tbl::pump {

/// Reads and checks P and C of an index entry and joins them as the original does: the commit
/// record, its unknown fields included, with the prewrite's value, query, job id and schema state.
/// One thread.
class MessageBuilder {
 public:
  explicit MessageBuilder(const SegmentSet& segments) : segments_(segments) {}

  /// Takes the memory of a message that is done with for the next one.
  void reuse(std::unique_ptr<FeedMessage> message) { spare_ = std::move(message); }
  /// Errors name segment and offset of the unreadable record, and the commit ts.
  Result<std::unique_ptr<FeedMessage>> build(const IndexEntry& entry);
  static std::unique_ptr<FeedMessage> fake(uint64_t ts);

 private:
  struct Source;
  class Assembler;
  void read_together(const IndexEntry& entry);
  SegmentWindow& window_of_commit(const Place& commit);
  Result<Source> load(SegmentWindow& window, const Place& place) const;
  static Result<Source> read_source(SegmentWindow& window, const Place& place);

  const SegmentSet& segments_;
  SegmentWindow prewrites_;
  SegmentWindow commits_;
  std::unique_ptr<FeedMessage> spare_;
};

}  // namespace tbl::pump
