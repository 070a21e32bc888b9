// What an expression sees of the session while it is evaluated.
//
// The session makes one EvalContext per statement and keeps it while the statement runs. Only the
// thread of that statement uses it, so nothing here is locked; the hooks behind it (locks by name,
// kill) synchronize themselves.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/table_info.h"
#include "tidb/types/convert.h"
#include "tidb/types/value.h"

namespace tbl::tidb {

/// A value together with its type, as a variable has it.
struct TypedValue {
  Value value;
  schema::FieldType type;
};

enum class VariableScope : uint8_t { kDefault, kSession, kGlobal };

/// What functions ask of a session and of the server. Implemented by session/; tests have a fake
/// (test_hooks.h). Names arrive in lower case.
class SessionHooks {
 public:
  virtual ~SessionHooks() = default;

  /// @name; none: never set, which reads as NULL.
  virtual std::optional<TypedValue> user_variable(std::string_view name) = 0;
  virtual void set_user_variable(std::string_view name, TypedValue value) = 0;
  /// @@name. Error 1193 for an unknown one, 1238 for a scope that it does not have.
  virtual Result<TypedValue> system_variable(std::string_view name, VariableScope scope) = 0;

  /// GET_LOCK: true when got, false when the time is over. Negative seconds wait without an end.
  virtual Result<bool> get_lock(const std::string& name, double seconds) = 0;
  /// RELEASE_LOCK: true when it was ours, false when another's, none when nobody held it.
  virtual std::optional<bool> release_lock(const std::string& name) = 0;
  /// How many there were.
  virtual uint64_t release_all_locks() = 0;
  /// Connection id of the holder.
  virtual std::optional<uint64_t> lock_holder(const std::string& name) = 0;

  /// Sleeps; true when KILL ended it early.
  virtual bool sleep(std::chrono::nanoseconds time) = 0;
  /// KILL QUERY or KILL has come for this statement.
  virtual bool killed() = 0;
};

/// Everything but the hooks is plain data that session/ fills in before each statement.
struct EvalContext {
  /// Conversions of the statement: sql mode, time zone, strictness, warnings.
  ConvertContext convert;
  SessionHooks* hooks = nullptr;

  std::string current_db;  ///< empty: none
  std::string user;        ///< "root@127.0.0.1": as the client introduced itself
  std::string auth_user;   ///< "root@%": the account that let it in
  std::string current_role = "NONE";
  std::string server_version;  ///< version()
  std::string tidb_version;    ///< tidb_version()
  std::string connection_charset = "utf8mb4";
  std::string connection_collation = "utf8mb4_bin";
  std::string time_zone_name = "SYSTEM";
  std::string lc_time_names = "en_US";
  std::string block_encryption_mode = "aes-128-ecb";
  uint64_t connection_id = 0;
  uint64_t group_concat_max_len = 1024;
  uint64_t max_allowed_packet = 67108864;
  int64_t div_precision_increment = 4;
  int64_t default_week_format = 0;

  uint64_t found_rows = 0;                     ///< of the statement before
  int64_t row_count = -1;                      ///< of the statement before
  uint64_t last_insert_id = 0;                 ///< of the statements before
  std::optional<uint64_t> new_last_insert_id;  ///< set by last_insert_id(expr)

  /// Microseconds since 1970 UTC: now(), curdate() and the like, fixed for the statement.
  int64_t now_micros = 0;
  /// Seeds of rand() without an argument; the session keeps them between statements.
  uint64_t rand_seed1 = 0;
  uint64_t rand_seed2 = 0;

  /// Values of the `?` of a prepared statement.
  std::vector<TypedValue> params;

  /// Row that INSERT ... ON DUPLICATE KEY UPDATE could not insert: values(col).
  const Row* insert_row = nullptr;

  Warnings* warnings() { return convert.warnings; }
};

}  // namespace tbl::tidb
