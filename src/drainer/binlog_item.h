// One binlog as it came from a pump.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/shared_bytes.h"
#include "base/status.h"
#include "codec/binlog_view.h"
#include "drainer/spill/large_value.h"

namespace tbl::drainer {

/// Owns the payload; `view` points into it. Move only.
struct BinlogItem {
  SharedBytes payload;
  codec::BinlogView view;
  /// Rows that are too large for memory: `payload` and `view.prewrite_value` are without them.
  std::shared_ptr<const spill::LargeValue> large;

  uint64_t commit_ts() const { return static_cast<uint64_t>(view.commit_ts); }
  uint64_t start_ts() const { return static_cast<uint64_t>(view.start_ts); }
  bool is_fake() const { return view.is_fake(); }
  /// What holding it costs, for byte budgets. Rows in a file count as much as a piece of them will
  /// when they are read, so that few files wait at a time.
  uint64_t memory_bytes() const {
    return payload->size() + sizeof(*this) + kOverhead + (large ? kLargeRows : 0);
  }

  static constexpr uint64_t kOverhead = 128;
  static constexpr uint64_t kLargeRows = 32 << 20;
};

/// Takes a PullBinlogResp apart; the message's memory becomes the payload's. The ts are those of
/// the payload, since old pumps leave the ones beside it empty. Errors say what is damaged.
Result<BinlogItem> parse_pull_response(SharedBytes message);
/// The same for a message in a file, whose rows stay there.
Result<BinlogItem> parse_pull_response(std::unique_ptr<spill::SpillFile> message);

/// A PullBinlogReq: everything above `last_commit_ts`.
std::string make_pull_request(uint64_t cluster_id, uint64_t last_commit_ts);

}  // namespace tbl::drainer
