// Brings a downstream to the end of the relay log.
#pragma once

#include <optional>

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

/// Gives everything above `commit_ts` up to the span's end to the applier, which was started; its
/// stop() is the caller's. What the downstream has already is the applier's to know. What stands
/// there twice, since a run wrote it again, is given once.
Status replay(Env& env, const std::string& dir, uint64_t commit_ts, const RelaySpan& span,
              schedule::Applier& applier);

}  // namespace tbl::relay
