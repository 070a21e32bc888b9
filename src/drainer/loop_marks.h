// Transactions that a drainer wrote downstream, and that come back from upstream: those of
// bidirectional replication must not travel back, and without it there should be none.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/status.h"
#include "drainer/decode/decoder.h"
#include "drainer/spill/part_reader.h"
#include "schema/tracker.h"

namespace tbl::drainer {

/// The table that such a drainer changes in every transaction of its own.
inline constexpr char kLoopMarkSchema[] = "retl";
inline constexpr char kLoopMarkTable[] = "_drainer_repl_mark";
/// In any case.
bool is_loop_mark_table(std::string_view schema, std::string_view table);

/// What makes a transaction ours: it changes a row of this table that has this value.
struct LoopMark {
  std::string schema;
  std::string table;
  std::string column;
  uint64_t value = 0;  ///< the bits of a signed one

  /// Of `channel-id`.
  static LoopMark of_channel(int64_t channel_id);
};

/// Looks for one mark, whatever the filter says of its table. One thread, that of the schema
/// tracker.
class LoopMarks {
 public:
  LoopMarks(schema::SchemaTracker& schema, LoopMark mark)
      : schema_(schema), mark_(std::move(mark)) {}

  /// True: the transaction holds the mark. Errors: a mark that cannot be decoded.
  Result<bool> has_ours(const decode::EncodedTransaction& transaction);
  Result<bool> has_ours(const spill::LargeTransaction& transaction);

 private:
  bool is_mark_table(int64_t table_id) const;
  Result<decode::TablePtr> make_table(int64_t table_id) const;
  Result<bool> is_ours(decode::EncodedTransaction marks) const;

  schema::SchemaTracker& schema_;
  const LoopMark mark_;
};

}  // namespace tbl::drainer
