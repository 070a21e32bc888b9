// A client's HTTP/2 connection with its keep-alive.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "rpc/connection.h"
#include "rpc/h2_session.h"

namespace tbl::rpc {

/// Who made the connection. Loop thread.
class ClientConnectionOwner {
 public:
  virtual ~ClientConnectionOwner() = default;
  virtual void on_connected() = 0;
  /// The peer takes no new calls, or an old connection has lost a call.
  virtual void on_changed(class ClientConnection* connection) = 0;
  /// To be discarded; `established`: it had been usable.
  virtual void on_lost(class ClientConnection* connection, const Status& why) = 0;
};

class ClientConnection : public Connection, public H2Owner {
 public:
  ClientConnection(EventLoop* loop, std::unique_ptr<Transport> transport,
                   std::chrono::milliseconds keepalive, ClientConnectionOwner* owner);
  ~ClientConnection() override;

  /// Null until connected.
  H2Session* session() { return established_ ? &session_ : nullptr; }
  bool usable() const { return established_ && !closed() && !session_.peer_went_away(); }
  bool established() const { return established_; }
  /// To be called after each submit: pings run only while calls are open.
  void call_began();
  /// Nobody listens to its events any more.
  void disown() { owner_ = nullptr; }

 private:
  Protocol* protocol() override { return established_ ? &session_ : nullptr; }
  void on_established() override;
  Status on_first_input(Bytes) override { return ok_status(); }
  void on_gone(const Status& why) override;
  void wants_flush() override { schedule_flush(); }
  std::shared_ptr<H2Stream> on_request(int32_t, const HeaderBlock&) override { return nullptr; }
  void on_streams_changed() override;

  void arm(EventLoop::Time when);
  void on_timer();

  H2Session session_;
  const std::chrono::milliseconds keepalive_;
  ClientConnectionOwner* owner_;
  bool established_ = false;
  std::optional<EventLoop::Timer> timer_;
  std::optional<EventLoop::Time> pinged_;
};

}  // namespace tbl::rpc
