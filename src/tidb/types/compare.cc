// The order of values.
#include <algorithm>
#include <bit>
#include <cmath>

#include "base/bytes.h"
#include "codec/time.h"
#include "tidb/types/convert.h"
#include "tidb/types/json_value.h"
#include "tidb/types/number_text.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

template <typename T>
int order(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

int order_bytes(std::string_view a, std::string_view b) {
  int c = a.compare(b);
  return c < 0 ? -1 : (c > 0 ? 1 : 0);
}

/// The bytes of a number without leading zeros: a BIT(20) and a BIT(64) have unlike many of them.
std::string_view significant(std::string_view bits) {
  return bits.substr(std::min(bits.find_first_not_of('\0'), bits.size()));
}

int order_bits(std::string_view a, std::string_view b) {
  if (a.size() == b.size()) return order_bytes(a, b);
  a = significant(a), b = significant(b);
  return a.size() == b.size() ? order_bytes(a, b) : order(a.size(), b.size());
}

bool is_whole(const Value& v) {
  return v.kind() == ValueKind::kInt || v.kind() == ValueKind::kUint;
}

int order_whole(const Value& a, const Value& b) {
  bool a_signed = a.kind() == ValueKind::kInt;
  bool b_signed = b.kind() == ValueKind::kInt;
  if (a_signed && b_signed) return order(a.as_int(), b.as_int());
  if (!a_signed && !b_signed) return order(a.as_uint(), b.as_uint());
  if (a_signed) {
    return a.as_int() < 0 ? -1 : order(static_cast<uint64_t>(a.as_int()), b.as_uint());
  }
  return -order_whole(b, a);
}

bool is_member(const Value& v) {
  return v.kind() == ValueKind::kEnum || v.kind() == ValueKind::kSet;
}

bool is_text_like(const Value& v) {
  return v.kind() == ValueKind::kString || v.kind() == ValueKind::kBits || is_member(v);
}

bool is_exact(const Value& v) { return is_whole(v) || v.kind() == ValueKind::kDecimal; }

int order_times(const TimeValue& a, const TimeValue& b) {
  return order(codec::pack_time(a.fields), codec::pack_time(b.fields));
}

/// A text beside a time becomes one; what is none compares as a text.
Result<int> order_time_and_text(const Value& time, const Value& text, const ConvertContext& ctx) {
  TBL_ASSIGN(Value other, time.kind() == ValueKind::kTime
                              ? to_time(text, schema::kTypeDatetime, -1, ctx)
                              : to_duration(text, -1, ctx));
  if (other.is_null()) return order_bytes(to_text(time), to_text(text));
  return compare_same_type(time, other);
}

Result<int> order_time_and_duration(const Value& time, const Value& duration,
                                    const ConvertContext& ctx) {
  TBL_ASSIGN(Value other, to_time(duration, schema::kTypeDatetime, -1, ctx));
  if (other.is_null()) return 1;
  return compare_same_type(time, other);
}

Result<int> order_mixed(const Value& a, const Value& b, const ConvertContext& ctx) {
  ValueKind ka = a.kind();
  ValueKind kb = b.kind();
  if (ka == ValueKind::kJson || kb == ValueKind::kJson) {
    TBL_ASSIGN(std::string x, to_json(a));
    TBL_ASSIGN(std::string y, to_json(b));
    return json_compare(x, y);
  }
  bool a_temporal = ka == ValueKind::kTime || ka == ValueKind::kDuration;
  bool b_temporal = kb == ValueKind::kTime || kb == ValueKind::kDuration;
  if (a_temporal && is_text_like(b)) return order_time_and_text(a, b, ctx);
  if (a_temporal && b_temporal) {
    if (ka == ValueKind::kTime) return order_time_and_duration(a, b, ctx);
    TBL_ASSIGN(int order, order_time_and_duration(b, a, ctx));
    return -order;
  }
  if (is_text_like(a) && b_temporal) {
    TBL_ASSIGN(int order, order_time_and_text(b, a, ctx));
    return -order;
  }
  if (is_text_like(a) && is_text_like(b)) return order_bytes(to_text(a), to_text(b));
  if (is_exact(a) && is_exact(b)) {
    TBL_ASSIGN(Decimal x, to_decimal(a, ctx));
    TBL_ASSIGN(Decimal y, to_decimal(b, ctx));
    return Decimal::compare(x, y);
  }
  TBL_ASSIGN(double x, to_double(a, ctx));
  TBL_ASSIGN(double y, to_double(b, ctx));
  return order(x, y);
}

}  // namespace

Result<int> compare(const Value& a, const Value& b, const ConvertContext& ctx) {
  // Two columns may name their members in different orders.
  if (is_member(a) && is_member(b)) return order_bytes(a.as_member().text, b.as_member().text);
  if (a.kind() == b.kind() || (is_whole(a) && is_whole(b)) || a.is_null() || b.is_null()) {
    return compare_same_type(a, b);
  }
  return order_mixed(a, b, ctx);
}

int compare_same_type(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return order(!a.is_null(), !b.is_null());
  if (is_whole(a) && is_whole(b)) return order_whole(a, b);
  if (a.kind() != b.kind()) {
    auto mixed = order_mixed(a, b, ConvertContext{});
    return mixed.ok() ? *mixed : order(a.kind(), b.kind());
  }
  switch (a.kind()) {
    case ValueKind::kDouble:
      return order(a.as_double(), b.as_double());
    case ValueKind::kDecimal:
      return Decimal::compare(a.as_decimal(), b.as_decimal());
    case ValueKind::kTime:
      return order_times(a.as_time(), b.as_time());
    case ValueKind::kDuration:
      return order(a.as_duration().nanoseconds, b.as_duration().nanoseconds);
    case ValueKind::kJson:
      return json_compare(a.as_string(), b.as_string());
    case ValueKind::kEnum:
    case ValueKind::kSet:
      return order(a.as_member().number, b.as_member().number);
    case ValueKind::kBits:
      return order_bits(a.as_string(), b.as_string());
    default:
      return order_bytes(a.as_string(), b.as_string());
  }
}

namespace {

std::string number_key(const Decimal& d) { return "D" + d.to_short_string(); }

std::string double_key(double v) {
  constexpr double kExactLimit = 1e15;
  if (std::abs(v) < kExactLimit) return number_key(Decimal::of_double(v));
  std::string key = "F";
  put_be64(key, std::bit_cast<uint64_t>(v));
  return key;
}

}  // namespace

std::string group_key(const Value& v) {
  switch (v.kind()) {
    case ValueKind::kNull:
      return "";
    case ValueKind::kInt:
      return "D" + std::to_string(v.as_int());
    case ValueKind::kUint:
      return "D" + std::to_string(v.as_uint());
    case ValueKind::kDouble:
      return double_key(v.as_double());
    case ValueKind::kDecimal:
      return number_key(v.as_decimal());
    case ValueKind::kTime: {
      std::string key = "T";
      put_be64(key, codec::pack_time(v.as_time().fields));
      return key;
    }
    case ValueKind::kDuration:
      return "N" + std::to_string(v.as_duration().nanoseconds);
    case ValueKind::kJson:
      return "J" + json_to_text(v.as_string());
    case ValueKind::kBits:
      return "S" + std::string(significant(v.as_string()));
    default:
      return "S" + to_text(v);
  }
}

}  // namespace tbl::tidb
