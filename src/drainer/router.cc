#include "drainer/router.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "drainer/loop_marks.h"

namespace tbl::drainer {

namespace {

constexpr std::array<std::string_view, 4> kOwnSuffixes = {"", "_run", "_mark", "_ddl"};

bool same(std::string_view a, std::string_view b) {
  auto lower = [](unsigned char c) { return std::tolower(c); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

bool Router::is_own(std::string_view schema, std::string_view table) const {
  if (!same(schema, own_.schema)) return false;
  return std::ranges::any_of(kOwnSuffixes, [&](std::string_view suffix) {
    return table.size() == own_.checkpoint.size() + suffix.size() &&
           same(table.substr(0, own_.checkpoint.size()), own_.checkpoint) &&
           same(table.substr(own_.checkpoint.size()), suffix);
  });
}

bool Router::skips_rows(std::string_view schema, std::string_view table) const {
  return is_own(schema, table) || filter_.skips(schema, table);
}

bool Router::skips_ddl(std::string_view schema, std::string_view table) const {
  if (table.empty() && same(schema, own_.schema)) return true;
  if (is_loop_mark_table(schema, table)) return true;
  return skips_rows(schema, table);
}

}  // namespace tbl::drainer
