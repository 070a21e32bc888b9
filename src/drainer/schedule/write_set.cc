#include "drainer/schedule/write_set.h"

#include <xxhash.h>

#include <algorithm>

#include "codec/decimal.h"

namespace tbl::schedule {
namespace {

using codec::Datum;
using codec::DatumKind;

constexpr uint64_t kWholeRow = 0x9e3779b97f4a7c15;

// 1.5 and 1.50 are one value.
void append_decimal(std::string& out, const Datum& value) {
  size_t begin = out.size();
  if (!codec::append_decimal_text(out, value)) {
    out.append(value.as_bytes());
    return;
  }
  if (out.find('.', begin) == std::string::npos) return;
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
}

std::string_view trim_right(std::string_view text, char c) {
  while (!text.empty() && text.back() == c) text.remove_suffix(1);
  return text;
}

std::string_view cut(std::string_view text, const KeyColumn& column) {
  if (column.length == KeyColumn::kWhole) return text;
  auto length = static_cast<uint64_t>(column.length);
  return column.fold == Fold::kBytes ? text.substr(0, length) : text_prefix(text, length);
}

// False: only "equal to anything" is safe.
bool append_folded(std::string& out, std::string_view text, Fold fold) {
  switch (fold) {
    case Fold::kBytes:
      out.append(trim_right(text, '\0'));
      return true;
    case Fold::kPadSpace:
      out.append(trim_right(text, ' '));
      return true;
    case Fold::kText:
      return append_folded_text(out, text);
    default:
      out.append(text);
      return true;
  }
}

}  // namespace

void WriteSetBuilder::append_value(const Datum& value, const KeyColumn& column) {
  size_t begin = buffer_.size();
  put_le32(buffer_, 0);
  switch (value.kind()) {
    case DatumKind::kInt:
    case DatumKind::kDuration:
    case DatumKind::kUint:
      put_le64(buffer_, value.as_uint());
      break;
    case DatumKind::kFloat:
      // The two zeros are one value.
      put_le64(buffer_, value.as_float() == 0 ? 0 : value.as_uint());
      break;
    case DatumKind::kDecimal:
      append_decimal(buffer_, value);
      break;
    case DatumKind::kBytes:
      if (!append_folded(buffer_, cut(value.as_bytes(), column), column.fold))
        set_.exclusive = true;
      break;
    case DatumKind::kJson:
    case DatumKind::kRaw:
      buffer_.append(value.as_bytes());
      break;
    default:
      break;
  }
  // The length in front keeps ("a", "bc") and ("ab", "c") apart.
  auto length = static_cast<uint32_t>(buffer_.size() - begin - 4);
  std::memcpy(buffer_.data() + begin, &length, 4);
}

bool WriteSetBuilder::add_key(const Key& key, decode::RowValues values, uint64_t seed) {
  buffer_.clear();
  for (const KeyColumn& column : key) {
    if (column.fold == Fold::kIgnore) continue;
    const Datum& value = values[column.position];
    if (value.is_null() || value.is_absent()) return false;
    append_value(value, column);
  }
  set_.hashes.push_back(XXH3_64bits_withSeed(buffer_.data(), buffer_.size(), seed));
  return true;
}

void WriteSetBuilder::add_whole_row(const TableKeys& keys, const decode::RowChange& row,
                                    decode::RowValues values) {
  buffer_.clear();
  const auto& columns = row.table->info().columns;
  for (uint32_t i = 0; i < values.size(); ++i) {
    if (columns[i].is_generated()) continue;
    buffer_ += values[i].is_null() ? 'n' : 'v';
    append_value(values[i], {i, Fold::kExact, KeyColumn::kWhole});
  }
  set_.hashes.push_back(
      XXH3_64bits_withSeed(buffer_.data(), buffer_.size(), keys.seed ^ kWholeRow));
}

void WriteSetBuilder::add_side(const TableKeys& keys, const decode::RowChange& row,
                               decode::RowValues values) {
  if (values.empty()) return;
  bool any = false;
  for (size_t i = 0; i < keys.keys.size(); ++i) {
    any |= add_key(keys.keys[i], values, keys.key_seeds[i]);
  }
  if (!any) add_whole_row(keys, row, values);
}

void WriteSetBuilder::add(const TableKeys& keys, const decode::RowChange& row) {
  if (set_.table == 0) set_.table = keys.seed;
  add_side(keys, row, row.old_values);
  add_side(keys, row, row.new_values);
}

void WriteSetBuilder::take(WriteSet* set) {
  auto& hashes = set_.hashes;
  if (hashes.size() > 1) {
    std::sort(hashes.begin(), hashes.end());
    hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  }
  std::swap(set_, *set);
  hashes.clear();
  set_.exclusive = false;
  set_.table = 0;
}

}  // namespace tbl::schedule
