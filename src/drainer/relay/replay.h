// Brings a downstream to the end of the relay log.
#pragma once

#include <optional>
#include <string>

#include "base/env.h"
#include "drainer/schedule/applier.h"

namespace tbl::relay {

/// What the relay log holds.
struct RelaySpan {
  uint64_t cluster_id = 0;
  uint64_t last_ts = 0;        ///< of the last transaction or DDL that is there as a whole
  uint64_t incomplete_ts = 0;  ///< of one behind it whose last rows are missing; 0: none
};
/// Reads all of it. Nothing: there is none, or it is empty. Errors name file and place.
Result<std::optional<RelaySpan>> span_of(Env& env, const std::string& dir);

struct Replayed {
  uint64_t commit_ts = 0;  ///< the downstream is there
  /// The first that could not be given, since what stands before it is not in the log: the
  /// downstream is older than what was removed as applied. 0: none.
  uint64_t gap_ts = 0;
};
/// Gives everything above `commit_ts` to the applier, which was started; its stop() is the
/// caller's. What the downstream has already is the applier's to know. What stands there twice,
/// since a run wrote it again, is given once; of a large transaction the first writing that has all
/// parts.
Result<Replayed> replay(Env& env, const std::string& dir, uint64_t commit_ts,
                        schedule::Applier& applier);

}  // namespace tbl::relay
