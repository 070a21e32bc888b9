// A listening socket on a loop.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "rpc/event_loop.h"
#include "rpc/socket.h"

namespace tbl::rpc {

/// Accepts until closed. start() and close() on the loop thread (or before it runs).
class Listener : public FdHandler {
 public:
  using OnAccept = std::function<void(Socket socket, const std::string& peer)>;
  Listener(EventLoop* loop, Socket socket, std::string unix_path, OnAccept on_accept);
  ~Listener() override;
  Status start();
  void close();

 private:
  void on_ready(uint32_t events) override;
  void pause();

  EventLoop* const loop_;
  Socket socket_;
  const std::string unix_path_;  ///< removed at close(); empty for TCP
  const OnAccept on_accept_;
  std::optional<EventLoop::Timer> paused_;
};

}  // namespace tbl::rpc
