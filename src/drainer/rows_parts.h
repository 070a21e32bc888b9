// The parts of a large transaction, from memory or from its file.
#pragma once

#include <cstdint>
#include <optional>

#include "drainer/lag.h"
#include "drainer/row_counters.h"
#include "drainer/schedule/applier.h"
#include "drainer/spill/part_reader.h"
#include "drainer/step.h"

namespace tbl::drainer {

/// Decodes as it is asked, so that no more than one part is held here. Each part is a sign of life
/// for `lag`; rows are counted once, however often they are read. What it is given outlives it.
class RowsParts final : public schedule::PartSource {
 public:
  RowsParts(const RowsStep& rows, const decode::PartLimit& limit, const RowCounters& counters,
            Lag& lag);

  uint64_t commit_ts() const override;
  int64_t schema_version() const override;
  Result<schedule::TransactionPtr> next() override;
  void rewind() override;

 private:
  using Part = std::shared_ptr<decode::Transaction>;
  Result<Part> read();

  const RowsStep& rows_;
  const decode::PartLimit limit_;
  const RowCounters& counters_;
  Lag& lag_;
  std::optional<decode::TransactionDecoder> decoder_;  ///< of rows in memory
  std::optional<spill::PartReader> reader_;            ///< of rows in a file
  bool ended_ = false;
  uint64_t counted_until_ = 0;
};

}  // namespace tbl::drainer
