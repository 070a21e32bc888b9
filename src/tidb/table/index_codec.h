// Entries of indexes: keys, values, and ranges of keys.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tidb/kv/cursor.h"
#include "tidb/table/row_codec.h"

namespace tbl::tidb {

struct IndexEntry {
  std::string key;
  std::string value;
  /// The key holds no handle: a second row with these values would be a duplicate.
  bool distinct = false;
};

/// Which index of which table or partition.
struct IndexPlace {
  const TableInfo& table;
  const IndexInfo& index;
  int64_t physical_id;
};

/// The entry of a row. Prefix columns are cut; a NULL makes a unique index's entry not distinct.
IndexEntry index_entry(const IndexPlace& place, const Row& row, int64_t handle,
                       const codec::TimeZone& zone);
/// The indexed values of a row, cut to their prefixes.
Row index_values(const TableInfo& table, const IndexInfo& index, const Row& row);

/// An entry taken apart. `values` are the indexed columns in the index's order.
struct IndexRow {
  Row values;
  int64_t handle = 0;
};
/// Errors: kDataLoss.
Result<IndexRow> decode_index_entry(const IndexPlace& place, Bytes key, Bytes value,
                                    const codec::TimeZone& zone);

/// A range over the first columns of an index: values cast to the columns' types (and cut to the
/// index's prefixes by the caller), as many as are bounded. An empty bound is open. A bound shorter
/// than the index stands for everything that begins with it: low {1} inclusive to high {1}
/// inclusive is all entries whose first column is 1. NULLs sort first.
struct IndexRange {
  Row low;
  Row high;
  bool low_exclusive = false;
  bool high_exclusive = false;
};
KeyRange index_key_range(const IndexPlace& place, const IndexRange& range,
                         const codec::TimeZone& zone);

/// Handles from `low` to `high`, both included.
struct HandleRange {
  int64_t low = INT64_MIN;
  int64_t high = INT64_MAX;
};
KeyRange handle_key_range(int64_t physical_id, const HandleRange& range);
/// The handles of an unsigned primary key from `low` to `high`, both included, in the key's order:
/// those above INT64_MAX are negative handles.
std::vector<HandleRange> unsigned_handle_ranges(uint64_t low, uint64_t high);

/// "1-abc": the values of a key as the text of error 1062 shows them.
std::string duplicate_text(const Row& values);

}  // namespace tbl::tidb
