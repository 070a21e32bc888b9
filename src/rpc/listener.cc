#include "rpc/listener.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cstring>

#include "base/log.h"

namespace tbl::rpc {
namespace {

constexpr int kAcceptsPerTurn = 64;
constexpr auto kPause = std::chrono::milliseconds(100);

}  // namespace

Listener::Listener(EventLoop* loop, Socket socket, std::string unix_path, OnAccept on_accept)
    : loop_(loop),
      socket_(std::move(socket)),
      unix_path_(std::move(unix_path)),
      on_accept_(std::move(on_accept)) {}

Listener::~Listener() {
  if (socket_.valid() && !unix_path_.empty()) unlink(unix_path_.c_str());
}

Status Listener::start() { return loop_->watch(socket_.fd(), EPOLLIN, this); }

void Listener::close() {
  if (!socket_.valid()) return;
  if (paused_) loop_->cancel(*paused_);
  paused_.reset();
  loop_->unwatch(socket_.fd());
  socket_.reset();
  if (!unix_path_.empty()) unlink(unix_path_.c_str());
}

void Listener::on_ready(uint32_t) {
  for (int i = 0; i < kAcceptsPerTurn && socket_.valid(); ++i) {
    SocketAddress peer;
    peer.length = sizeof peer.storage;
    Socket accepted(accept4(socket_.fd(), reinterpret_cast<sockaddr*>(&peer.storage), &peer.length,
                            SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (accepted.valid()) {
      tune_stream(accepted.fd(), peer.family());
      on_accept_(std::move(accepted), address_text(peer));
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return pause();
  }
}

/// Out of descriptors: the backlog would keep the loop spinning.
void Listener::pause() {
  log_warn("cannot accept connections", {{"error", strerror(errno)}});
  loop_->change(socket_.fd(), 0, this);
  paused_ = loop_->at(std::chrono::steady_clock::now() + kPause, [this] {
    paused_.reset();
    loop_->change(socket_.fd(), EPOLLIN, this);
  });
}

}  // namespace tbl::rpc
