// Bidirectional replication: transactions that a drainer of the other direction wrote must not
// travel back.
#pragma once

#include <cstdint>

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

/// Looks for marks of one channel (`channel-id`), whatever the filter says of their table. One
/// thread, that of the schema tracker.
class LoopMarks {
 public:
  LoopMarks(schema::SchemaTracker& schema, int64_t channel_id)
      : schema_(schema), channel_id_(channel_id) {}

  /// True: the transaction holds a mark of our channel. Errors: a mark that cannot be decoded.
  Result<bool> has_ours(const decode::EncodedTransaction& transaction);
  Result<bool> has_ours(const spill::LargeTransaction& transaction);

 private:
  bool is_mark_table(int64_t table_id) const;
  Result<decode::TablePtr> make_table(int64_t table_id) const;
  Result<bool> is_ours(decode::EncodedTransaction marks) const;

  schema::SchemaTracker& schema_;
  const int64_t channel_id_;
};

}  // namespace tbl::drainer
