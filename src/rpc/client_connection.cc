#include "rpc/client_connection.h"

namespace tbl::rpc {
namespace {

constexpr auto kPingTimeout = std::chrono::seconds(3);

}  // namespace

ClientConnection::ClientConnection(EventLoop* loop, std::unique_ptr<Transport> transport,
                                   std::chrono::milliseconds keepalive,
                                   ClientConnectionOwner* owner)
    : Connection(loop, std::move(transport)),
      session_(H2Session::Side::kClient, this),
      keepalive_(keepalive),
      owner_(owner) {}

ClientConnection::~ClientConnection() {
  if (timer_) loop()->cancel(*timer_);
}

void ClientConnection::on_established() {
  established_ = true;
  if (owner_ != nullptr) owner_->on_connected();
}

void ClientConnection::on_gone(const Status& why) {
  if (timer_) loop()->cancel(*timer_);
  timer_.reset();
  if (owner_ != nullptr) owner_->on_lost(this, why);
}

void ClientConnection::on_streams_changed() {
  if (owner_ != nullptr) owner_->on_changed(this);
}

void ClientConnection::call_began() {
  if (timer_ || keepalive_.count() == 0) return;
  arm(std::chrono::steady_clock::now() + keepalive_);
}

void ClientConnection::arm(EventLoop::Time when) {
  timer_ = loop()->at(when, [this] {
    timer_.reset();
    on_timer();
  });
}

void ClientConnection::on_timer() {
  if (session_.stream_count() == 0) {
    pinged_.reset();
    return;
  }
  auto now = std::chrono::steady_clock::now();
  if (pinged_ && last_input() < *pinged_) return close(unavailable("no answer to a PING in 3 s"));
  pinged_.reset();
  if (now - last_input() < keepalive_) return arm(last_input() + keepalive_);
  pinged_ = now;
  session_.ping();
  arm(now + kPingTimeout);
}

}  // namespace tbl::rpc
