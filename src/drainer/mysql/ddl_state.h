// What downstream looks like around a DDL: how a restart finds out whether the DDL was executed.
#pragma once

#include <map>
#include <string>

#include "drainer/mysql/connection.h"
#include "drainer/schedule/applier.h"

namespace tbl::mysql {

/// A table or database as the server describes it.
struct ObjectState {
  bool exists = false;
  std::string create_text;  ///< SHOW CREATE without AUTO_INCREMENT
  /// The storage engine's number of the table: it follows the rows through renames and exchanges.
  /// Empty where the server does not tell.
  std::string identity;
  bool operator==(const ObjectState&) const = default;
};

/// By quoted name.
using DdlState = std::map<std::string, ObjectState>;

Result<DdlState> read_ddl_state(Connection& connection, const schedule::DdlTask& task);
/// As kept in the ddl table.
std::string format_ddl_state(const DdlState& state);
Result<DdlState> parse_ddl_state(std::string_view text);

enum class DdlOutcome : uint8_t {
  kNotApplied,  ///< or applied in a way that a second time does not change
  kApplied,
  kUnknown,  ///< it exchanges tables, and the server does not tell them apart
};
/// Compares what was there before with what is there now.
DdlOutcome compare_ddl_state(schema::ActionType type, const DdlState& before, const DdlState& now);

/// After an error of the original's list: what the DDL was to bring about is there already.
Result<bool> has_result_of(Connection& connection, const schedule::DdlTask& task, unsigned error);

}  // namespace tbl::mysql
