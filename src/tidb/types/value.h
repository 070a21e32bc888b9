// One SQL value: what expressions compute with and rows of results hold.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tidb/types/decimal.h"
#include "tidb/types/time_value.h"

namespace tbl::tidb {

enum class ValueKind : uint8_t {
  kNull,
  kInt,
  kUint,
  kDouble,  ///< also of FLOAT columns, already rounded to single precision
  kDecimal,
  kString,  ///< text or bytes; the type's charset tells
  kTime,    ///< DATE, DATETIME, TIMESTAMP
  kDuration,
  kJson,  ///< binary, type code first
  kEnum,
  kSet,
  kBits,  ///< big endian bytes of a BIT column or of x'..' and b'..' literals
};

/// An ENUM's or SET's value: the number stored and the text shown.
struct MemberValue {
  uint64_t number = 0;
  std::string text{};

  bool operator==(const MemberValue&) const = default;
};

/// Copyable, movable. The accessors do not check the kind: the caller has looked at it.
class Value {
 public:
  Value() = default;
  static Value null() { return {}; }
  static Value of_int(int64_t v) { return Value(ValueKind::kInt, v); }
  static Value of_uint(uint64_t v) { return Value(ValueKind::kUint, v); }
  static Value of_bool(bool v) { return of_int(v ? 1 : 0); }
  static Value of_double(double v) { return Value(ValueKind::kDouble, v); }
  static Value of_decimal(Decimal v) { return Value(ValueKind::kDecimal, v); }
  static Value of_string(std::string v) { return Value(ValueKind::kString, std::move(v)); }
  static Value of_time(TimeValue v) { return Value(ValueKind::kTime, v); }
  static Value of_duration(DurationValue v) { return Value(ValueKind::kDuration, v); }
  static Value of_json(std::string binary) { return Value(ValueKind::kJson, std::move(binary)); }
  static Value of_enum(uint64_t number, std::string name) {
    return Value(ValueKind::kEnum, MemberValue{number, std::move(name)});
  }
  static Value of_set(uint64_t bits, std::string text) {
    return Value(ValueKind::kSet, MemberValue{bits, std::move(text)});
  }
  static Value of_bits(std::string big_endian) {
    return Value(ValueKind::kBits, std::move(big_endian));
  }

  ValueKind kind() const { return kind_; }
  bool is_null() const { return kind_ == ValueKind::kNull; }
  bool is_string() const { return kind_ == ValueKind::kString; }

  int64_t as_int() const { return std::get<int64_t>(data_); }
  uint64_t as_uint() const { return std::get<uint64_t>(data_); }
  double as_double() const { return std::get<double>(data_); }
  const Decimal& as_decimal() const { return std::get<Decimal>(data_); }
  /// kString; kJson with its type code; kBits.
  const std::string& as_string() const { return std::get<std::string>(data_); }
  const TimeValue& as_time() const { return std::get<TimeValue>(data_); }
  const DurationValue& as_duration() const { return std::get<DurationValue>(data_); }
  /// kEnum and kSet.
  const MemberValue& as_member() const { return std::get<MemberValue>(data_); }

  /// The same kind and content: for tests and hash tables, not SQL's = (see compare()).
  bool operator==(const Value&) const = default;

 private:
  using Data = std::variant<std::monostate, int64_t, uint64_t, double, Decimal, std::string,
                            TimeValue, DurationValue, MemberValue>;
  Value(ValueKind kind, Data data) : kind_(kind), data_(std::move(data)) {}

  ValueKind kind_ = ValueKind::kNull;
  Data data_;
};

using Row = std::vector<Value>;

/// For logs and test failures: "kInt 5".
std::string debug_text(const Value& v);

}  // namespace tbl::tidb
