// Many ascending streams, one per pump, become one.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/ring.h"
#include "base/stop.h"
#include "drainer/binlog_item.h"

namespace tbl::drainer {

/// Emits the smallest commit ts, once every source has an item: a silent source holds all back.
/// Pullers push, one thread takes. Any thread adds and removes sources.
///
/// Of equal commit ts a transaction comes before a pump's time signal (a fake binlog); a second
/// transaction of that ts is the same one written to two pumps, and is dropped. What is below the
/// last ts emitted came too late: it is dropped with an error in the log and counted.
///
/// Pushes wait while the queues hold more than `limit_bytes` together, except into an empty queue:
/// so the one source that the merge waits for is never held back by the others.
class Merger {
 public:
  /// Everything emitted is above `start_ts`.
  Merger(uint64_t start_ts, uint64_t limit_bytes);

  /// False: it is there already. The source's stream must begin right above the ts returned in
  /// `*start_ts`, the last emitted one: the merge emits nothing beyond it until the source has an
  /// item.
  bool add_source(const std::string& id, uint64_t* start_ts);
  /// What the source has pushed is still emitted; it is not waited for any more.
  void remove_source(const std::string& id);

  /// Waits for room for each. False: stopped, or the source is removed; the items are gone.
  bool push(const std::string& id, std::span<BinlogItem> items, const StopToken& stop);

  struct Limit {
    size_t items = SIZE_MAX;
    uint64_t bytes = UINT64_MAX;  ///< about
  };
  /// Waits for an item, then appends what may follow now, at least one. False: stop was requested.
  bool take(const Limit& limit, std::vector<BinlogItem>* out, const StopToken& stop);
  /// The same without waiting; how many they are.
  size_t take_ready(const Limit& limit, std::vector<BinlogItem>* out);

  /// Nothing is emitted before this, so that all pumps of the first listing are in the set.
  void open();

  uint64_t last_emitted() const;
  /// Bytes in the queues.
  uint64_t bytes() const;

 private:
  struct Source {
    Ring<BinlogItem> items;
    bool removed = false;
  };
  using Sources = std::map<std::string, Source>;

  /// All sources have an item (and there is one).
  bool ready() const;
  /// Appends the next item to `out`; false: none may follow now.
  bool pop_wanted(std::vector<BinlogItem>* out);
  size_t pop_ready(const Limit& limit, std::vector<BinlogItem>* out);
  void drop_head(Sources::iterator source);
  bool is_wanted(const BinlogItem& item);
  bool has_room(const Source& source, uint64_t bytes) const;

  const uint64_t limit_bytes_;
  Counter& disordered_;
  mutable std::mutex mutex_;
  std::condition_variable_any pushed_;
  std::condition_variable_any popped_;
  Sources sources_;
  size_t waited_for_ = 0;  ///< sources that are neither removed nor have an item
  size_t pushers_waiting_ = 0;
  bool open_ = false;
  uint64_t bytes_ = 0;
  uint64_t last_ts_;
  bool last_was_fake_ = true;
};

}  // namespace tbl::drainer
