// The unique keys of one table as the scheduler compares them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "drainer/decode/table.h"
#include "drainer/schedule/key_fold.h"

namespace tbl::schedule {

struct KeyColumn {
  static constexpr int64_t kWhole = -1;

  uint32_t position = 0;  ///< in TableInfo::columns
  Fold fold = Fold::kExact;
  int64_t length = kWhole;  ///< prefix: characters, with Fold::kBytes bytes
  bool operator==(const KeyColumn&) const = default;
};
using Key = std::vector<KeyColumn>;

/// Plain data; made once per version of a table, then shared by all threads.
struct TableKeys {
  uint64_t seed = 0;  ///< of the table's name, so that equal keys of two tables differ
  std::vector<Key> keys;
  std::vector<uint64_t>
      key_seeds;  ///< by place in `keys`; of the table's name and the key's columns

  /// Adds a key, or, where one over the same columns exists, makes that one as coarse as both.
  void add(const Key& key);
};

/// The keys that the upstream knows. Parts whose value rows do not carry (virtual generated
/// columns) are kIgnore.
TableKeys upstream_keys(const decode::Table& table);

/// How values of this upstream column compare with each other upstream.
Fold fold_of_column(const schema::ColumnInfo& column);

}  // namespace tbl::schedule
