// What the stream tells the sink to do, in order.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <utility>
#include <variant>
#include <vector>

#include "base/status.h"
#include "drainer/decode/decoder.h"
#include "drainer/event_filter.h"
#include "drainer/schedule/applier.h"
#include "drainer/spill/part_reader.h"

namespace tbl::drainer {

/// Rows of one transaction: bytes first, decoded by the pipeline, unless they are too many to be
/// held decoded at once. Its mutations may stand in the memory of its StepBatch.
struct RowsStep {
  explicit RowsStep(std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : encoded(memory) {}

  decode::EncodedTransaction encoded;
  /// Instead of `encoded`: the bytes are in a file.
  std::unique_ptr<spill::LargeTransaction> large;
  std::shared_ptr<const decode::Transaction> decoded;
  /// Kinds of rows that event rules drop, by table; rarely any.
  std::vector<std::pair<const decode::Table*, RowKinds>> ignored;

  void drop_ignored(decode::Transaction& transaction) const;
};

struct DdlStep {
  schedule::DdlTask task;
};

/// Everything up to here that did not come as another step is not for us.
struct ProgressStep {
  uint64_t commit_ts = 0;
  int64_t schema_version = 0;
};

using Step = std::variant<ProgressStep, RowsStep, DdlStep>;

/// Consecutive steps that travel together, since most are tiny.
struct StepBatch {
  std::pmr::monotonic_buffer_resource memory{kFirstBytes};  ///< for what the steps consist of
  std::vector<Step> steps;
  uint64_t bytes = 0;
  Status error;  ///< of decoding: steps up to the failed one are good

  /// Progress replaces progress.
  void add(Step&& step, uint64_t step_bytes);
  bool empty() const { return steps.empty(); }

  static constexpr size_t kFirstBytes = 8 << 10;
};

}  // namespace tbl::drainer
