// One connection to a MySQL-like server (MariaDB Connector/C behind it).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

struct st_mysql;

namespace tbl::mysql {

struct TlsFiles {
  std::string ca;
  std::string cert;
  std::string key;
  bool enabled() const { return !ca.empty() || !cert.empty() || !key.empty(); }
};

/// How to reach a server and how its sessions are set up.
struct ConnectionOptions {
  std::string host = "localhost";
  uint16_t port = 3306;
  std::string unix_socket;  ///< used instead of host and port when not empty
  std::string user = "root";
  std::string password;  ///< never part of an error or a log line
  TlsFiles tls;
  uint32_t connect_timeout_s = 10;
  uint32_t read_timeout_s = 60;  ///< `read-timeout`; 0: none
  /// `sql-mode`; unset: ours (session.h).
  std::optional<std::string> sql_mode;
  bool strict = true;  ///< sync-mode 2 takes STRICT_TRANS_TABLES away
  /// `[syncer.to.params]`: session variables, set last.
  std::map<std::string, std::string> params;

  /// "host:port" or the socket's path, for messages.
  std::string address() const;
};

enum class ServerKind : uint8_t { kMySql, kMariaDb, kTiDb };

/// Values as text; nullopt is NULL.
using SqlRow = std::vector<std::optional<std::string>>;

/// One thread at a time. Errors carry the class of errors.h; after kUnavailable the object is of no
/// more use. The destructor closes.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Executes one or more statements separated by ';' in one round trip; results are thrown away.
  /// The first error ends it: later statements were not executed.
  Status exec(std::string_view sql);
  /// As exec(); appends the affected-rows count of each statement that succeeded to `counts`.
  /// With found-rows semantics: an UPDATE counts the rows it matched.
  Status exec(std::string_view sql, std::vector<uint64_t>* counts);
  /// Executes one statement and returns its rows, none if it has none.
  Result<std::vector<SqlRow>> query(std::string_view sql);

  /// From now on warnings() counts: of a session that changes values instead of refusing them.
  void watch_warnings() { watches_warnings_ = true; }
  bool watches_warnings() const { return watches_warnings_; }
  /// Of each statement of the last exec() that succeeded, while they are watched.
  const std::vector<uint32_t>& warnings() const { return warnings_; }

  /// Rows affected by the last statement of the last exec().
  uint64_t affected_rows() const { return affected_rows_; }
  /// What the server said about the last INSERT of many rows: "Records: 2  Duplicates: 0 ...".
  std::string last_info() const;

  ServerKind server_kind() const { return kind_; }
  const std::string& server_version() const { return version_; }
  /// Takes arrays of parameters (MariaDB's bulk protocol).
  bool has_bulk() const { return has_bulk_; }
  /// Largest statement the server takes, in bytes.
  uint64_t max_packet() const { return max_packet_; }
  /// CONNECTION_ID().
  uint64_t id() const { return id_; }
  /// For prepared statements; the connection keeps owning it.
  st_mysql* raw() { return mysql_; }
  /// Error of the last call on raw().
  Status last_error() const;

 private:
  explicit Connection(st_mysql* mysql) : mysql_(mysql) {}
  Status describe_server();
  Status drain_results(std::vector<uint64_t>* counts);

  st_mysql* mysql_;
  ServerKind kind_ = ServerKind::kMySql;
  std::string version_;
  bool has_bulk_ = false;
  uint64_t max_packet_ = 1 << 20;
  uint64_t id_ = 0;
  uint64_t affected_rows_ = 0;
  bool watches_warnings_ = false;
  std::vector<uint32_t> warnings_;
};

}  // namespace tbl::mysql
