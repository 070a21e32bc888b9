// Values to text, appended to a buffer the caller owns.
#pragma once

#include <string>

#include "codec/datum.h"
#include "codec/time_zone.h"
#include "schema/table_info.h"

namespace tbl::decode {

/// How a value's text must be written in SQL.
enum class TextForm : uint8_t {
  kNumber,  ///< as it is: integers, YEAR, FLOAT, DOUBLE, DECIMAL, and the numbers of ENUM, SET and
            ///< BIT
  kQuoted,  ///< as a string: dates, times, JSON, texts (UTF-8)
  kBytes,   ///< as a binary string: BINARY, VARBINARY, BLOBs
};
TextForm text_form(const schema::FieldType& type);

/// Appends the text that MySQL takes for a value of a column: decimals and dates with the column's
/// digits, TIMESTAMP in `zone`, JSON as text, ENUM, SET and BIT as numbers, FLOAT widened to
/// double. Strings are copied as they are. NULL and absent values are the caller's: nothing is
/// appended for them. False when the value is damaged (JSON, decimal) or of a kind that its type
/// does not have; a part of the text may stand in `out` then.
bool append_text(std::string& out, const codec::Datum& value, const schema::FieldType& type,
                 const codec::TimeZone& zone);

/// Appends an ENUM's member; nothing for 0 and unknown numbers.
void append_enum_name(std::string& out, uint64_t number, const schema::FieldType& type);
/// Appends a SET's members joined by commas. False when the mask has a bit without a member.
bool append_set_names(std::string& out, uint64_t mask, const schema::FieldType& type);
/// Appends a BIT's bytes, big endian, as many as the column has.
void append_bit_bytes(std::string& out, uint64_t value, const schema::FieldType& type);
/// Appends the shortest text that gives the same number back; with an exponent where that is
/// shorter.
void append_real(std::string& out, double v);
void append_real(std::string& out, float v);

}  // namespace tbl::decode
