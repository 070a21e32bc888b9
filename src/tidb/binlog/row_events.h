// The row changes of one transaction, as its binlog will carry them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codec/prewrite_value.h"

namespace tbl::tidb {

/// In the order the statements made them. A statement that fails and a savepoint take theirs back.
/// One thread.
class RowEvents {
 public:
  /// `row` in the form of its kind (table/binlog_row.h makes it). `table_id` is the logical one,
  /// also of a partitioned table.
  void add(int64_t table_id, codec::MutationType type, std::string row);

  size_t mark() const { return events_.size(); }
  void rollback_to(size_t mark);

  bool empty() const { return events_.empty(); }
  size_t size() const { return events_.size(); }
  /// The serialized PrewriteValue: one TableMutation per table in order of its first row, rows of
  /// each kind and `sequence` in order of execution.
  std::string encode(int64_t schema_version) const;

 private:
  struct Event {
    int64_t table_id = 0;
    codec::MutationType type = codec::kMutationInsert;
    std::string row;
  };
  std::vector<Event> events_;
};

}  // namespace tbl::tidb
