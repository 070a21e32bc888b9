#include "drainer/schedule/table_keys.h"

#include <xxhash.h>

#include <algorithm>
#include <string>

#include "base/ascii.h"

namespace tbl::schedule {
namespace {

// The shorter prefix compares more values as equal.
int64_t coarser_length(int64_t a, int64_t b) {
  if (a == KeyColumn::kWhole) return b;
  return b == KeyColumn::kWhole ? a : std::min(a, b);
}

bool same_columns(const Key& a, const Key& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.position == y.position; });
}

}  // namespace

void TableKeys::add(const Key& key) {
  auto same = std::find_if(keys.begin(), keys.end(),
                           [&](const Key& other) { return same_columns(key, other); });
  if (same == keys.end()) {
    uint64_t key_seed = seed;
    for (const KeyColumn& column : key) {
      key_seed = XXH3_64bits_withSeed(&column.position, sizeof column.position, key_seed);
    }
    keys.push_back(key);
    key_seeds.push_back(key_seed);
    return;
  }
  for (size_t i = 0; i < key.size(); ++i) {
    (*same)[i].fold = std::max((*same)[i].fold, key[i].fold);
    (*same)[i].length = coarser_length((*same)[i].length, key[i].length);
  }
}

Fold fold_of_column(const schema::ColumnInfo& column) {
  if (column.is_generated() && !column.generated_stored) return Fold::kIgnore;
  if (!schema::is_string_type(column.type.tp)) return Fold::kExact;
  return column.type.has_binary_charset() ? Fold::kBytes : fold_of_collation(column.type.collate);
}

TableKeys upstream_keys(const decode::Table& table) {
  TableKeys out;
  std::string name = ascii_lower(table.schema_name()) + '\0' + ascii_lower(table.name());
  out.seed = XXH3_64bits(name.data(), name.size());
  for (const schema::UniqueKey& unique : table.info().unique_keys) {
    Key key;
    for (const schema::UniqueKey::Part& part : unique.parts) {
      key.push_back(
          {part.position, fold_of_column(table.info().columns[part.position]), part.length});
    }
    out.add(key);
  }
  return out;
}

}  // namespace tbl::schedule
