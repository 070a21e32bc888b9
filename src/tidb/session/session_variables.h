// One session's system and user variables.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "codec/time_zone.h"
#include "tidb/expr/eval_context.h"
#include "tidb/session/global_variables.h"
#include "tidb/types/sql_mode.h"

namespace tbl::tidb {

/// Begins as a copy of the global values. Used by the session's thread only.
class SessionVariables {
 public:
  explicit SessionVariables(const GlobalVariables& globals);

  /// The text kept; empty for a name that is none.
  const std::string& get(std::string_view name) const;
  int64_t get_int(std::string_view name) const;
  bool is_on(std::string_view name) const { return get(name) == "ON"; }
  /// `value` is normalized (system_variables.h). Checks what needs more than that: sql_mode, time
  /// zones, character sets and collations. Variables that go together change together.
  Status set(const std::string& name, const std::string& value);
  const GlobalVariables::Values& all() const { return values_; }

  // What each statement asks for, kept ready.
  SqlMode sql_mode() const { return sql_mode_; }
  const codec::TimeZone& time_zone() const { return time_zone_; }
  bool autocommit() const { return autocommit_; }

  std::map<std::string, TypedValue, std::less<>>& user_variables() { return user_variables_; }

 private:
  Status set_charset(const std::string& name, const std::string& value);
  Status set_collation(const std::string& name, const std::string& value);
  Status set_time_zone(const std::string& value);

  GlobalVariables::Values values_;
  SqlMode sql_mode_ = kDefaultSqlMode;
  codec::TimeZone time_zone_;
  bool autocommit_ = true;
  std::map<std::string, TypedValue, std::less<>> user_variables_;
};

/// The checks of SessionVariables::set() that concern a value alone, for SET GLOBAL. Gives the text
/// to keep.
Result<std::string> check_variable(const std::string& name, const std::string& value);

}  // namespace tbl::tidb
