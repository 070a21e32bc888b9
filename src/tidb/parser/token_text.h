// Values of tokens from their source text.
#pragma once

#include <string>
#include <string_view>

namespace tbl::tidb {

/// Content of a text in quotes, `raw` with them: doubled quotes and, if `escapes`, backslash
/// sequences are resolved. \% and \_ stay as they are: they mean something in LIKE patterns.
std::string unquote(std::string_view raw, bool escapes);
/// Bytes of x'4f' or 0x4f; an odd number of digits gets a leading zero.
std::string hex_bytes(std::string_view raw);
/// Bytes of b'101' or 0b101, filled up with zeros from the left.
std::string bit_bytes(std::string_view raw);

}  // namespace tbl::tidb
