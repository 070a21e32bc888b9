// The pattern language of LIKE.
#pragma once

#include <string_view>

namespace tbl::tidb {

constexpr int kNoEscape = -1;

/// `%` any text, `_` one character (one byte if `bytes`), `escape` takes the next character as it
/// is. Time is at most proportional to text times pattern.
bool like_matches(std::string_view text, std::string_view pattern, int escape = '\\',
                  bool bytes = false);

}  // namespace tbl::tidb
