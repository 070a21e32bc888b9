// MySQL's binary decimal: words of 9 decimal digits from the point outwards, big endian, sortable
// by bytes.
#pragma once

#include <string>

#include "codec/datum.h"

namespace tbl::codec {

constexpr int kMaxDecimalPrec = 65;
constexpr int kMaxDecimalFrac = 30;
/// Decimals computed by TiDB (not stored in a column) reach 81 digits; readers accept as much.
constexpr int kMaxDecimalDigits = 81;

/// Bytes of a decimal with `prec` digits, `frac` of them behind the point; 0 when there is no such
/// decimal.
size_t decimal_size(int prec, int frac);

/// Reads prec, frac and the binary decimal. False when truncated or when there is no such decimal.
bool read_decimal(ByteReader& in, Datum* out);
/// Appends prec, frac and the binary decimal.
void write_decimal(std::string& out, const Datum& decimal);

/// Appends the text with exactly frac digits behind the point ("-123.45", "0.00"); zero has no
/// sign. False, with `out` untouched, when a word holds more than its digits allow or the size is
/// wrong.
bool append_decimal_text(std::string& out, const Datum& decimal);

/// Appends the binary decimal (without prec and frac) of a text like "-123.45", rounded half away
/// from zero. Errors: not a number, or more integer digits than prec - frac.
Status append_decimal_binary(std::string& out, std::string_view text, int prec, int frac);

}  // namespace tbl::codec
