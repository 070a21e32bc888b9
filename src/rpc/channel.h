// A server's address and the connection to it.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "rpc/client.h"
#include "rpc/client_call.h"
#include "rpc/client_connection.h"
#include "rpc/worker_pool.h"

namespace tbl::rpc {

/// Calls wait here while a connection is being made. After a failure the next attempt waits a
/// moment (10 ms, doubling to 300 ms), so that callers who retry at once do not spin. Public
/// functions of Channel: any thread; the rest, the destructor included, on the loop.
class ChannelImpl : public Channel,
                    public std::enable_shared_from_this<ChannelImpl>,
                    public ClientConnectionOwner {
 public:
  ChannelImpl(EventLoop* loop, WorkerPool* resolver, std::string address, ChannelOptions options);
  ~ChannelImpl() override;

  Result<std::string> call(const std::string& path, std::string request,
                           const CallOptions& options) override;
  std::unique_ptr<ClientStream> open(const std::string& path, const CallOptions& options) override;
  std::unique_ptr<AsyncCall> open_async(const std::string& path,
                                        std::unique_ptr<ClientHandler> handler,
                                        const CallOptions& options) override;
  const std::string& address() const override { return address_; }
  const ChannelOptions& options() const { return options_; }

  /// Puts the call on the connection, now or when there is one.
  void begin(std::shared_ptr<ClientCall> call);
  /// Takes a waiting call off the queue.
  void forget(ClientCall* call);
  /// kUnavailable naming the address.
  Status unavailable_because(const Status& why) const;

 private:
  void on_connected() override;
  void on_changed(ClientConnection* connection) override;
  void on_lost(ClientConnection* connection, const Status& why) override;

  void submit(const std::shared_ptr<ClientCall>& call);
  void want_connection();
  void resolve_and_connect();
  void try_next();
  Status connect_to(const SocketAddress& address);
  void connect_failed(const Status& why);
  void retire_connection();
  std::string authority() const;

  EventLoop* const loop_;
  WorkerPool* const resolver_;
  const std::string address_;
  const ChannelOptions options_;

  std::deque<std::shared_ptr<ClientCall>> waiting_;
  std::unique_ptr<ClientConnection> connection_;
  std::vector<std::unique_ptr<ClientConnection>> retired_;  ///< said GOAWAY, calls still run
  std::vector<SocketAddress> candidates_;
  bool attempting_ = false;
  Status last_error_;
  std::optional<EventLoop::Timer> timer_;  ///< backoff, or limit of the running attempt
  std::chrono::milliseconds backoff_{0};
  EventLoop::Time not_before_{};
};

}  // namespace tbl::rpc
