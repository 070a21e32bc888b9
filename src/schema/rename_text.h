// Which tables a renaming statement names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tbl::schema {

/// A database is empty where the statement leaves it to the session's current one.
struct Rename {
  std::string old_schema;
  std::string old_table;
  std::string new_schema;
  std::string new_table;
  auto operator<=>(const Rename&) const = default;
};

/// The renames of RENAME TABLE … TO …, …, or of ALTER TABLE … RENAME [TO|AS|=] … with nothing else
/// in it, in order. Empty for every other text.
std::vector<Rename> parse_renames(std::string_view sql);

}  // namespace tbl::schema
