// The one look at UTF-8 that logs and row decoders share.
#pragma once

#include <cstddef>
#include <string_view>

namespace tbl {

/// Bytes of the first character of `text` (1 to 4), or 0: `text` is empty or does not begin with
/// valid UTF-8 (overlong forms, surrogates and code points above U+10FFFF are not valid).
size_t utf8_length(std::string_view text);

/// The whole text is valid UTF-8.
bool is_utf8(std::string_view text);

}  // namespace tbl
