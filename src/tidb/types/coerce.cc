// Implicit conversions of values in expressions.
#include <algorithm>
#include <cmath>
#include <limits>

#include "codec/json.h"
#include "tidb/types/convert.h"
#include "tidb/types/json_value.h"
#include "tidb/types/number_text.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

constexpr double kTwo63 = 9223372036854775808.0;
constexpr double kTwo64 = 18446744073709551616.0;

/// What a value is as a number, before it takes the type that is wanted.
Value numeric_of(const Value& v) {
  switch (v.kind()) {
    case ValueKind::kTime: {
      const TimeValue& t = v.as_time();
      if (t.fsp == 0 || t.type == schema::kTypeDate) return Value::of_int(time_to_number(t));
      std::string text = time_to_text(t);
      std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == ' '; });
      return Value::of_decimal(Decimal::parse(text).value);
    }
    case ValueKind::kDuration: {
      const DurationValue& d = v.as_duration();
      if (d.fsp == 0) return Value::of_int(duration_to_number(d));
      std::string text = duration_to_text(d);
      std::erase(text, ':');
      return Value::of_decimal(Decimal::parse(text).value);
    }
    case ValueKind::kEnum:
    case ValueKind::kSet:
      return Value::of_uint(v.as_member().number);
    case ValueKind::kBits:
      return Value::of_uint(bits_to_uint(v.as_string(), nullptr));
    case ValueKind::kJson: {
      if (auto text = json_as_string(v.as_string())) return Value::of_string(*text);
      if (auto number = json_as_double(v.as_string())) {
        std::string plain = json_to_text(v.as_string());
        NumberPrefix<int64_t> whole = scan_int(plain);
        if (whole.complete && !whole.overflow) return Value::of_int(whole.value);
        return Value::of_double(*number);
      }
      return Value::of_string(json_to_text(v.as_string()));
    }
    default:
      return v;
  }
}

Status truncated(std::string_view type, const std::string& text, const ConvertContext& ctx) {
  return ctx.report(truncated_wrong_value(type, text));
}

template <typename T>
Result<T> clipped_double(double v, T low, T high, const ConvertContext& ctx) {
  double rounded = std::rint(v);
  double top = std::is_signed_v<T> ? kTwo63 : kTwo64;
  if (rounded >= static_cast<double>(low) && rounded < top) return static_cast<T>(rounded);
  TBL_TRY(truncated("INTEGER", double_text(v), ctx));
  return rounded < 0 ? low : high;
}

}  // namespace

const codec::TimeZone& ConvertContext::zone() const {
  static const codec::TimeZone kUtc;
  return time_zone != nullptr ? *time_zone : kUtc;
}

Status ConvertContext::report(Status problem) const {
  if (strict) return problem;
  warn(problem);
  return ok_status();
}

void ConvertContext::warn(const Status& problem) const {
  if (warnings != nullptr) warnings->add(problem);
}

Result<int64_t> to_int(const Value& v, const ConvertContext& ctx) {
  constexpr int64_t kLow = std::numeric_limits<int64_t>::min();
  constexpr int64_t kHigh = std::numeric_limits<int64_t>::max();
  Value n = numeric_of(v);
  switch (n.kind()) {
    case ValueKind::kInt:
      return n.as_int();
    case ValueKind::kUint:
      return static_cast<int64_t>(n.as_uint());
    case ValueKind::kDouble:
      return clipped_double<int64_t>(n.as_double(), kLow, kHigh, ctx);
    case ValueKind::kDecimal: {
      bool clipped = false;
      int64_t out = n.as_decimal().to_int(&clipped);
      if (clipped) TBL_TRY(truncated("INTEGER", n.as_decimal().to_string(), ctx));
      return out;
    }
    case ValueKind::kString: {
      NumberPrefix<int64_t> number = scan_int(n.as_string());
      if (number.overflow || !number.complete) {
        TBL_TRY(truncated("INTEGER", n.as_string(), ctx));
      }
      return number.value;
    }
    default:
      return int64_t{0};
  }
}

Result<uint64_t> to_uint(const Value& v, const ConvertContext& ctx) {
  Value n = numeric_of(v);
  switch (n.kind()) {
    case ValueKind::kInt:
      return static_cast<uint64_t>(n.as_int());
    case ValueKind::kUint:
      return n.as_uint();
    case ValueKind::kDouble: {
      if (n.as_double() < 0) {  // as a signed number that is reinterpreted
        TBL_ASSIGN(int64_t i, to_int(n, ctx));
        return static_cast<uint64_t>(i);
      }
      return clipped_double<uint64_t>(n.as_double(), 0, std::numeric_limits<uint64_t>::max(), ctx);
    }
    case ValueKind::kDecimal: {
      bool clipped = false;
      uint64_t out = n.as_decimal().to_uint(&clipped);
      if (clipped) TBL_TRY(truncated("INTEGER", n.as_decimal().to_string(), ctx));
      return out;
    }
    case ValueKind::kString: {
      NumberPrefix<int64_t> negative = scan_int(n.as_string());
      if (negative.value < 0) {
        TBL_ASSIGN(int64_t i, to_int(n, ctx));
        return static_cast<uint64_t>(i);
      }
      NumberPrefix<uint64_t> number = scan_uint(n.as_string());
      if (number.overflow || !number.complete) {
        TBL_TRY(truncated("INTEGER", n.as_string(), ctx));
      }
      return number.value;
    }
    default:
      return uint64_t{0};
  }
}

Result<double> to_double(const Value& v, const ConvertContext& ctx) {
  Value n = numeric_of(v);
  switch (n.kind()) {
    case ValueKind::kInt:
      return static_cast<double>(n.as_int());
    case ValueKind::kUint:
      return static_cast<double>(n.as_uint());
    case ValueKind::kDouble:
      return n.as_double();
    case ValueKind::kDecimal:
      return n.as_decimal().to_double();
    case ValueKind::kString: {
      NumberPrefix<double> number = scan_double(n.as_string());
      if (number.overflow || !number.complete) {
        TBL_TRY(truncated("DOUBLE", n.as_string(), ctx));
      }
      return number.value;
    }
    default:
      return 0.0;
  }
}

Result<Decimal> to_decimal(const Value& v, const ConvertContext& ctx) {
  Value n = numeric_of(v);
  switch (n.kind()) {
    case ValueKind::kInt:
      return Decimal::of_int(n.as_int());
    case ValueKind::kUint:
      return Decimal::of_uint(n.as_uint());
    case ValueKind::kDouble:
      return Decimal::of_double(n.as_double());
    case ValueKind::kDecimal:
      return n.as_decimal();
    case ValueKind::kString: {
      Decimal::Parsed parsed = Decimal::parse(n.as_string());
      if (parsed.overflow || !parsed.complete) {
        TBL_TRY(truncated("DECIMAL", n.as_string(), ctx));
      }
      return parsed.value;
    }
    default:
      return Decimal();
  }
}

std::string to_text(const Value& v) {
  switch (v.kind()) {
    case ValueKind::kNull:
      return "";
    case ValueKind::kInt:
      return std::to_string(v.as_int());
    case ValueKind::kUint:
      return std::to_string(v.as_uint());
    case ValueKind::kDouble:
      return double_text(v.as_double());
    case ValueKind::kDecimal:
      return v.as_decimal().to_string();
    case ValueKind::kTime:
      return time_to_text(v.as_time());
    case ValueKind::kDuration:
      return duration_to_text(v.as_duration());
    case ValueKind::kJson:
      return json_to_text(v.as_string());
    case ValueKind::kEnum:
    case ValueKind::kSet:
      return v.as_member().text;
    case ValueKind::kString:
    case ValueKind::kBits:
      return v.as_string();
  }
  return "";
}

Result<bool> to_bool(const Value& v, const ConvertContext& ctx) {
  switch (v.kind()) {
    case ValueKind::kNull:
      return false;
    case ValueKind::kInt:
      return v.as_int() != 0;
    case ValueKind::kUint:
      return v.as_uint() != 0;
    case ValueKind::kDecimal:
      return !v.as_decimal().is_zero();
    default: {
      TBL_ASSIGN(double d, to_double(v, ctx));
      return d != 0;
    }
  }
}

Result<std::string> to_json(const Value& v) {
  switch (v.kind()) {
    case ValueKind::kNull:
      return json_null();
    case ValueKind::kInt:
      return json_of_int(v.as_int());
    case ValueKind::kUint:
      return json_of_uint(v.as_uint());
    case ValueKind::kDouble:
      return json_of_double(v.as_double());
    case ValueKind::kDecimal:
      return json_of_double(v.as_decimal().to_double());
    case ValueKind::kJson:
      return v.as_string();
    case ValueKind::kTime: {
      TimeValue t = v.as_time();
      if (t.type != schema::kTypeDate) t.fsp = kMaxFsp;
      return json_of_string(time_to_text(t));
    }
    case ValueKind::kDuration:
      return json_of_string(duration_to_text({v.as_duration().nanoseconds, kMaxFsp}));
    default:
      return json_of_string(to_text(v));
  }
}

std::string debug_text(const Value& v) {
  static constexpr const char* kNames[] = {"kNull",    "kInt",    "kUint", "kDouble",
                                           "kDecimal", "kString", "kTime", "kDuration",
                                           "kJson",    "kEnum",   "kSet",  "kBits"};
  std::string text = kNames[static_cast<size_t>(v.kind())];
  return v.is_null() ? text : text + " " + to_text(v);
}

}  // namespace tbl::tidb
