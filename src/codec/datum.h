// One value of a column, as rows, keys and binlogs carry it.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace tbl::codec {

/// What a Datum holds. Dates, enums, sets and bits are flattened to kUint (packed time, number, bit
/// mask), TIME to kInt nanoseconds or, in keys and clustered handles, kDuration: only the column's
/// type tells more.
enum class DatumKind : uint8_t {
  kAbsent = 0,  ///< no value was given at all: the column is not in the row
  kNull,
  kInt,
  kUint,
  kFloat,  ///< double; a FLOAT column's value is widened
  kBytes,
  kDecimal,     ///< prec, frac and MySQL's binary decimal (decimal.h)
  kJson,        ///< type code byte, then the binary value (json.h)
  kDuration,    ///< nanoseconds
  kRaw,         ///< a value of row format v2, whose type only the column knows (row_v2.h)
  kMinNotNull,  ///< bound of a range: below every value, above NULL
  kMax,         ///< bound of a range: above every value
};

/// A value of 16 bytes, trivially copyable. Bytes, decimals and JSON point to memory owned by
/// somebody else: the payload that was decoded, or an Arena. Values of 4 GiB and more do not exist
/// (readers refuse them).
class Datum {
 public:
  constexpr Datum() = default;
  static constexpr Datum null() { return Datum(DatumKind::kNull); }
  static constexpr Datum min_not_null() { return Datum(DatumKind::kMinNotNull); }
  static constexpr Datum max() { return Datum(DatumKind::kMax); }
  static constexpr Datum of_int(int64_t v) {
    Datum d(DatumKind::kInt);
    d.u_.i = v;
    return d;
  }
  static constexpr Datum of_uint(uint64_t v) {
    Datum d(DatumKind::kUint);
    d.u_.u = v;
    return d;
  }
  static constexpr Datum of_float(double v) {
    Datum d(DatumKind::kFloat);
    d.u_.f = v;
    return d;
  }
  static constexpr Datum of_duration(int64_t ns) {
    Datum d(DatumKind::kDuration);
    d.u_.i = ns;
    return d;
  }
  static constexpr Datum of_bytes(Bytes v) { return Datum(DatumKind::kBytes, v); }
  static constexpr Datum of_json(Bytes v) { return Datum(DatumKind::kJson, v); }
  static constexpr Datum of_raw(Bytes v) { return Datum(DatumKind::kRaw, v); }
  static constexpr Datum of_decimal(uint8_t prec, uint8_t frac, Bytes binary) {
    Datum d(DatumKind::kDecimal, binary);
    d.prec_ = prec;
    d.frac_ = frac;
    return d;
  }

  constexpr DatumKind kind() const { return kind_; }
  constexpr bool is_absent() const { return kind_ == DatumKind::kAbsent; }
  constexpr bool is_null() const { return kind_ == DatumKind::kNull; }

  /// kInt and kDuration. The accessors do not check the kind: the caller has looked at it.
  constexpr int64_t as_int() const { return u_.i; }
  constexpr uint64_t as_uint() const { return u_.u; }
  constexpr double as_float() const { return u_.f; }
  /// kBytes, kRaw; kJson with its type code; kDecimal without prec and frac.
  constexpr Bytes as_bytes() const { return {u_.p, size_}; }
  constexpr uint8_t prec() const { return prec_; }
  constexpr uint8_t frac() const { return frac_; }

  /// The same kind and the same value, byte for byte (floats by their bits).
  friend bool operator==(const Datum& a, const Datum& b);

 private:
  constexpr explicit Datum(DatumKind kind) : kind_(kind) {}
  constexpr Datum(DatumKind kind, Bytes v) : kind_(kind), size_(static_cast<uint32_t>(v.size())) {
    u_.p = v.data();
  }

  DatumKind kind_ = DatumKind::kAbsent;
  uint8_t prec_ = 0;
  uint8_t frac_ = 0;
  uint32_t size_ = 0;
  union {
    int64_t i;
    uint64_t u;
    double f;
    const char* p;
  } u_ = {.i = 0};
};

static_assert(sizeof(Datum) == 16);

}  // namespace tbl::codec
