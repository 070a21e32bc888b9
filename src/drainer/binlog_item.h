// One binlog as it came from a pump.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"
#include "codec/binlog_view.h"

namespace tbl::drainer {

/// Owns the payload; `view` points into it. Move only.
struct BinlogItem {
  std::shared_ptr<const std::string> payload;
  codec::BinlogView view;

  uint64_t commit_ts() const { return static_cast<uint64_t>(view.commit_ts); }
  uint64_t start_ts() const { return static_cast<uint64_t>(view.start_ts); }
  bool is_fake() const { return view.is_fake(); }
  /// What holding it costs, for byte budgets.
  uint64_t memory_bytes() const { return payload->size() + sizeof(*this) + kOverhead; }

  static constexpr uint64_t kOverhead = 128;
};

/// Takes a PullBinlogResp apart; the message's memory becomes the payload's. The ts are those of
/// the payload, since old pumps leave the ones beside it empty. Errors say what is damaged.
Result<BinlogItem> parse_pull_response(std::string message);

/// A PullBinlogReq: everything above `last_commit_ts`.
std::string make_pull_request(uint64_t cluster_id, uint64_t last_commit_ts);

}  // namespace tbl::drainer
