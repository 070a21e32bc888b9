// Words with a meaning in SQL. The reserved ones, MySQL 5.7's and TiDB 3.0's, cannot be names
// without back quotes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tidb/parser/keyword_table.h"

namespace tbl::tidb {

/// Number of a word given in upper case; fails to compile if the table lacks it.
constexpr uint16_t keyword_number(std::string_view upper) {
  size_t low = 0;
  size_t high = kKeywordCount;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (kKeywords[middle].name < upper) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == kKeywordCount || kKeywords[low].name != upper) throw "the keyword table lacks it";
  return static_cast<uint16_t>(low + 1);
}

/// A keyword in the parser's code: a plain string literal there, a number at run time.
struct Kw {
  consteval Kw(const char* upper)
      : number(keyword_number(upper)) {}                  // NOLINT: meant to be implicit
  constexpr operator uint16_t() const { return number; }  // NOLINT: the same

  uint16_t number;
};

/// Number of a word in any case; 0: none.
uint16_t find_keyword(std::string_view word);
/// `number` from find_keyword(), not 0.
inline const Keyword& keyword(uint16_t number) { return kKeywords[number - 1]; }

}  // namespace tbl::tidb
