// Strings of unique keys brought to a form in which two that any server could take for equal are
// equal.
//
// Two transactions that touch "the same" key value must be seen as conflicting, whatever collation
// the downstream compares with: case, accents, width, trailing spaces. So the form is as coarse as
// the coarsest of MySQL's, MariaDB's and TiDB's collations together, and coarser: taking different
// values for equal only costs parallelism.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tbl::schedule {

/// How the values of a key's column are compared, finest first: what is larger is coarser.
enum class Fold : uint8_t {
  kExact,     ///< numbers, times: by value
  kBytes,     ///< byte strings: trailing zero bytes do not count (BINARY is padded with them)
  kPadSpace,  ///< a _bin collation: trailing spaces do not count
  kText,      ///< any other collation
  kIgnore,    ///< not comparable with what stands downstream: every value is equal
};

/// The fold of a column with this collation ("utf8mb4_general_ci", "latin1_bin", "binary").
Fold fold_of_collation(std::string_view collation);

/// The first `count` characters of UTF-8 text; bytes that are not UTF-8 count as one each.
std::string_view text_prefix(std::string_view text, uint64_t count);

/// Appends the folded form of `text` in UTF-8. False: the text holds characters that may equal a
/// sequence of others (ligatures, full width, compatibility forms), or is not UTF-8: it must be
/// taken to equal anything.
bool append_folded_text(std::string& out, std::string_view text);

}  // namespace tbl::schedule
