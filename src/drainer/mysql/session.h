// How a session that applies rows is set up: transactions of their own isolation, time zone and SQL
// mode, and the variables that only some servers know.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "drainer/mysql/connection.h"
#include "drainer/mysql/sql_text.h"

namespace tbl::mysql {

/// The SQL mode of apply sessions. NO_AUTO_VALUE_ON_ZERO is always in it, else a row whose id is 0
/// gets a new one.
std::string apply_sql_mode(const ConnectionOptions& options);

/// Opens connections that are all set up alike. Any thread may call open().
class ConnectionFactory {
 public:
  /// Finds out on a throw-away connection which variables the server knows. Error: not reachable,
  /// or the server refuses one of the configured `params`.
  static Result<ConnectionFactory> create(ConnectionOptions options);

  Result<std::unique_ptr<Connection>> open() const;
  /// As open(), without a read timeout: for statements that may run for hours.
  Result<std::unique_ptr<Connection>> open_patient() const;

  const ConnectionOptions& options() const { return options_; }
  /// How strings are quoted in such a session.
  ServerKind server_kind() const { return server_kind_; }
  Escapes escapes() const { return escapes_; }

 private:
  Result<std::unique_ptr<Connection>> open(const ConnectionOptions& options) const;

  ConnectionOptions options_;
  std::string set_up_;  ///< the statements, one round trip
  bool is_strict_ = true;
  ServerKind server_kind_ = ServerKind::kMySql;
  Escapes escapes_ = Escapes::kBackslash;
};

}  // namespace tbl::mysql
