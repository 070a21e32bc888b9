// How far the stream is durable without a gap.
#pragma once

#include <cstdint>

#include "base/ring.h"

namespace tbl::schedule {

/// Counts items of the stream in their order and says where the gapless prefix of finished ones
/// ends. Not thread safe; the owner holds a lock.
class Progress {
 public:
  struct Position {
    uint64_t commit_ts = 0;  ///< K
    int64_t schema_version = 0;
    bool operator==(const Position&) const = default;
  };

  explicit Progress(Position start) : position_(start) {}

  /// The next item of the stream; returns its number. `commit_ts` is where K stands when this item
  /// and all before it are finished: 0 for all but the last part of a large transaction. A smaller
  /// schema version than one before it changes nothing.
  uint64_t add(uint64_t commit_ts, int64_t schema_version);
  /// An item that is finished as it comes: nothing in it is for us.
  void add_finished(uint64_t commit_ts, int64_t schema_version);
  /// Item `number` is durable. Each at most once.
  void finish(uint64_t number);

  /// K and the schema version that goes with it. Neither ever decreases.
  Position position() const { return position_; }
  /// Items below this number are finished.
  uint64_t first_unfinished() const { return first_; }
  uint64_t next_number() const { return first_ + items_.size(); }
  bool all_finished() const { return items_.empty(); }

 private:
  struct Item {
    Position position;
    bool finished;
  };
  void advance();

  Ring<Item> items_;    // from the first that is not finished
  uint64_t first_ = 0;  // number of items_.front()
  Position position_;
};

}  // namespace tbl::schedule
