// Strings as Go's encoding/json writes them: what TiDB keeps in TiKV and etcd, and (without the
// HTML part) the texts in its logs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tbl {

enum class GoJson : uint8_t {
  kPlain,     ///< as with SetEscapeHTML(false)
  kHtmlSafe,  ///< the default: also < > & as \u00XX
};

/// Appends `text` escaped, without quotes. Bytes that are no UTF-8 become \ufffd, one each.
void append_go_escaped(std::string& out, std::string_view text, GoJson mode);
/// `text` as a JSON string with quotes, as json.Marshal does.
void append_go_string(std::string& out, std::string_view text);
std::string go_string(std::string_view text);

}  // namespace tbl
