// `binlog-filter-rule` and `table-migrate-rule`: kinds of events and statements that are not
// replicated.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "schema/job.h"

namespace tbl::drainer {

/// `[syncer.binlog-filter-rule.<name>]`
struct EventRuleConfig {
  std::vector<std::string> ignore_events = {};
  std::vector<std::string> ignore_sql = {};
};

/// `[[syncer.table-migrate-rule]]`. Patterns: '*' (only at the end), '?', [a-c], [!x]. An empty
/// table pattern makes a rule for the whole database.
struct MigrateRuleConfig {
  std::vector<std::string> rules = {};  ///< names of event rules
  std::string schema = {};
  std::string table = {};
  std::string target_schema = {};  ///< where rows and DDL go; empty: they stay
  std::string target_table = {};   ///< empty: the name stays
};

struct EventFilterConfig {
  std::map<std::string, EventRuleConfig> rules = {};
  std::vector<MigrateRuleConfig> migrate = {};
  bool case_sensitive = false;
};

/// A set of decode::RowKind.
using RowKinds = uint8_t;
inline constexpr RowKinds kNoRows = 0;
inline constexpr RowKinds kAllRows = 7;

/// Immutable; any thread.
class EventFilter {
 public:
  /// Errors: "event type <x> not valid", "event filter rule name <n> not found", a bad pattern.
  static Result<EventFilter> make(const EventFilterConfig& config);
  EventFilter();
  ~EventFilter();
  EventFilter(EventFilter&&) noexcept;
  EventFilter& operator=(EventFilter&&) noexcept;

  /// Rows of these kinds are not for us.
  RowKinds ignored_rows(std::string_view schema, std::string_view table) const;
  /// True: the statement (the client's text) is not for us. `table` is empty for DDL of a database.
  bool ignores_ddl(std::string_view schema, std::string_view table, std::string_view sql,
                   schema::ActionType type) const;

 private:
  struct Rule;
  std::vector<Rule> rules_;
};

/// The event that a statement is, e.g. "create index"; empty when its kind is none of those that
/// rules name. The job tells what the text alone does not: ALTER TABLE on partitions.
std::string_view ddl_event(std::string_view sql, schema::ActionType type);

/// Whether a whole name matches a pattern of a migrate rule.
bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace tbl::drainer
