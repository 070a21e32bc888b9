// A TOML file as a small tree; toml++ stays behind it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace tbl {

/// One value of a configuration file. Plain data; entries and items stand in file order.
struct ConfigNode {
  struct Entry;
  enum class Kind : uint8_t { kString, kInteger, kFloat, kBool, kArray, kTable };

  Kind kind = Kind::kTable;
  std::string text;               ///< of a scalar: the string itself, or "7", "1.5", "true"
  std::vector<ConfigNode> items;  ///< of an array
  std::vector<Entry> entries;     ///< of a table
  int line = 0;
  bool implicit = false;  ///< a table that only stands in the header of another: a in [a.b]
  bool used = false;      ///< some option took it

  bool is_scalar() const { return kind != Kind::kArray && kind != Kind::kTable; }
  /// Looks `dotted` ("storage.kv.block-size") up from this table: each part matches exactly, else
  /// in any case. Marks the tables on the way as used. Null: not there.
  ConfigNode* find(std::string_view dotted);
  /// Names of entries that no option used, below this table, dotted, in file order.
  std::vector<std::string> unused() const;
};

struct ConfigNode::Entry {
  std::string key;
  ConfigNode value;
};

/// Error: "<name>: line 3: <what>".
Result<ConfigNode> parse_toml(std::string_view text, const std::string& name);

}  // namespace tbl
