#include "tidb/kv/cursor.h"

#include <algorithm>

namespace tbl::tidb {
namespace {

constexpr size_t kLargestPage = 4096;

}  // namespace

KvCursor::KvCursor(Storage& storage, uint64_t ts, const MemBuffer& writes, Options options)
    : storage_(storage),
      ts_(ts),
      options_(std::move(options)),
      left_(options_.range),
      page_size_(std::max<size_t>(options_.first_page, 1)) {
  const KeyRange& range = options_.range;
  if (!range.end.empty() && range.start >= range.end) {
    exhausted_ = true;
    return;
  }
  const auto& map = writes.writes();
  const auto last = range.end.empty() ? map.end() : map.lower_bound(range.end);
  for (auto it = map.lower_bound(range.start); it != last; ++it) {
    own_.push_back({it->first, it->second});
  }
  if (options_.reverse) std::reverse(own_.begin(), own_.end());
}

bool KvCursor::before(const std::string& a, const std::string& b) const {
  return options_.reverse ? a > b : a < b;
}

Status KvCursor::fill() {
  if (page_at_ < page_.size() || exhausted_) return ok_status();
  ScanOptions options;
  options.start = left_.start;
  options.end = left_.end;
  options.limit = page_size_;
  options.reverse = options_.reverse;
  TBL_ASSIGN(page_, storage_.scan(options, ts_));
  page_at_ = 0;
  if (page_.size() < page_size_) {
    exhausted_ = true;
  } else if (options_.reverse) {
    left_.end = page_.back().key;
  } else {
    left_.start = page_.back().key + '\0';
  }
  page_size_ = std::min(page_size_ * 2, kLargestPage);
  return ok_status();
}

Result<bool> KvCursor::next() {
  while (true) {
    TBL_TRY(fill());
    const bool has_stored = page_at_ < page_.size();
    const bool has_own = own_at_ < own_.size();
    if (!has_stored && !has_own) return false;
    if (!has_own || (has_stored && before(page_[page_at_].key, own_[own_at_].key))) {
      current_ = std::move(page_[page_at_++]);
      return true;
    }
    Own& own = own_[own_at_++];
    if (has_stored && page_[page_at_].key == own.key) ++page_at_;
    if (own.write.kind == BufferedWrite::Kind::kRemove) continue;
    current_ = {std::move(own.key), std::move(own.write.value)};
    return true;
  }
}

}  // namespace tbl::tidb
