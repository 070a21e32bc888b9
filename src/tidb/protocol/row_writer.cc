#include "tidb/protocol/row_writer.h"

#include <bit>
#include <cstdlib>

#include "base/bytes.h"
#include "tidb/protocol/lenenc.h"
#include "tidb/types/convert.h"

namespace tbl::tidb::protocol {
namespace {

constexpr char kNullMark = '\xfb';
/// The bitmap of a binary row begins with two unused bits.
constexpr size_t kBitmapOffset = 2;
constexpr int64_t kNsPerMicrosecond = 1000;
constexpr int64_t kUsPerSecond = 1000000;

Status check_width(const Row& row, const std::vector<ColumnMeta>& columns) {
  if (row.size() == columns.size()) return ok_status();
  return internal_error("a row of " + std::to_string(row.size()) + " values for " +
                        std::to_string(columns.size()) + " columns");
}

uint64_t integer_of(const Value& value, const schema::FieldType& type) {
  if (value.kind() == ValueKind::kInt) return static_cast<uint64_t>(value.as_int());
  if (value.kind() == ValueKind::kUint) return value.as_uint();
  // An expression whose type was inferred as integer holds something else: by its text.
  const std::string text = value_to_text(value, type);
  if (!text.empty() && text[0] == '-') {
    return static_cast<uint64_t>(std::strtoll(text.c_str(), nullptr, 10));
  }
  return std::strtoull(text.c_str(), nullptr, 10);
}

double double_of(const Value& value, const schema::FieldType& type) {
  if (value.kind() == ValueKind::kDouble) return value.as_double();
  return std::strtod(value_to_text(value, type).c_str(), nullptr);
}

void put_integer(std::string& out, uint64_t v, size_t size) {
  out.append(reinterpret_cast<const char*>(&v), size);
}

void put_time(std::string& out, const TimeValue& time) {
  const codec::TimeFields& f = time.fields;
  const bool has_clock = time.type != schema::kTypeDate &&
                         (f.hour != 0 || f.minute != 0 || f.second != 0 || f.microsecond != 0);
  const bool has_date = f.year != 0 || f.month != 0 || f.day != 0;
  uint8_t size = 0;
  if (has_date || has_clock) size = 4;
  if (has_clock) size = f.microsecond != 0 ? 11 : 7;
  out.push_back(static_cast<char>(size));
  if (size == 0) return;
  put_le16(out, static_cast<uint16_t>(f.year));
  out.push_back(static_cast<char>(f.month));
  out.push_back(static_cast<char>(f.day));
  if (size == 4) return;
  out.push_back(static_cast<char>(f.hour));
  out.push_back(static_cast<char>(f.minute));
  out.push_back(static_cast<char>(f.second));
  if (size == 11) put_le32(out, f.microsecond);
}

void put_duration(std::string& out, const DurationValue& duration) {
  if (duration.nanoseconds == 0) {
    out.push_back(0);
    return;
  }
  const bool negative = duration.nanoseconds < 0;
  const int64_t us = std::abs(duration.nanoseconds) / kNsPerMicrosecond;
  const int64_t seconds = us / kUsPerSecond;
  const auto fraction = static_cast<uint32_t>(us % kUsPerSecond);
  out.push_back(fraction != 0 ? 12 : 8);
  out.push_back(negative ? 1 : 0);
  put_le32(out, static_cast<uint32_t>(seconds / 86400));
  out.push_back(static_cast<char>(seconds / 3600 % 24));
  out.push_back(static_cast<char>(seconds / 60 % 60));
  out.push_back(static_cast<char>(seconds % 60));
  if (fraction != 0) put_le32(out, fraction);
}

/// A value whose kind is not that of its temporal column goes by its text's meaning, or as zero.
void put_temporal(std::string& out, const Value& value, const schema::FieldType& type) {
  if (value.kind() == ValueKind::kTime) return put_time(out, value.as_time());
  TimeValue time{};
  time.type = type.tp;
  codec::parse_datetime(value_to_text(value, type), &time.fields);
  put_time(out, time);
}

void put_time_of_day(std::string& out, const Value& value, const schema::FieldType& type) {
  if (value.kind() == ValueKind::kDuration) return put_duration(out, value.as_duration());
  DurationValue duration{};
  codec::parse_duration(value_to_text(value, type), &duration.nanoseconds);
  put_duration(out, duration);
}

void put_binary(std::string& out, const Value& value, const schema::FieldType& type) {
  switch (type.tp) {
    case schema::kTypeTiny:
      return put_integer(out, integer_of(value, type), 1);
    case schema::kTypeShort:
    case schema::kTypeYear:
      return put_integer(out, integer_of(value, type), 2);
    case schema::kTypeInt24:
    case schema::kTypeLong:
      return put_integer(out, integer_of(value, type), 4);
    case schema::kTypeLongLong:
      return put_integer(out, integer_of(value, type), 8);
    case schema::kTypeFloat:
      return put_le32(out, std::bit_cast<uint32_t>(static_cast<float>(double_of(value, type))));
    case schema::kTypeDouble:
      return put_le64(out, std::bit_cast<uint64_t>(double_of(value, type)));
    case schema::kTypeDate:
    case schema::kTypeNewDate:
    case schema::kTypeDatetime:
    case schema::kTypeTimestamp:
      return put_temporal(out, value, type);
    case schema::kTypeDuration:
      return put_time_of_day(out, value, type);
    default:
      return put_lenenc_string(out, value_to_text(value, type));
  }
}

}  // namespace

Result<std::string> write_text_row(const Row& row, const std::vector<ColumnMeta>& columns) {
  TBL_TRY(check_width(row, columns));
  std::string out;
  for (size_t i = 0; i < row.size(); ++i) {
    if (row[i].is_null()) {
      out.push_back(kNullMark);
    } else {
      put_lenenc_string(out, value_to_text(row[i], columns[i].type));
    }
  }
  return out;
}

Result<std::string> write_binary_row(const Row& row, const std::vector<ColumnMeta>& columns) {
  TBL_TRY(check_width(row, columns));
  std::string out(1 + (row.size() + kBitmapOffset + 7) / 8, '\0');
  for (size_t i = 0; i < row.size(); ++i) {
    if (row[i].is_null() || columns[i].type.tp == schema::kTypeNull) {
      const size_t bit = i + kBitmapOffset;
      out[1 + bit / 8] = static_cast<char>(out[1 + bit / 8] | 1 << bit % 8);
    } else {
      put_binary(out, row[i], columns[i].type);
    }
  }
  return out;
}

}  // namespace tbl::tidb::protocol
