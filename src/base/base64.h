// Standard base64 with padding.
#pragma once

#include <string>
#include <string_view>

namespace tbl {

void append_base64(std::string& out, std::string_view bytes);
inline std::string base64(std::string_view bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

}  // namespace tbl
