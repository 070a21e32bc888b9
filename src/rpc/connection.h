// One socket on a loop, with a protocol on top: HTTP/2 (h2_session.h) or HTTP/1.1
// (http1_session.h).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "rpc/event_loop.h"
#include "rpc/transport.h"

namespace tbl::rpc {

/// What is spoken on a connection; knows no sockets. Loop thread only.
class Protocol {
 public:
  virtual ~Protocol() = default;
  /// Bytes of the peer. An error closes the connection once what produce() still has is written.
  virtual Status on_input(Bytes data) = 0;
  /// Appends output until `out` holds at least `target` bytes or there is none left.
  virtual void produce(std::string* out, size_t target) = 0;
  /// Neither side has anything to say any more: close after the last byte of output.
  virtual bool finished() const = 0;
  /// False holds input back in the socket.
  virtual bool wants_input() const { return true; }
  /// The connection is gone. Called once, last.
  virtual void on_closed(const Status& why) = 0;
};

/// Moves bytes between a Transport and a Protocol. Lives on one loop; the derived class says which
/// protocol it is and owns it. After close() the object is inert, and its owner gives it to
/// EventLoop::discard().
class Connection : public FdHandler, public Deferred, public Disposable {
 public:
  Connection(EventLoop* loop, std::unique_ptr<Transport> transport);
  ~Connection() override;

  /// Starts watching the socket. `connecting`: a connect() is under way.
  Status open(bool connecting);
  /// Asks for a write at the end of this turn.
  void schedule_flush();
  void close(const Status& why);
  /// close() at the end of this turn without writing what is left; safe inside a protocol's
  /// callback.
  void drop(const Status& why);
  bool closed() const { return closed_; }
  EventLoop* loop() const { return loop_; }
  /// Time of the last byte from the peer.
  EventLoop::Time last_input() const { return last_input_; }

  void on_ready(uint32_t events) final;
  void at_turn_end() final;

 protected:
  /// The protocol, once known.
  virtual Protocol* protocol() = 0;
  /// Handshake is over; bytes flow from now on.
  virtual void on_established() {}
  /// Input while protocol() is still null.
  virtual Status on_first_input(Bytes data) = 0;
  /// After the protocol's on_closed(). The derived class tells its owner.
  virtual void on_gone(const Status& why) = 0;
  /// The connection was never usable.
  bool handshaking() const { return handshaking_; }
  Transport* transport() { return transport_.get(); }

 private:
  void advance_handshake();
  void finish_connect();
  void read_input();
  bool take_input(Bytes data);
  void write_output();
  bool send_pending();
  void update_interest();
  void fail(const Status& why);

  EventLoop* const loop_;
  std::unique_ptr<Transport> transport_;
  std::string out_;
  size_t out_done_ = 0;  ///< of out_, already written
  uint32_t interest_ = 0;
  bool connecting_ = false;
  bool handshaking_ = true;
  bool write_blocked_ = false;
  bool peer_closed_ = false;
  bool flush_scheduled_ = false;
  bool dropping_ = false;
  bool closed_ = false;
  IoState handshake_wait_ = IoState::kWantRead;
  std::optional<Status> closing_;  ///< close with this when output has gone
  EventLoop::Time last_input_;
};

}  // namespace tbl::rpc
