#include "drainer/router.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "drainer/config.h"
#include "drainer/loop_marks.h"

namespace tbl::drainer {

namespace {

constexpr std::array<std::string_view, 4> kOwnSuffixes = {"", "_run", "_mark", "_ddl"};

}  // namespace

bool Router::is_own(std::string_view schema, std::string_view table) const {
  if (!equal_ignoring_case(schema, own_.schema)) return false;
  return std::ranges::any_of(kOwnSuffixes, [&](std::string_view suffix) {
    return table.size() == own_.checkpoint.size() + suffix.size() &&
           equal_ignoring_case(table.substr(0, own_.checkpoint.size()), own_.checkpoint) &&
           equal_ignoring_case(table.substr(own_.checkpoint.size()), suffix);
  });
}

bool Router::skips_rows(std::string_view schema, std::string_view table) const {
  return is_own(schema, table) || filter_.skips(schema, table);
}

bool Router::skips_ddl(std::string_view schema, std::string_view table) const {
  if (table.empty() && equal_ignoring_case(schema, own_.schema)) return true;
  if (is_loop_mark_table(schema, table)) return true;
  return skips_rows(schema, table);
}

Router make_router(const SyncerConfig& config) {
  return {Filter::make(config.filter).value(),
          OwnTables{config.checkpoint.schema, config.checkpoint.table},
          EventFilter::make(config.events).value(), Routes(config.events)};
}

}  // namespace tbl::drainer
