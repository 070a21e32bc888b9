#include "drainer/mysql/connection.h"

#include <mysql.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <charconv>
#include <mutex>

#include "drainer/mysql/errors.h"

namespace tbl::mysql {
namespace {

void init_library() {
  static std::once_flag once;
  std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
}

// A statement may rightly run for hours without a byte: only keepalive tells a dead peer.
void enable_keepalive(MYSQL* mysql) {
  int fd = static_cast<int>(mysql_get_socket(mysql));
  int on = 1, idle_s = 30, interval_s = 10, count = 6;
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof interval_s);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
}

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

void set_options(MYSQL* mysql, const ConnectionOptions& options) {
  mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &options.connect_timeout_s);
  if (options.read_timeout_s > 0) {
    mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &options.read_timeout_s);
    mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &options.read_timeout_s);
  }
  mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  // Else the library takes "localhost" for a unix socket, which the original never does.
  unsigned protocol = options.unix_socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
  mysql_options(mysql, MYSQL_OPT_PROTOCOL, &protocol);
  if (!options.tls.enabled()) return;
  mysql_ssl_set(mysql, or_null(options.tls.key), or_null(options.tls.cert), or_null(options.tls.ca),
                nullptr, nullptr);
  my_bool yes = 1;
  mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &yes);
  if (!options.tls.ca.empty()) mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

ServerKind kind_of(std::string_view version) {
  if (contains(version, "TiDB")) return ServerKind::kTiDb;
  return contains(version, "MariaDB") ? ServerKind::kMariaDb : ServerKind::kMySql;
}

}  // namespace

std::string ConnectionOptions::address() const {
  return unix_socket.empty() ? host + ":" + std::to_string(port) : unix_socket;
}

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionOptions& options) {
  init_library();
  MYSQL* mysql = mysql_init(nullptr);
  if (mysql == nullptr) return resource_exhausted("connect to " + options.address());
  std::unique_ptr<Connection> connection(new Connection(mysql));
  set_options(mysql, options);
  if (mysql_real_connect(mysql, options.unix_socket.empty() ? options.host.c_str() : nullptr,
                         options.user.c_str(), options.password.c_str(), nullptr, options.port,
                         or_null(options.unix_socket),
                         CLIENT_FOUND_ROWS | CLIENT_MULTI_STATEMENTS) == nullptr) {
    return connection->last_error().wrap("connect to " + options.address() + " as " + options.user);
  }
  enable_keepalive(mysql);
  TBL_TRY(connection->describe_server().wrap("connect to " + options.address()));
  return connection;
}

Connection::~Connection() { mysql_close(mysql_); }

Status Connection::describe_server() {
  version_ = mysql_get_server_info(mysql_);
  kind_ = kind_of(version_);
  unsigned extended = 0;
  if (mariadb_get_infov(mysql_, MARIADB_CONNECTION_EXTENDED_SERVER_CAPABILITIES, &extended) == 0) {
    has_bulk_ = extended & (MARIADB_CLIENT_STMT_BULK_OPERATIONS >> 32);
  }
  TBL_ASSIGN(auto rows, query("SELECT @@max_allowed_packet, CONNECTION_ID(), VERSION()"));
  if (rows.size() != 1 || rows[0].size() != 3) return data_loss("unexpected reply of the server");
  auto number = [](const std::optional<std::string>& text, uint64_t* out) {
    if (text) std::from_chars(text->data(), text->data() + text->size(), *out);
  };
  number(rows[0][0], &max_packet_);
  number(rows[0][1], &id_);
  // The handshake of a proxy may name another version than the server itself.
  if (rows[0][2] && contains(*rows[0][2], "TiDB")) kind_ = ServerKind::kTiDb;
  return ok_status();
}

Status Connection::last_error() const {
  unsigned code = mysql_errno(mysql_);
  return code == 0 ? ok_status() : server_error(code, mysql_error(mysql_));
}

std::string Connection::last_info() const {
  const char* info = mysql_info(mysql_);
  return info == nullptr ? "" : info;
}

Status Connection::drain_results(std::vector<uint64_t>* counts) {
  while (true) {
    if (MYSQL_RES* result = mysql_use_result(mysql_)) {
      while (mysql_fetch_row(result) != nullptr) {
      }
      mysql_free_result(result);
      TBL_TRY(last_error());
    }
    affected_rows_ = mysql_affected_rows(mysql_);
    if (counts != nullptr) counts->push_back(affected_rows_);
    if (watches_warnings_) warnings_.push_back(mysql_warning_count(mysql_));
    int more = mysql_next_result(mysql_);
    if (more < 0) return ok_status();
    if (more > 0) return last_error();
  }
}

Status Connection::exec(std::string_view sql) { return exec(sql, nullptr); }

Status Connection::exec(std::string_view sql, std::vector<uint64_t>* counts) {
  warnings_.clear();
  if (mysql_real_query(mysql_, sql.data(), sql.size()) != 0) return last_error();
  return drain_results(counts);
}

Result<std::vector<SqlRow>> Connection::query(std::string_view sql) {
  if (mysql_real_query(mysql_, sql.data(), sql.size()) != 0) return last_error();
  std::vector<SqlRow> rows;
  MYSQL_RES* result = mysql_store_result(mysql_);
  if (result == nullptr) {
    TBL_TRY(last_error());
    return rows;
  }
  unsigned width = mysql_num_fields(result);
  while (MYSQL_ROW values = mysql_fetch_row(result)) {
    const unsigned long* lengths = mysql_fetch_lengths(result);
    SqlRow row(width);
    for (unsigned i = 0; i < width; ++i) {
      if (values[i] != nullptr) row[i].emplace(values[i], lengths[i]);
    }
    rows.push_back(std::move(row));
  }
  mysql_free_result(result);
  return rows;
}

}  // namespace tbl::mysql
