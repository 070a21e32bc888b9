// sorter.snap: the state of the sorter at a position of the log.
//
//   magic u64 | body | CRC-32C of everything before it u32; all little endian. Body:
//   docs/formats/pump.md
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/bytes.h"
#include "base/status.h"
#include "pump/storage/commit_index.h"
#include "pump/storage/place.h"
#include "pump/storage/sorter.h"

namespace tbl::pump {

struct Snapshot {
  /// Everything before it is in the state; replay begins here.
  LogPosition position;
  /// max_ts of the records before `position` in its segment.
  uint64_t segment_max_ts = 0;
  uint64_t gc_ts = 0;
  IndexEnd index_end;
  /// Segment -> highest commit ts in the index whose P stands there.
  std::map<uint32_t, uint64_t> highest_pointing;
  SorterState sorter;
};

std::string encode_snapshot(const Snapshot& snapshot);
/// DataLoss: not a snapshot, cut off, or a wrong checksum.
Result<Snapshot> decode_snapshot(Bytes data);

}  // namespace tbl::pump
