#include "rpc/connection.h"

#include <sys/epoll.h>

namespace tbl::rpc {
namespace {

constexpr size_t kOutputTarget = 256 << 10;
constexpr int kReadsPerTurn = 4;
constexpr int kWritesPerTurn = 16;

}  // namespace

Connection::Connection(EventLoop* loop, std::unique_ptr<Transport> transport)
    : loop_(loop),
      transport_(std::move(transport)),
      last_input_(std::chrono::steady_clock::now()) {}

Connection::~Connection() {
  if (!closed_ && interest_ != 0) loop_->unwatch(transport_->fd());
  if (flush_scheduled_) loop_->forget(this);
}

Status Connection::open(bool connecting) {
  connecting_ = connecting;
  interest_ = connecting ? EPOLLOUT : EPOLLIN;
  TBL_TRY(loop_->watch(transport_->fd(), interest_, this));
  if (!connecting) advance_handshake();
  return ok_status();
}

void Connection::schedule_flush() {
  if (flush_scheduled_ || closed_) return;
  flush_scheduled_ = true;
  loop_->defer(this);
}

void Connection::close(const Status& why) {
  if (closed_) return;
  closed_ = true;
  transport_->close_notify();
  loop_->unwatch(transport_->fd());
  if (Protocol* p = protocol()) p->on_closed(why);
  on_gone(why);
}

void Connection::on_ready(uint32_t events) {
  if (closed_) return;
  if (connecting_) return finish_connect();
  if (handshaking_) return advance_handshake();
  if (events & EPOLLIN) {
    read_input();
  } else if (events & (EPOLLHUP | EPOLLERR)) {
    // Not reading at the moment, and nobody is left to answer to.
    return close(unavailable("connection reset by the peer"));
  }
  if (closed_) return;
  if (events & EPOLLOUT) {
    write_blocked_ = false;
    schedule_flush();
  }
}

void Connection::finish_connect() {
  Status outcome = connect_outcome(transport_->fd());
  if (!outcome.ok()) return close(outcome);
  connecting_ = false;
  advance_handshake();
}

void Connection::advance_handshake() {
  Io io = transport_->handshake();
  if (io.state == IoState::kWantRead || io.state == IoState::kWantWrite) {
    handshake_wait_ = io.state;
    return update_interest();
  }
  if (io.state != IoState::kDone) {
    return close(io.state == IoState::kFailed ? transport_->failure()
                                              : unavailable("closed by the peer in the handshake"));
  }
  handshaking_ = false;
  last_input_ = std::chrono::steady_clock::now();
  on_established();
  if (closed_) return;
  schedule_flush();
  if (transport_->has_buffered()) read_input();
}

void Connection::read_input() {
  std::string& buffer = loop_->scratch();
  for (int i = 0; i < kReadsPerTurn || transport_->has_buffered(); ++i) {
    if (Protocol* p = protocol(); p != nullptr && !p->wants_input()) break;
    Io io = transport_->read(buffer.data(), buffer.size());
    if (io.state == IoState::kWantRead || io.state == IoState::kWantWrite) break;
    if (io.state == IoState::kFailed) return close(transport_->failure());
    if (io.state == IoState::kClosed) {
      peer_closed_ = true;
      return fail(unavailable("connection closed by the peer"));
    }
    last_input_ = std::chrono::steady_clock::now();
    if (!take_input({buffer.data(), io.bytes})) return;
    if (io.bytes < buffer.size() && !transport_->has_buffered()) break;
  }
  schedule_flush();
}

bool Connection::take_input(Bytes data) {
  Protocol* p = protocol();
  Status status = p != nullptr ? p->on_input(data) : on_first_input(data);
  if (closed_) return false;
  if (status.ok()) return true;
  fail(status);
  return false;
}

void Connection::fail(const Status& why) {
  closing_ = why;
  schedule_flush();
}

void Connection::drop(const Status& why) {
  dropping_ = true;
  fail(why);
}

void Connection::at_turn_end() {
  flush_scheduled_ = false;
  if (dropping_ && !closed_) return close(*closing_);
  if (closed_ || handshaking_) return;
  write_output();
}

void Connection::write_output() {
  for (int round = 0; !write_blocked_; ++round) {
    // Others are waiting for their turn.
    if (round == kWritesPerTurn) return schedule_flush();
    Protocol* p = protocol();
    if (p != nullptr && out_.empty()) p->produce(&out_, kOutputTarget);
    if (closed_) return;
    if (out_.empty()) {
      if (closing_) return close(*closing_);
      if (p != nullptr && p->finished()) return close(unavailable("connection finished"));
      break;
    }
    if (!send_pending()) return;
  }
  // A peer that closed and does not take its answer will never take it.
  if (peer_closed_ && closing_) return close(*closing_);
  update_interest();
  if ((interest_ & EPOLLIN) && transport_->has_buffered()) read_input();
}

bool Connection::send_pending() {
  while (out_done_ < out_.size()) {
    Io io = transport_->write(out_.data() + out_done_, out_.size() - out_done_);
    if (io.state == IoState::kFailed) {
      close(transport_->failure());
      return false;
    }
    if (io.state != IoState::kDone) {
      write_blocked_ = true;
      break;
    }
    out_done_ += io.bytes;
  }
  if (out_done_ == out_.size()) {
    out_.clear();
    out_done_ = 0;
  }
  return true;
}

void Connection::update_interest() {
  uint32_t wanted = 0;
  if (handshaking_) {
    wanted = handshake_wait_ == IoState::kWantRead ? EPOLLIN : EPOLLOUT;
  } else {
    Protocol* p = protocol();
    if (!closing_ && (p == nullptr || p->wants_input())) wanted |= EPOLLIN;
    if (write_blocked_) wanted |= EPOLLOUT;
  }
  if (wanted == interest_) return;
  interest_ = wanted;
  loop_->change(transport_->fd(), wanted, this);
}

}  // namespace tbl::rpc
