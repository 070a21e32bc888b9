// What a transaction writes, as hashes: two transactions without a common hash may be applied in
// any order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "drainer/decode/transaction.h"
#include "drainer/schedule/table_keys.h"

namespace tbl::schedule {

struct WriteSet {
  std::vector<uint64_t> hashes;  ///< ascending, each once
  /// Conflicts with everything: a key's value may equal others in ways that hashes cannot tell.
  bool exclusive = false;
  /// The seed of the table of its first row.
  uint64_t table = 0;
};

/// Collects the write set of one transaction after the other; keeps its buffers. One thread.
///
/// Each row gives, for the old and the new values, a hash for every unique key whose columns are
/// not NULL; a side without any such key gives a hash of the whole row.
class WriteSetBuilder {
 public:
  void add(const TableKeys& keys, const decode::RowChange& row);
  /// The set of the rows since the last take().
  WriteSet take() {
    WriteSet set;
    take(&set);
    return set;
  }
  /// The same; what `*set` held before is memory to be used again.
  void take(WriteSet* set);

 private:
  void add_side(const TableKeys& keys, const decode::RowChange& row, decode::RowValues values);
  bool add_key(const Key& key, decode::RowValues values, uint64_t seed);
  void add_whole_row(const TableKeys& keys, const decode::RowChange& row, decode::RowValues values);
  void append_value(const codec::Datum& value, const KeyColumn& column);

  WriteSet set_;
  std::string buffer_;
};

}  // namespace tbl::schedule
