// The checkpoint as the original keeps it: one JSON text per cluster, with one more key, "run",
// that the original ignores on reading and drops on writing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace tbl::mysql {

struct Checkpoint {
  bool consistent = false;
  uint64_t commit_ts = 0;
  /// "ts-map": which position of a TiDB downstream goes with which ts of the upstream.
  uint64_t primary_ts = 0;
  uint64_t secondary_ts = 0;
  int64_t schema_version = 0;
  uint64_t run = 0;  ///< the run that wrote it; 0: another program did
  bool operator==(const Checkpoint&) const = default;
};

/// {"consistent":false,"commitTS":1,"ts-map":{},"schema-version":2,"run":3}
std::string format_checkpoint(const Checkpoint& checkpoint);
/// Takes what any version of the original wrote, and unknown keys. Error: no JSON object, or a
/// value of the wrong kind.
Result<Checkpoint> parse_checkpoint(std::string_view json);

}  // namespace tbl::mysql
