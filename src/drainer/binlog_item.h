// One binlog as it came from a pump.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "codec/binlog_view.h"
#include "drainer/spill/large_value.h"

namespace tbl::drainer {

/// Owns the payload; `view` points into it. Move only.
struct BinlogItem {
  std::shared_ptr<const std::string> payload;
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

/// Payloads that arrived together, freed together: most are tiny.
class PayloadBlock {
 public:
  explicit PayloadBlock(size_t most) { payloads_.reserve(most); }
  bool is_full() const { return payloads_.size() == payloads_.capacity(); }
  /// Puts a payload into the block, which it keeps alive. The block is not full.
  static std::shared_ptr<const std::string> add(const std::shared_ptr<PayloadBlock>& block,
                                                std::string payload) {
    return {block, &block->payloads_.emplace_back(std::move(payload))};
  }

 private:
  std::vector<std::string> payloads_;  // never grows: others point to them
};

/// Takes a PullBinlogResp apart; the message's memory becomes the payload's. The ts are those of
/// the payload, since old pumps leave the ones beside it empty. Errors say what is damaged.
/// With a block the payload is put there.
Result<BinlogItem> parse_pull_response(std::string message,
                                       const std::shared_ptr<PayloadBlock>& block = nullptr);
/// The same for a message in a file, whose rows stay there.
Result<BinlogItem> parse_pull_response(std::unique_ptr<spill::SpillFile> message);

/// A PullBinlogReq: everything above `last_commit_ts`.
std::string make_pull_request(uint64_t cluster_id, uint64_t last_commit_ts);

}  // namespace tbl::drainer
