// pump -check: everything that stands in a data directory, verified while no pump runs on it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/env.h"
#include "base/status.h"

namespace tbl::pump {

/// Something that is not as a running pump writes it.
struct Finding {
  enum class Kind : uint8_t {
    kNote,    ///< explained by an unclean stop: the next start deals with it, nothing is lost
    kDamage,  ///< bytes that no stop explains, or that something else counts on
  };
  Kind kind = Kind::kNote;
  /// Names file, offset and ts, e.g. "segment 000003.vlog bytes 10 to 90: checksum mismatch,
  /// between ts 7 and 9".
  std::string text;
};

/// What was looked at.
struct CheckSummary {
  uint64_t segments = 0;
  uint64_t records = 0;
  uint64_t log_bytes = 0;
  uint64_t first_ts = 0;  ///< of the records, 0: none
  uint64_t last_ts = 0;
  uint64_t index_entries = 0;
  uint64_t unresolved = 0;  ///< transactions without outcome in the snapshot
  uint64_t dropped = 0;     ///< verdicts in dropped.log
  uint64_t max_commit_ts = 0;
  uint64_t gc_ts = 0;
  uint64_t notes = 0;
  uint64_t damages = 0;

  bool sound() const { return damages == 0; }
  /// One line for a person.
  std::string to_text() const;
};

/// Reads all of it and changes nothing (it holds .lock meanwhile): records and footers of the
/// segments, the snapshot and the places it names, the blocks of the commit index and both records
/// of each entry, commit records that the index lacks, dropped.log. Memory is bounded whatever the
/// size of the log. `on_finding` is called in the order of the files. Errors: not a data directory,
/// locked by a running pump, the disk's.
Result<CheckSummary> check_data_dir(Env& env, const std::string& dir,
                                    const std::function<void(const Finding&)>& on_finding);

}  // namespace tbl::pump
