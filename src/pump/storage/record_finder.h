// Finding a record by its ts, for people who look into a pump.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "pump/storage/place.h"
#include "pump/storage/segment_set.h"

namespace tbl::pump {

/// The first P with this start ts, or any other record with this commit ts, by scanning the segment
/// in which it must be, and the one behind it. Slow: up to a second. NotFound.
Result<Place> find_record(const SegmentSet& segments, uint64_t ts);

}  // namespace tbl::pump
