// Takes a transaction whose rows lie in a file apart into pieces that can be held and decoded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/status.h"
#include "drainer/decode/decoder.h"
#include "drainer/spill/large_value.h"

namespace tbl::spill {

/// How the rows of a mutation are to be decoded; see decode::MutationTask.
struct TableForm {
  decode::TablePtr table;  ///< null: not for us
  bool may_append_default = false;
};

/// decode::EncodedTransaction, with its rows in a file.
struct LargeTransaction {
  uint64_t start_ts = 0;
  uint64_t commit_ts = 0;
  std::shared_ptr<const LargeValue> value;
  std::vector<TableForm> forms;  ///< one for each of the value's mutations
};

/// Reads the parts of one transaction in order. One thread.
class PartReader {
 public:
  explicit PartReader(LargeTransaction transaction);

  /// The next part, whose rows stand in memory: those of one table, up to the limit or one row.
  /// Rows that are not for us are numbered and left out. Nothing after the last part, which has
  /// more_follows = false; a transaction without any row for us has one part without rows. Errors
  /// name commit ts and table.
  Result<std::optional<decode::EncodedTransaction>> next(const decode::PartLimit& limit);

 private:
  /// Skips mutations that are not for us; false: none is left.
  bool at_mutation();
  Result<std::string> read_rows(const decode::PartLimit& limit);
  decode::EncodedTransaction new_part() const;

  const LargeTransaction transaction_;
  size_t mutation_ = 0;
  uint64_t row_number_ = 0;               ///< of the next row
  std::optional<LargeValue::Rows> rows_;  ///< of the mutation under way
  uint64_t rows_left_ = 0;
  bool ended_ = false;
};

}  // namespace tbl::spill
