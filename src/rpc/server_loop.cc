#include "rpc/server_loop.h"

#include <future>

#include "base/log.h"
#include "rpc/tls_transport.h"

namespace tbl::rpc {

void ConnectionCount::add(int n) {
  std::lock_guard lock(mutex_);
  count_ += n;
  if (count_ == 0) changed_.notify_all();
}

bool ConnectionCount::wait_for_none(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return count_ == 0; });
}

ServerLoop::ServerLoop(const Services* services, ConnectionCount* count)
    : loop_("rpc-loop"), services_(services), count_(count) {}

ServerLoop::~ServerLoop() { loop_.stop(); }

void ServerLoop::adopt(Socket socket, const std::string& peer) {
  count_->add(1);
  auto shared = std::make_shared<Socket>(std::move(socket));
  loop_.post([this, shared, peer] { add(std::move(*shared), peer); });
}

void ServerLoop::add(Socket socket, const std::string& peer) {
  const TlsOptions& tls = services_->options().tls;
  Result<std::unique_ptr<Transport>> transport =
      tls.enabled() ? make_tls_server_transport(std::move(socket), tls)
                    : Result(make_plain_transport(std::move(socket)));
  if (!transport.ok() || draining_) {
    if (!transport.ok()) {
      log_warn("connection refused", {{"peer", peer}, {"error", transport.status()}});
    }
    return count_->add(-1);
  }
  auto connection =
      std::make_unique<ServerConnection>(&loop_, std::move(transport).value(), services_, peer);
  ServerConnection* raw = connection.get();
  connections_.emplace(raw, std::move(connection));
  raw->set_on_gone([this](ServerConnection* gone) { remove(gone); });
  if (Status status = raw->open(false); !status.ok()) raw->close(status);
}

void ServerLoop::remove(ServerConnection* connection) {
  auto it = connections_.find(connection);
  if (it == connections_.end()) return;
  loop_.discard(std::move(it->second));
  connections_.erase(it);
  count_->add(-1);
}

void ServerLoop::drain() {
  loop_.post([this] {
    draining_ = true;
    std::vector<ServerConnection*> all;
    for (const auto& [connection, owner] : connections_) all.push_back(connection);
    for (ServerConnection* connection : all) connection->drain();
  });
}

void ServerLoop::cut() {
  std::promise<void> done;
  loop_.post([this, &done] {
    draining_ = true;
    while (!connections_.empty()) connections_.begin()->first->close(unavailable("server stopped"));
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace tbl::rpc
