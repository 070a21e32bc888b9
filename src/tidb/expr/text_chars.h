// Texts counted in characters, or in bytes for byte strings. For string functions.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "tidb/expr/func_expr.h"
#include "tidb/types/collation.h"

namespace tbl::tidb {

/// How an argument's characters are counted.
class Chars {
 public:
  explicit Chars(bool bytes) : bytes_(bytes) {}

  bool bytes() const { return bytes_; }
  int64_t count(std::string_view text) const {
    return static_cast<int64_t>(bytes_ ? text.size() : utf8_count(text));
  }
  /// Bytes that the first `n` characters take; all for a larger n.
  size_t offset(std::string_view text, int64_t n) const {
    if (n <= 0) return 0;
    auto wanted = static_cast<size_t>(n);
    return bytes_ ? std::min(wanted, text.size()) : utf8_prefix(text, wanted);
  }
  /// `length` characters from number `from` (0 is the first).
  std::string_view part(std::string_view text, int64_t from, int64_t length) const {
    std::string_view rest = text.substr(offset(text, from));
    return rest.substr(0, offset(rest, length));
  }

 private:
  bool bytes_;
};

/// NULL and warning 1301 for a result that would be larger than max_allowed_packet.
Result<Value> too_large(const Call& call);
bool exceeds_packet(const Call& call, uint64_t count, uint64_t unit);

}  // namespace tbl::tidb
