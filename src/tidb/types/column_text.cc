// Storing into text, byte, ENUM and SET columns.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "tidb/types/collation.h"
#include "tidb/types/column_cast.h"
#include "tidb/types/number_text.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

/// "\xF0\x9F...", as MySQL shows the bytes that are no text: at most six.
std::string escaped_bytes(std::string_view bytes) {
  constexpr size_t kShown = 6;
  std::string text;
  for (char c : bytes.substr(0, kShown)) {
    auto byte = static_cast<uint8_t>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      text += c;
    } else {
      text += fmt::format("\\x{:02X}", byte);
    }
  }
  if (bytes.size() > kShown) text += "...";
  return text;
}

Result<std::string> valid_text(std::string text, const ColumnTarget& target,
                               const ConvertContext& ctx) {
  size_t valid = valid_prefix(target.type.charset, text);
  if (valid == text.size()) return text;
  std::string shown = escaped_bytes(std::string_view(text).substr(valid));
  TBL_TRY(ctx.report(incorrect_for_column("string", shown, target)));
  text.resize(valid);
  return text;
}

bool only_blanks(std::string_view text) {
  return text.find_first_not_of(' ') == std::string_view::npos;
}

/// Bytes of `text` that the column takes.
size_t fitting_size(std::string_view text, const FieldType& type) {
  if (type.flen < 0) return text.size();
  auto limit = static_cast<size_t>(type.flen);
  if (text.size() <= limit) return text.size();
  bool counts_bytes = type.has_binary_charset() || schema::is_blob_type(type.tp);
  if (!counts_bytes) return utf8_prefix(text, limit);
  return type.has_binary_charset() ? limit : valid_prefix(type.charset, text.substr(0, limit));
}

}  // namespace

Result<Value> cast_to_text_column(const Value& v, const ColumnTarget& target,
                                  const ConvertContext& ctx) {
  const FieldType& type = target.type;
  std::string text = v.kind() == ValueKind::kDouble ? double_text(v.as_double()) : to_text(v);
  bool bytes = type.has_binary_charset();
  if (!bytes) {
    TBL_ASSIGN(text, valid_text(std::move(text), target, ctx));
  }
  size_t size = fitting_size(text, type);
  if (size < text.size()) {
    bool harmless = !bytes && only_blanks(std::string_view(text).substr(size));
    Status problem = data_too_long(target.name, target.row);
    if (!harmless && ctx.strict) return problem;
    Warning::Level level = harmless ? Warning::kNote : Warning::kWarning;
    bool silent = harmless && type.tp == schema::kTypeString;
    if (!silent && ctx.warnings != nullptr) {
      ctx.warnings->add(data_truncated(target.name, target.row), level);
    }
    text.resize(size);
  }
  if (type.tp == schema::kTypeString) {
    if (bytes) {
      text.resize(std::max(text.size(), static_cast<size_t>(std::max<int64_t>(type.flen, 0))));
    } else {
      text.erase(text.find_last_not_of(' ') + 1);
    }
  }
  return Value::of_string(std::move(text));
}

namespace {

std::string_view trimmed_end(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// 1 for the first member; 0: none.
uint64_t member_number(const FieldType& type, std::string_view name) {
  name = trimmed_end(name);
  for (size_t i = 0; i < type.elems.size(); ++i) {
    if (equal_ignoring_case(trimmed_end(type.elems[i]), name)) return i + 1;
  }
  return 0;
}

Value enum_value(const FieldType& type, uint64_t number) {
  return Value::of_enum(number, number == 0 ? "" : type.elems[number - 1]);
}

Value set_value(const FieldType& type, uint64_t bits) {
  std::string text;
  for (size_t i = 0; i < type.elems.size() && i < 64; ++i) {
    if ((bits >> i & 1) == 0) continue;
    if (!text.empty()) text += ',';
    text += type.elems[i];
  }
  return Value::of_set(bits, std::move(text));
}

/// As C's strtoull reads it: blanks and a sign may stand before the digits, nothing behind them.
bool is_whole_number(std::string_view text, uint64_t* number) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  if (negative) *number = ~*number + 1;
  return error == std::errc() && end == text.data() + text.size();
}

bool is_number_kind(const Value& v) {
  return v.kind() == ValueKind::kInt || v.kind() == ValueKind::kUint ||
         v.kind() == ValueKind::kDouble || v.kind() == ValueKind::kDecimal;
}

Result<Value> to_enum(const Value& v, const ColumnTarget& target, const ConvertContext& ctx) {
  const FieldType& type = target.type;
  uint64_t number = 0;
  if (is_number_kind(v)) {
    TBL_ASSIGN(number, to_uint(v, ctx));
  } else {
    std::string text = to_text(v);
    number = member_number(type, text);
    if (number == 0 && !is_whole_number(trimmed_end(text), &number)) number = 0;
  }
  if (number >= 1 && number <= type.elems.size()) return enum_value(type, number);
  // The empty value of an earlier mistake may be copied.
  bool copied = v.kind() == ValueKind::kEnum && v.as_member().number == 0;
  if (!copied) TBL_TRY(ctx.report(data_truncated(target.name, target.row)));
  return enum_value(type, 0);
}

/// The bits of 'a,b'; `*unknown`: a name is none of the members, as the empty one behind a comma.
uint64_t set_bits(const FieldType& type, std::string_view text, bool* unknown) {
  uint64_t bits = 0;
  *unknown = false;
  if (text.empty()) return bits;
  while (true) {
    size_t comma = text.find(',');
    uint64_t number = member_number(type, text.substr(0, comma));
    if (number == 0) {
      *unknown = true;
    } else {
      bits |= uint64_t{1} << (number - 1);
    }
    if (comma == std::string_view::npos) return bits;
    text.remove_prefix(comma + 1);
  }
}

Result<Value> to_set(const Value& v, const ColumnTarget& target, const ConvertContext& ctx) {
  const FieldType& type = target.type;
  size_t count = std::min<size_t>(type.elems.size(), 64);
  uint64_t all = count == 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
  uint64_t bits = 0;
  bool unknown = false;
  if (is_number_kind(v)) {
    TBL_ASSIGN(bits, to_uint(v, ctx));
  } else {
    std::string text = to_text(v);
    uint64_t number = 0;
    bits = set_bits(type, text, &unknown);
    if (unknown && bits == 0 && is_whole_number(text, &number)) {
      bits = number;
      unknown = false;
    }
  }
  if (unknown || (bits & ~all) != 0) {
    TBL_TRY(ctx.report(data_truncated(target.name, target.row)));
    bits &= all;
  }
  return set_value(type, bits);
}

}  // namespace

Result<Value> cast_to_member_column(const Value& v, const ColumnTarget& target,
                                    const ConvertContext& ctx) {
  return target.type.tp == schema::kTypeEnum ? to_enum(v, target, ctx) : to_set(v, target, ctx);
}

}  // namespace tbl::tidb
