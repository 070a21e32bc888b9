// Texts taken apart and put together: CONCAT, SUBSTRING, LEFT, TRIM, LPAD, REPLACE, ...
#include <algorithm>
#include <vector>

#include "tidb/expr/call_args.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/expr/text_chars.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

Result<Value> too_large(const Call& call) {
  std::string text = "Result of " + std::string(call.expr.name()) +
                     "() was larger than max_allowed_packet (" +
                     std::to_string(call.ctx.max_allowed_packet) + ") - truncated";
  call.ctx.convert.warn(sql_error(kErrWarnAllowedPacketOverflowed, std::move(text)));
  return Value::null();
}

bool exceeds_packet(const Call& call, uint64_t count, uint64_t unit) {
  return unit != 0 && count > call.ctx.max_allowed_packet / unit;
}

namespace {

/// Sum of the arguments' widths from number `first`.
int64_t total_width(const BuildCall& call, size_t first) {
  int64_t sum = 0;
  for (size_t i = first; i < call.args.size(); ++i) {
    int64_t width = text_width(call.type(i));
    if (width < 0 || (sum += width) > kMaxBlobWidth) return kMaxBlobWidth;
  }
  return sum;
}

Result<FieldType> concat_type(BuildCall& call) {
  return text_type_of(call.args, total_width(call, 0), call.ctx);
}
/// Of the first argument, and no longer.
Result<FieldType> same_type(BuildCall& call) {
  FieldType type = text_type_of(call.args, text_width(call.type(0)), call.ctx);
  if (type.is_byte_string() && !call.type(0).is_byte_string() && call.args.size() > 1) {
    type.flen = kMaxBlobWidth;
  }
  return type;
}
Result<FieldType> long_type(BuildCall& call) {
  return text_type_of(call.args, kMaxBlobWidth, call.ctx);
}
/// Of the first argument alone, as long as the count in the second says.
Result<FieldType> counted_type(BuildCall& call) {
  FieldType type = same_type(call).value();
  auto count = constant_int(*call.args.back(), call.ctx);
  if (count) type.flen = std::clamp<int64_t>(*count, 0, kMaxBlobWidth);
  return type;
}

Result<Value> text_value(std::string_view text) { return Value::of_string(std::string(text)); }

Chars chars_of(const Call& call) { return Chars(call.expr.type().is_byte_string()); }

Result<Value> eval_concat(Call& call) {
  std::string out = text_arg(call, 0);
  for (size_t i = 1; i < call.args.size(); ++i) {
    out += text_arg(call, i);
    if (out.size() > call.ctx.max_allowed_packet) return too_large(call);
  }
  return Value::of_string(std::move(out));
}

/// NULLs after the separator are left out.
Result<Value> eval_concat_ws(Call& call) {
  if (call.args[0].is_null()) return Value::null();
  std::string separator = text_arg(call, 0);
  std::string out;
  bool first = true;
  for (size_t i = 1; i < call.args.size(); ++i) {
    if (call.args[i].is_null()) continue;
    if (!first) out += separator;
    first = false;
    out += text_arg(call, i);
    if (out.size() > call.ctx.max_allowed_packet) return too_large(call);
  }
  return Value::of_string(std::move(out));
}

Result<Value> eval_left(Call& call) {
  TBL_ASSIGN(int64_t count, length_arg(call, 1));
  std::string text = text_arg(call, 0);
  return text_value(chars_of(call).part(text, 0, count));
}

Result<Value> eval_right(Call& call) {
  TBL_ASSIGN(int64_t count, length_arg(call, 1));
  std::string text = text_arg(call, 0);
  Chars chars = chars_of(call);
  int64_t all = chars.count(text);
  if (count <= 0) return text_value("");
  return text_value(chars.part(text, std::max<int64_t>(all - count, 0), all));
}

/// Position 1 is the first character, -1 the last, 0 gives nothing.
Result<Value> eval_substring(Call& call) {
  TBL_ASSIGN(int64_t from, length_arg(call, 1));
  int64_t length = INT64_MAX;
  if (call.args.size() > 2) {
    TBL_ASSIGN(length, length_arg(call, 2));
  }
  std::string text = text_arg(call, 0);
  Chars chars = chars_of(call);
  int64_t all = chars.count(text);
  if (from < 0) from += all + 1;
  if (from <= 0 || from > all || length <= 0) return text_value("");
  return text_value(chars.part(text, from - 1, std::min(length, all)));
}

/// Up to the count-th delimiter from the left, or from the right for a negative count.
Result<Value> eval_substring_index(Call& call) {
  std::string text = text_arg(call, 0), delimiter = text_arg(call, 1);
  TBL_ASSIGN(int64_t count, length_arg(call, 2));
  if (text.empty() || delimiter.empty() || count == 0) return text_value("");
  std::vector<size_t> places;
  for (size_t at = 0; (at = text.find(delimiter, at)) != std::string::npos;
       at += delimiter.size()) {
    places.push_back(at);
  }
  auto found = static_cast<int64_t>(places.size());
  if (count > found || count < -found) return text_value(text);
  if (count > 0) return text_value(text.substr(0, places[static_cast<size_t>(count - 1)]));
  return text_value(text.substr(places[static_cast<size_t>(found + count)] + delimiter.size()));
}

enum TrimSide : int64_t { kBoth = 0, kLeading = 1, kTrailing = 2 };

std::string_view trimmed(std::string_view text, std::string_view removed, int64_t side) {
  if (removed.empty()) return text;
  while (side != kTrailing && text.substr(0, removed.size()) == removed) {
    text.remove_prefix(removed.size());
  }
  while (side != kLeading && text.size() >= removed.size() &&
         text.substr(text.size() - removed.size()) == removed) {
    text.remove_suffix(removed.size());
  }
  return text;
}

Result<Value> eval_trim(Call& call) {
  std::string text = text_arg(call, 0);
  std::string removed = call.args.size() > 1 ? text_arg(call, 1) : " ";
  int64_t side = kBoth;
  if (call.args.size() > 2) {
    TBL_ASSIGN(side, int_arg(call, 2));
  }
  return text_value(trimmed(text, removed, side));
}

template <TrimSide kSide>
Result<Value> eval_trim_side(Call& call) {
  std::string text = text_arg(call, 0);
  return text_value(trimmed(text, " ", kSide));
}

/// LPAD and RPAD: to a length in characters, cut when it is longer. NULL for what cannot be done.
template <bool kLeft>
Result<Value> eval_pad(Call& call) {
  TBL_ASSIGN(int64_t length, length_arg(call, 1));
  std::string text = text_arg(call, 0);
  std::string pad = call.args.size() > 2 ? text_arg(call, 2) : " ";
  if (length < 0) return Value::null();
  if (exceeds_packet(call, static_cast<uint64_t>(length), 1)) return too_large(call);
  Chars chars = chars_of(call);
  int64_t missing = length - chars.count(text);
  if (missing <= 0) return text_value(chars.part(text, 0, length));
  int64_t unit = chars.count(pad);
  if (unit == 0) return call.expr.type().is_byte_string() ? text_value("") : Value::null();
  std::string filling;
  for (int64_t i = 0; i < missing / unit; ++i) filling += pad;
  filling += chars.part(pad, 0, missing % unit);
  return Value::of_string(kLeft ? filling + text : text + filling);
}

Result<Value> eval_repeat(Call& call) {
  TBL_ASSIGN(int64_t count, length_arg(call, 1));
  std::string text = text_arg(call, 0);
  if (count <= 0 || text.empty()) return text_value("");
  if (exceeds_packet(call, static_cast<uint64_t>(count), text.size())) return too_large(call);
  std::string out;
  out.reserve(text.size() * static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) out += text;
  return Value::of_string(std::move(out));
}

Result<Value> eval_space(Call& call) {
  TBL_ASSIGN(int64_t count, length_arg(call, 0));
  if (count <= 0) return text_value("");
  if (exceeds_packet(call, static_cast<uint64_t>(count), 1)) return too_large(call);
  return Value::of_string(std::string(static_cast<size_t>(count), ' '));
}

Result<Value> eval_replace(Call& call) {
  std::string text = text_arg(call, 0), from = text_arg(call, 1), to = text_arg(call, 2);
  if (from.empty()) return Value::of_string(std::move(text));
  std::string out;
  size_t at = 0;
  for (size_t found; (found = text.find(from, at)) != std::string::npos; at = found + from.size()) {
    out.append(text, at, found - at).append(to);
    if (out.size() > call.ctx.max_allowed_packet) return too_large(call);
  }
  return Value::of_string(std::move(out.append(text, at)));
}

/// INSERT(text, position, length, new): the text itself for a position outside of it.
Result<Value> eval_insert(Call& call) {
  std::string text = text_arg(call, 0), inserted = text_arg(call, 3);
  TBL_ASSIGN(int64_t position, length_arg(call, 1));
  TBL_ASSIGN(int64_t length, length_arg(call, 2));
  Chars chars = chars_of(call);
  int64_t all = chars.count(text);
  if (position < 1 || position > all) return Value::of_string(std::move(text));
  if (length < 0 || length > all - position + 1) length = all;
  std::string out(chars.part(text, 0, position - 1));
  out += inserted;
  if (length < all) out += chars.part(text, position - 1 + length, all);
  return Value::of_string(std::move(out));
}

Result<Value> eval_reverse(Call& call) {
  std::string text = text_arg(call, 0);
  if (call.expr.type().is_byte_string()) return text_value(std::string(text.rbegin(), text.rend()));
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    size_t length = utf8_prefix(rest, 1);
    out.insert(0, rest.substr(0, length));
    rest.remove_prefix(length);
  }
  return Value::of_string(std::move(out));
}

/// Byte strings have no case.
template <std::string (*kConvert)(std::string_view)>
Result<Value> eval_case(Call& call) {
  std::string text = text_arg(call, 0);
  return Value::of_string(is_bytes_arg(call, 0) ? std::move(text) : kConvert(text));
}

constexpr FunctionDef kFunctions[] = {
    {"concat", 1, FunctionDef::kMany, concat_type, eval_concat},
    {"concat_ws", 2, FunctionDef::kMany, long_type, eval_concat_ws, kSeesNull},
    {"left", 2, 2, counted_type, eval_left},
    {"right", 2, 2, counted_type, eval_right},
    {"substring", 2, 3, same_type, eval_substring},
    {"substr", 2, 3, same_type, eval_substring},
    {"mid", 3, 3, same_type, eval_substring},
    {"substring_index", 3, 3, same_type, eval_substring_index},
    {"trim", 1, 3, same_type, eval_trim},
    {"ltrim", 1, 1, same_type, eval_trim_side<kLeading>},
    {"rtrim", 1, 1, same_type, eval_trim_side<kTrailing>},
    {"lpad", 2, 3, long_type, eval_pad<true>},
    {"rpad", 2, 3, long_type, eval_pad<false>},
    {"repeat", 2, 2, long_type, eval_repeat},
    {"space", 1, 1,
     [](BuildCall& call) -> Result<FieldType> { return text_type(kMaxBlobWidth, call.ctx); },
     eval_space},
    {"replace", 3, 3, long_type, eval_replace},
    {"insert", 4, 4, long_type, eval_insert},
    {"reverse", 1, 1, same_type, eval_reverse},
    {"lower", 1, 1, same_type, eval_case<utf8_lower>},
    {"lcase", 1, 1, same_type, eval_case<utf8_lower>},
    {"upper", 1, 1, same_type, eval_case<utf8_upper>},
    {"ucase", 1, 1, same_type, eval_case<utf8_upper>},
};

}  // namespace

std::span<const FunctionDef> string_functions() { return kFunctions; }

}  // namespace tbl::tidb
