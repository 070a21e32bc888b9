#include "drainer/mysql/mark_items.h"

#include <algorithm>

namespace tbl::mysql {
namespace {

constexpr uint8_t kVersion = 1;

bool add_overflows(uint64_t a, uint64_t b, uint64_t* sum) {
  return __builtin_add_overflow(a, b, sum);
}

// 0 stands for the whole transaction, else first + 1 and the number of rows follow.
bool read_rows(ByteReader& in, RowRange* rows) {
  uint64_t tag;
  if (!in.read_uvarint(&tag)) return false;
  if (tag == 0) {
    *rows = MarkItem::kWhole;
    return true;
  }
  rows->first = tag - 1;
  uint64_t count;
  return in.read_uvarint(&count) && count > 0 && !add_overflows(rows->first, count, &rows->end);
}

}  // namespace

std::string encode_mark_items(std::vector<MarkItem> items) {
  std::sort(items.begin(), items.end());
  std::string out(1, static_cast<char>(kVersion));
  uint64_t before = 0;
  for (const MarkItem& item : items) {
    put_uvarint(out, item.commit_ts - before);
    before = item.commit_ts;
    if (item.rows == MarkItem::kWhole) {
      put_uvarint(out, 0);
    } else {
      put_uvarint(out, item.rows.first + 1);
      put_uvarint(out, item.rows.end - item.rows.first);
    }
  }
  return out;
}

Result<std::vector<MarkItem>> decode_mark_items(Bytes bytes) {
  ByteReader in(bytes);
  uint8_t version;
  if (!in.read_u8(&version)) return data_loss("mark without content");
  if (version != kVersion) return data_loss("mark of unknown version " + std::to_string(version));
  std::vector<MarkItem> items;
  uint64_t ts = 0;
  while (!in.empty()) {
    MarkItem item;
    uint64_t delta;
    if (!in.read_uvarint(&delta) || add_overflows(ts, delta, &ts) || !read_rows(in, &item.rows)) {
      return data_loss("damaged mark, item " + std::to_string(items.size()));
    }
    item.commit_ts = ts;
    items.push_back(item);
  }
  return items;
}

void AppliedSet::add(const MarkItem& item) {
  std::vector<RowRange>& ranges = by_ts_[item.commit_ts];
  ranges.push_back(item.rows);
  std::sort(ranges.begin(), ranges.end());
  std::vector<RowRange> merged;
  for (const RowRange& range : ranges) {
    if (!merged.empty() && range.first <= merged.back().end) {
      merged.back().end = std::max(merged.back().end, range.end);
    } else {
      merged.push_back(range);
    }
  }
  ranges = std::move(merged);
}

const std::vector<RowRange>& AppliedSet::ranges(uint64_t commit_ts) const {
  static const std::vector<RowRange> kNone;
  auto it = by_ts_.find(commit_ts);
  return it == by_ts_.end() ? kNone : it->second;
}

bool AppliedSet::covers(uint64_t commit_ts, RowRange rows) const {
  const auto& applied = ranges(commit_ts);
  return std::any_of(applied.begin(), applied.end(), [&](const RowRange& range) {
    return range.first <= rows.first && rows.end <= range.end;
  });
}

void AppliedSet::forget_until(uint64_t commit_ts) {
  by_ts_.erase(by_ts_.begin(), by_ts_.upper_bound(commit_ts));
}

}  // namespace tbl::mysql
