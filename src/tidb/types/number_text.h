// Numbers in texts, as MySQL reads and prints them. For the .cc files of this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tbl::tidb {

/// The number at the front of a text, leading blanks skipped.
template <typename T>
struct NumberPrefix {
  T value = 0;
  bool empty = true;      ///< no digit
  bool complete = false;  ///< nothing but blanks was left over
  bool overflow = false;  ///< the value is the nearest that exists
};
NumberPrefix<double> scan_double(std::string_view text);
/// Digits only: '1.9' is 1 and not complete; negative values need the sign.
NumberPrefix<int64_t> scan_int(std::string_view text);
NumberPrefix<uint64_t> scan_uint(std::string_view text);

/// The shortest text; with an exponent from 1e15 on and below 1e-15.
std::string double_text(double v);
std::string float_text(float v);
/// With `decimals` digits behind the point; what lies exactly between two texts gets the even
/// digit.
std::string fixed_text(double v, int decimals);
/// Rounded half away from zero at that many digits behind (or, negative, before) the point.
double round_double(double v, int decimals);

/// Big endian bytes as a number; more than 8 bytes clip.
uint64_t bits_to_uint(std::string_view bytes, bool* clipped);
/// Big endian, `width` bytes.
std::string uint_to_bits(uint64_t v, size_t width);

}  // namespace tbl::tidb
