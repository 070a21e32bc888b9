// What a mark says: which transactions, or which rows of large ones, one downstream transaction
// held. Bytes in docs/formats/drainer.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "drainer/schedule/batch.h"

namespace tbl::mysql {

using schedule::RowRange;

struct MarkItem {
  static constexpr RowRange kWhole = {0, ~0ULL};

  uint64_t commit_ts = 0;
  RowRange rows = kWhole;
  auto operator<=>(const MarkItem&) const = default;
};

/// Encodes in ascending order; `items` need not be sorted.
std::string encode_mark_items(std::vector<MarkItem> items);
/// Error: truncated, trailing bytes, unknown version, numbers that overflow or ranges that are
/// empty.
Result<std::vector<MarkItem>> decode_mark_items(Bytes bytes);

/// A: what earlier runs applied above K. Not thread safe.
class AppliedSet {
 public:
  void add(const MarkItem& item);
  /// The applied ranges of one transaction, ascending, disjoint, not touching each other.
  const std::vector<RowRange>& ranges(uint64_t commit_ts) const;
  /// All rows of [first, end) are in one of them.
  bool covers(uint64_t commit_ts, RowRange rows) const;
  /// Forgets everything at or below `commit_ts`.
  void forget_until(uint64_t commit_ts);
  /// The highest ts of all; 0 if there is none.
  uint64_t max_ts() const { return by_ts_.empty() ? 0 : by_ts_.rbegin()->first; }
  size_t size() const { return by_ts_.size(); }

 private:
  std::map<uint64_t, std::vector<RowRange>> by_ts_;
};

}  // namespace tbl::mysql
