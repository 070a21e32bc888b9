// What TiKV's answer means for a transaction whose outcome the log does not hold.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "pump/oracle.h"
#include "pump/storage/storage.h"

namespace tbl::pump {

/// An orphan younger than this may still be prewritten, so nothing found means nothing.
constexpr int64_t kYoungMs = 600'000;
/// A lock whose time to live is over by this much has no owner any more; it is settled then,
/// however young. Safe at any time: the store decides by the lock as it stands, and a transaction
/// that is rolled back there can neither prewrite nor commit afterwards, so the verdict holds for
/// ever. The margin is for transactions that nobody keeps alive while they prewrite longer than
/// that (TiDB 3.0).
constexpr int64_t kAbandonedMs = 60'000;
/// After an R nobody drives the transaction any more: its lock is looked at this long after the P.
constexpr int64_t kLockAfterRollbackMs = 20'000;

struct Verdict {
  enum class Kind : uint8_t {
    kWait,         ///< ask again
    kCommitted,    ///< proven, at commit_ts
    kDropped,      ///< proven: it will never commit
    kUndecidable,  ///< nothing found, but GC may have removed what there was
  };
  Kind kind = Kind::kWait;
  uint64_t commit_ts = 0;
  std::string said{};    ///< what TiKV said, for a person
  bool young = false;    ///< of kWait: nothing found, younger than kYoungMs
  bool settled = false;  ///< TiKV was asked to settle it
};

/// Asks TiKV about the primary once, more only if it must. A committed record proves the commit, a
/// rollback record that there is none; a lock means waiting until its owner must be gone. "Nothing
/// there" proves a rollback
/// only after an R or once TiKV has settled it, and only while the GC safe point is below the start
/// ts. An error: nothing is known, ask again.
Result<Verdict> decide(const Question& question, Oracle& oracle);

/// For an undecidable one: what stands under other keys of the transaction is proof just as well.
/// kUndecidable when nothing does.
Result<Verdict> decide_by_keys(uint64_t start_ts, const std::vector<std::string>& keys,
                               Oracle& oracle);

}  // namespace tbl::pump
