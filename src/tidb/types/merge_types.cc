// The common type of two expressions: UNION, CASE, IF, COALESCE.
#include <algorithm>

#include "tidb/types/collation.h"
#include "tidb/types/field_type.h"

namespace tbl::tidb {

using namespace schema;  // NOLINT: the names of all types

namespace {

/// Size of an integer type, for "the larger of two".
int int_rank(uint8_t tp) {
  switch (tp) {
    case kTypeTiny:
      return 1;
    case kTypeShort:
    case kTypeYear:
      return 2;
    case kTypeInt24:
      return 3;
    case kTypeLong:
      return 4;
    default:
      return 5;
  }
}

uint8_t int_type_of_rank(int rank) {
  constexpr uint8_t kTypes[] = {kTypeTiny,  kTypeTiny, kTypeShort,
                                kTypeInt24, kTypeLong, kTypeLongLong};
  return kTypes[std::clamp(rank, 1, 5)];
}

bool is_int(const FieldType& t) { return eval_class(t) == EvalClass::kInt; }

int64_t int_digits(const FieldType& t) {
  constexpr int64_t kDigits[] = {0, 3, 5, 8, 10, 20};
  return kDigits[int_rank(t.tp)];
}

FieldType merge_ints(const FieldType& a, const FieldType& b) {
  int rank = std::max(int_rank(a.tp), int_rank(b.tp));
  bool mixed = a.is_unsigned() != b.is_unsigned();
  if (mixed) {
    const FieldType& u = a.is_unsigned() ? a : b;
    if (int_rank(u.tp) == 5) return decimal_type(20, 0);
    rank = std::max(rank, int_rank(u.tp) + 1);
  }
  FieldType t = int_type(a.is_unsigned() && b.is_unsigned());
  t.tp = int_type_of_rank(rank);
  t.flen = std::max(a.flen, b.flen);
  return t;
}

FieldType merge_numbers(const FieldType& a, const FieldType& b) {
  if (is_int(a) && is_int(b)) return merge_ints(a, b);
  if (eval_class(a) == EvalClass::kDouble || eval_class(b) == EvalClass::kDouble) {
    FieldType t = double_type();
    if (a.tp == kTypeFloat && b.tp == kTypeFloat) t.tp = kTypeFloat;
    if (a.decimal >= 0 && a.decimal == b.decimal && a.tp == b.tp) {
      t.decimal = a.decimal;
      t.flen = std::max(a.flen, b.flen);
    }
    return t;
  }
  auto whole = [](const FieldType& t) {
    return is_int(t) ? int_digits(t) : t.flen - std::max(t.decimal, 0);
  };
  int scale = std::max({is_int(a) ? 0 : a.decimal, is_int(b) ? 0 : b.decimal, 0});
  FieldType t = decimal_type(std::max(whole(a), whole(b)) + scale, scale);
  if (a.is_unsigned() && b.is_unsigned()) t.flag |= kFlagUnsigned;
  return t;
}

FieldType merge_times(const FieldType& a, const FieldType& b) {
  int fsp = std::max({a.decimal, b.decimal, 0});
  if (a.tp == b.tp) {
    if (a.tp == kTypeDate) return date_type();
    if (a.tp == kTypeDuration) return duration_type(fsp);
    if (a.tp == kTypeTimestamp) return timestamp_type(fsp);
  }
  return datetime_type(fsp);
}

/// Characters that the text of any value of the type may have.
int64_t text_width(const FieldType& t) {
  if (t.tp == kTypeNull) return 0;
  int64_t width = t.flen;
  if (width < 0) return FieldType::kUnspecified;
  if (t.tp == kTypeNewDecimal) width += 2;
  return width;
}

FieldType merge_texts(const FieldType& a, const FieldType& b) {
  bool bytes = (is_string_type(a.tp) && a.has_binary_charset()) ||
               (is_string_type(b.tp) && b.has_binary_charset());
  FieldType t = bytes ? bytes_type() : string_type();
  if (!bytes) {
    const FieldType& text = is_text_type(a) ? a : b;
    if (is_text_type(text)) {
      t.charset = text.charset;
      t.collate = text.collate;
    }
    if (is_text_type(a) && is_text_type(b) && a.charset != b.charset) {
      t.charset = kDefaultCharset;
      t.collate = kDefaultCollation;
    }
  }
  t.tp = kTypeVarchar;
  if (is_blob_type(a.tp) || is_blob_type(b.tp) || a.tp == kTypeJson || b.tp == kTypeJson) {
    t.tp = kTypeLongBlob;
  } else if (a.tp == kTypeString && b.tp == kTypeString) {
    t.tp = kTypeString;
  }
  int64_t wa = text_width(a);
  int64_t wb = text_width(b);
  t.flen = wa < 0 || wb < 0 ? FieldType::kUnspecified : std::max(wa, wb);
  return t;
}

}  // namespace

FieldType merge_types(const FieldType& a, const FieldType& b) {
  if (a.tp == kTypeNull || b.tp == kTypeNull) {
    FieldType t = a.tp == kTypeNull ? b : a;
    t.flag &= ~uint32_t{kFlagNotNull};
    return t;
  }
  FieldType t;
  // ENUMs and SETs become texts, even two that are the same.
  bool bits = a.tp == kTypeBit && b.tp == kTypeBit;
  bool years = a.tp == kTypeYear && b.tp == kTypeYear;
  if (bits || years) {
    t = a;
    t.flen = std::max(a.flen, b.flen);
    t.flag &= kFlagUnsigned | kFlagZerofill | kFlagBinary;
  } else if (is_numeric_type(a.tp) && is_numeric_type(b.tp)) {
    t = merge_numbers(a, b);
  } else if (is_temporal_type(a.tp) && is_temporal_type(b.tp)) {
    t = merge_times(a, b);
  } else if (a.tp == kTypeJson && b.tp == kTypeJson) {
    t = json_type();
  } else {
    t = merge_texts(a, b);
  }
  if ((a.flag & kFlagNotNull) != 0 && (b.flag & kFlagNotNull) != 0) t.flag |= kFlagNotNull;
  return t;
}

}  // namespace tbl::tidb
