// Brings the state back at start: newest snapshot, then the log behind it through the sorter.
#pragma once

#include <cstdint>
#include <string>

#include "base/env.h"
#include "base/status.h"
#include "pump/storage/commit_index.h"
#include "pump/storage/dropped_log.h"
#include "pump/storage/place.h"
#include "pump/storage/releaser.h"
#include "pump/storage/segment_set.h"
#include "pump/storage/sorter.h"

namespace tbl::pump {

/// The files of a data directory.
struct DataDir {
  std::string root;
  std::string value() const { return join_path(root, "value"); }
  std::string index() const { return join_path(root, "index"); }
  std::string snapshot() const { return join_path(root, "sorter.snap"); }
  std::string dropped() const { return join_path(root, "dropped.log"); }
  std::string lock() const { return join_path(root, ".lock"); }
};

/// What recovery works on; all of it empty, of the same directory.
struct RecoveryParts {
  Env& env;
  DataDir dir;
  SegmentSet& segments;
  CommitIndex& index;
  DroppedLog& dropped;
  Releaser& releaser;
  int64_t now_ms;  ///< steady time
};

struct Recovered {
  Sorter sorter;
  LogPosition position;         ///< end of what the sorter has seen
  uint64_t segment_max_ts = 0;  ///< of the records before it in its segment
  uint64_t gc_ts = 0;
  SegmentInfo next_segment;  ///< where the writer goes on
  std::string corruption;    ///< "" or what was found damaged
  bool from_original = false;
};

/// Afterwards everything in the log is durable and was seen by the sorter, all segments but perhaps
/// the last are sealed, and the index holds all that was released. Bad bytes are reported, not an
/// error. Errors: the disk's.
Result<Recovered> recover(const RecoveryParts& parts);

}  // namespace tbl::pump
