// A connection to a server: finds out what it speaks, then carries it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "rpc/connection.h"
#include "rpc/h2_session.h"
#include "rpc/services.h"

namespace tbl::rpc {

/// The HTTP/2 preface opens an HTTP/2 session, anything else an HTTP/1.1 one. Loop thread only.
class ServerConnection : public Connection, public H2Owner {
 public:
  /// `on_gone` runs when the connection is closed; the owner then discards it.
  ServerConnection(EventLoop* loop, std::unique_ptr<Transport> transport, const Services* services,
                   std::string peer);
  ~ServerConnection() override;

  void set_on_gone(std::function<void(ServerConnection*)> on_gone) {
    on_gone_ = std::move(on_gone);
  }
  /// Takes no more requests and closes when the running ones are over.
  void drain();

 private:
  Protocol* protocol() override { return protocol_.get(); }
  Status on_first_input(Bytes data) override;
  void on_gone(const Status& why) override;

  void wants_flush() override { schedule_flush(); }
  std::shared_ptr<H2Stream> on_request(int32_t id, const HeaderBlock& headers) override;
  std::shared_ptr<H2Stream> on_grpc_request(const HeaderBlock& headers);
  void start_identify_timer();
  void stop_identify_timer();

  const Services* const services_;
  const std::string peer_;
  std::function<void(ServerConnection*)> on_gone_;
  std::string first_bytes_;
  std::unique_ptr<Protocol> protocol_;
  H2Session* h2_ = nullptr;
  std::optional<EventLoop::Timer> identify_timer_;
  bool served_ = false;  ///< a request was taken
  bool draining_ = false;
};

}  // namespace tbl::rpc
