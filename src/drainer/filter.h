// Which databases and tables are replicated: `replicate-do-*`, `ignore-*`.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace tbl::drainer {

struct TablePattern {
  std::string schema;
  std::string table;
};

struct FilterRules {
  std::vector<std::string> ignore_schemas = {};
  std::vector<TablePattern> ignore_tables = {};
  std::vector<std::string> do_schemas = {};
  std::vector<TablePattern> do_tables = {};
};

/// A pattern that begins with '~' is a regular expression (RE2) searched for in the name; any other
/// is one that must match the whole name, so a plain name matches itself. Case does not count.
/// Where do rules exist, a table must match one of them; then it must match no ignore rule. Any
/// thread.
class Filter {
 public:
  /// Errors name the pattern: one that is no regular expression, or an empty name.
  static Result<Filter> make(const FilterRules& rules);
  ~Filter();
  Filter(Filter&&) noexcept;
  Filter& operator=(Filter&&) noexcept;

  /// True: not for us. `table` is empty for what concerns a database alone.
  bool skips(std::string_view schema, std::string_view table) const;

 private:
  class Pattern;
  struct TableRule;
  Filter();

  std::vector<Pattern> ignore_schemas_;
  std::vector<TableRule> ignore_tables_;
  std::vector<Pattern> do_schemas_;
  std::vector<TableRule> do_tables_;
};

}  // namespace tbl::drainer
