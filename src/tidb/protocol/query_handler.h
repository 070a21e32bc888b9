// What the wire protocol wants of the SQL layer. Whoever serves MySQL clients implements these.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "schema/table_info.h"
#include "tidb/types/value.h"

namespace tbl::tidb::protocol {

/// A column of a result, as the client is told.
struct ColumnMeta {
  std::string schema;
  std::string table;      ///< alias
  std::string org_table;  ///< name in the catalog
  std::string name;       ///< alias
  std::string org_name;   ///< name in the catalog
  schema::FieldType type;
  std::optional<std::string> default_text;  ///< for COM_FIELD_LIST only
};

/// The end of a statement without rows, or of a result set.
struct EndInfo {
  uint64_t affected_rows = 0;
  uint64_t last_insert_id = 0;
  uint16_t status = 0;  ///< ServerStatus bits without kStatusMoreResults
  uint16_t warnings = 0;
  std::string message;
  bool more = false;  ///< another statement of the same text follows
};

/// Where the client's file comes from that LOAD DATA LOCAL reads.
class LocalFile {
 public:
  virtual ~LocalFile() = default;
  /// Next bytes; nothing: the end of the file.
  virtual Result<std::optional<std::string>> read() = 0;
};

/// Takes what a statement yields: on_columns, on_row..., on_rows_end; or on_ok. An error of a
/// member means that the client is gone: the statement is to be given up. An error of the statement
/// itself is returned by the handler's function, at any moment.
class ResultSink {
 public:
  virtual ~ResultSink() = default;
  virtual Status on_columns(const std::vector<ColumnMeta>& columns) = 0;
  virtual Status on_row(const Row& row) = 0;
  virtual Status on_rows_end(const EndInfo& info) = 0;
  virtual Status on_ok(const EndInfo& info) = 0;
  /// Asks the client for a file of its own. Read it to its end.
  virtual Result<std::unique_ptr<LocalFile>> request_file(const std::string& name) = 0;
};

struct Login {
  std::string user;
  std::string host;  ///< the client's address without port
  std::string database;
  uint8_t collation = 46;
  uint32_t capabilities = 0;  ///< Capability bits both sides have
  bool tls = false;
  std::string tls_version;  ///< "TLSv1.3"
  std::string tls_cipher;
  std::map<std::string, std::string> attributes;  ///< what the client tells of itself
};

enum class PasswordCheck : uint8_t {
  kRight,
  kWrong,
  kWantsClearText,  ///< caching_sha2_password: not in the cache
};

struct Prepared {
  uint32_t id = 0;
  uint16_t parameters = 0;
  std::vector<ColumnMeta> columns;  ///< none: no result set
  uint16_t warnings = 0;
};

/// One connection's session. All calls come from the connection's thread, except kill().
class QueryHandler {
 public:
  virtual ~QueryHandler() = default;

  /// Authentication plugin of the account; for an unknown user any known one.
  virtual std::string auth_plugin(const Login& login) = 0;
  /// `response`: what the client computed from `salt` and its password.
  virtual PasswordCheck check_response(const Login& login, std::string_view salt,
                                       std::string_view response) = 0;
  virtual PasswordCheck check_clear_text(const Login& login, std::string_view password) = 0;
  /// The password was right: opens the session, or turns it to another user (COM_CHANGE_USER).
  /// Errors: unknown database, no right to it.
  virtual Status log_in(const Login& login) = 0;

  /// Runs one or several statements.
  virtual Status execute(std::string_view text, ResultSink& sink) = 0;
  virtual Status init_db(std::string_view name) = 0;
  /// Columns of a table of the current database whose names match `wild` (LIKE; empty: all).
  virtual Result<std::vector<ColumnMeta>> field_list(std::string_view table,
                                                     std::string_view wild) = 0;

  virtual Result<Prepared> prepare(std::string_view text) = 0;
  virtual Status execute_prepared(uint32_t id, std::vector<Value> parameters, ResultSink& sink) = 0;
  virtual void close_prepared(uint32_t id) = 0;

  virtual std::string statistics() = 0;
  /// COM_RESET_CONNECTION.
  virtual Status reset() = 0;
  /// COM_SET_OPTION: multi-statements allowed or not.
  virtual void allow_multi_statements(bool allowed) = 0;
  /// ServerStatus bits for packets that no statement made.
  virtual uint16_t server_status() const = 0;
  virtual uint64_t max_allowed_packet() const = 0;
  /// Seconds a client may be silent.
  virtual uint64_t wait_timeout() const = 0;
  /// Collation id of strings in results (character_set_results); 0: as they are stored.
  virtual uint8_t result_collation() const = 0;
  /// True once the session was killed: the connection ends after the running statement.
  virtual bool killed() const = 0;
  /// Any thread: the connection is to end (server stops).
  virtual void kill() = 0;
};

/// A connection as its session sees it. Any thread; outlives the session.
class ConnectionControl {
 public:
  virtual ~ConnectionControl() = default;
  /// Wakes the connection's thread and ends it.
  virtual void shut_down() = 0;
  /// "127.0.0.1:40312".
  virtual std::string peer() const = 0;
};

/// Makes the session of a new connection. `control` outlives the handler.
using HandlerFactory = std::function<std::unique_ptr<QueryHandler>(uint64_t connection_id,
                                                                   ConnectionControl& control)>;

}  // namespace tbl::tidb::protocol
