// For the tests of this folder only.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace tbl::codec {

/// Bytes of a hex text; spaces and '|' are for the reader.
inline std::string hex(std::string_view text) {
  std::string digits;
  for (char c : text) {
    if (c != '|' && c != '\n') digits += c;
  }
  auto bytes = from_hex(digits);
  EXPECT_TRUE(bytes.ok()) << text;
  return bytes.ok() ? *bytes : "";
}

/// The same for a Datum that outlives the expression: kept until the program ends.
inline Bytes kept_hex(std::string_view text) {
  static std::deque<std::string> kept;
  return kept.emplace_back(hex(text));
}

}  // namespace tbl::codec
