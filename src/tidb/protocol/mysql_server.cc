#include "tidb/protocol/mysql_server.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb::protocol {
namespace {

/// When accept() fails for want of descriptors, the next try waits this long.
constexpr int kAcceptPauseMs = 100;

MysqlServerOptions with_key(MysqlServerOptions options, PasswordKey* key) {
  options.login.password_key = key;
  return options;
}

}  // namespace

MysqlServer::MysqlServer(MysqlServerOptions options, HandlerFactory factory)
    : options_(with_key(std::move(options), &password_key_)),
      factory_(std::move(factory)),
      wake_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

MysqlServer::~MysqlServer() {
  stop(std::chrono::milliseconds(0));
  close(wake_fd_);
}

Status MysqlServer::listen(const std::string& address) {
  TBL_ASSIGN(rpc::Socket socket, rpc::listen_on(address));
  listeners_.push_back(std::move(socket));
  if (rpc::is_unix(address)) unix_paths_.push_back(address.substr(5));
  return ok_status();
}

int MysqlServer::port() const {
  for (const rpc::Socket& listener : listeners_) {
    if (const int port = rpc::local_port(listener.fd()); port != 0) return port;
  }
  return 0;
}

void MysqlServer::start() {
  acceptor_ = Thread("mysql_accept", [this] { accept_loop(); });
}

void MysqlServer::accept_loop() {
  std::vector<pollfd> waited;
  for (const rpc::Socket& listener : listeners_) {
    waited.push_back({.fd = listener.fd(), .events = POLLIN, .revents = 0});
  }
  waited.push_back({.fd = wake_fd_, .events = POLLIN, .revents = 0});
  while (true) {
    const int n = poll(waited.data(), waited.size(), 1000);
    if (n < 0 && errno != EINTR) {
      log_error("waiting for MySQL clients failed", {{"error", errno_status(errno, "poll")}});
      return;
    }
    if (waited.back().revents != 0) return;
    for (size_t i = 0; n > 0 && i + 1 < waited.size(); ++i) {
      if (waited[i].revents != 0) accept_one(waited[i].fd);
    }
    reap();
  }
}

void MysqlServer::accept_one(int listener) {
  rpc::SocketAddress from;
  from.length = sizeof from.storage;
  const int fd =
      accept4(listener, reinterpret_cast<sockaddr*>(&from.storage), &from.length, SOCK_CLOEXEC);
  if (fd < 0) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      log_warn("cannot take another MySQL client", {{"error", errno_status(errno, "accept")}});
      pollfd wake{.fd = wake_fd_, .events = POLLIN, .revents = 0};
      poll(&wake, 1, kAcceptPauseMs);
    }
    return;
  }
  rpc::tune_stream(fd, from.family());
  std::lock_guard lock(mutex_);
  const uint64_t id = next_id_++;
  auto connection =
      std::make_unique<Connection>(rpc::Socket(fd), rpc::address_text(from), id, options_.login);
  if (clients_.size() >= options_.max_connections) {
    connection->refuse(sql_error(kErrConCount, "Too many connections"));
    return;
  }
  Client& client = clients_[id];
  client.connection = std::move(connection);
  client.connection->open(factory_);
  client.thread = Thread("mysql_client", [this, id, serving = client.connection.get()] {
    serving->serve();
    std::lock_guard done_lock(mutex_);
    clients_[id].done = true;
    changed_.notify_all();
  });
}

/// Joins the threads of connections that are over.
void MysqlServer::reap() {
  std::vector<Client> over;
  {
    std::lock_guard lock(mutex_);
    for (auto it = clients_.begin(); it != clients_.end();) {
      if (!it->second.done) {
        ++it;
        continue;
      }
      over.push_back(std::move(it->second));
      it = clients_.erase(it);
    }
  }
  for (Client& client : over) client.thread.join();
}

void MysqlServer::stop_accepting() {
  if (!acceptor_.joinable()) return;
  const uint64_t one = 1;
  // An eventfd takes eight bytes unless its counter overflows.
  (void)!write(wake_fd_, &one, sizeof one);
  acceptor_.join();
  listeners_.clear();
  for (const std::string& path : unix_paths_) unlink(path.c_str());
  unix_paths_.clear();
}

void MysqlServer::stop(std::chrono::milliseconds grace) {
  stop_accepting();
  {
    std::unique_lock lock(mutex_);
    for (auto& [id, client] : clients_) {
      if (!client.done) client.connection->end_when_idle();
    }
    const auto all_done = [this] {
      for (const auto& [id, client] : clients_) {
        if (!client.done) return false;
      }
      return true;
    };
    if (!changed_.wait_for(lock, grace, all_done)) {
      for (auto& [id, client] : clients_) {
        if (!client.done) client.connection->kill();
      }
      changed_.wait(lock, all_done);
    }
  }
  reap();
}

size_t MysqlServer::connection_count() const {
  std::lock_guard lock(mutex_);
  size_t count = 0;
  for (const auto& [id, client] : clients_) count += client.done ? 0 : 1;
  return count;
}

}  // namespace tbl::tidb::protocol
