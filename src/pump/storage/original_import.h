// Taking over the data directory of an original pump, and handing it back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/env.h"
#include "base/status.h"
#include "pump/storage/place.h"

namespace tbl::pump {

/// What an original pump knew beyond its log: from its LevelDB directory kv/ (its keys:
/// docs/formats/pump.md).
struct OriginalState {
  uint64_t gc_ts = 0;
  /// Everything up to it was released.
  uint64_t max_commit_ts = 0;
  /// The record that raised max_commit_ts: every P before it has an outcome.
  LogPosition sorted_until;
};

/// Nothing, if `dir` has no kv/. Errors name the directory.
Result<std::optional<OriginalState>> read_original(const std::string& dir, Env& env);

/// Moves kv/ to kv.old (kv.old.1, ... when that exists): from now on the directory is ours.
Status set_original_aside(const std::string& dir, Env& env);

/// Writes kv/ with the gc ts, and pointers that make an original pump scan the whole log.
Status write_original(const std::string& dir, uint64_t gc_ts);

}  // namespace tbl::pump
