// Listens for MySQL clients; each connection has a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/stop.h"
#include "rpc/socket.h"
#include "tidb/protocol/connection.h"
#include "tidb/protocol/login.h"
#include "tidb/protocol/password_key.h"
#include "tidb/protocol/query_handler.h"

namespace tbl::tidb::protocol {

struct MysqlServerOptions {
  LoginOptions login;
  size_t max_connections = 4096;  ///< further ones get error 1040
};

/// listen(), start(), then stop(), from one thread; the rest from any.
class MysqlServer {
 public:
  MysqlServer(MysqlServerOptions options, HandlerFactory factory);
  ~MysqlServer();
  MysqlServer(const MysqlServer&) = delete;
  MysqlServer& operator=(const MysqlServer&) = delete;

  /// "host:port" or "unix:<path>"; may be called several times. The error names the address.
  Status listen(const std::string& address);
  /// Of the first TCP listener.
  int port() const;
  void start();
  /// No new connections from now on; those there are go on.
  void stop_accepting();
  /// Idle connections end at once, busy ones after their statement or when `grace` is over.
  void stop(std::chrono::milliseconds grace);
  size_t connection_count() const;

 private:
  struct Client {
    std::unique_ptr<Connection> connection;
    Thread thread;
    bool done = false;
  };

  void accept_loop();
  void accept_one(int listener);
  void reap();

  PasswordKey password_key_;
  const MysqlServerOptions options_;
  const HandlerFactory factory_;
  std::vector<rpc::Socket> listeners_;
  std::vector<std::string> unix_paths_;
  int wake_fd_ = -1;  ///< eventfd: ends the accepting thread
  Thread acceptor_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, Client> clients_;
  uint64_t next_id_ = 1;
};

}  // namespace tbl::tidb::protocol
