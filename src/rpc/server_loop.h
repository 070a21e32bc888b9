// One loop thread of a server with the connections that live on it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "rpc/event_loop.h"
#include "rpc/server_connection.h"

namespace tbl::rpc {

/// Counts the connections of all loops, for stop(). Any thread.
class ConnectionCount {
 public:
  void add(int n);
  /// False at the time limit.
  bool wait_for_none(std::chrono::milliseconds timeout);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

/// start(), adopt(), drain() and cut() from any thread.
class ServerLoop {
 public:
  ServerLoop(const Services* services, ConnectionCount* count);
  ~ServerLoop();
  EventLoop& loop() { return loop_; }

  /// Takes over an accepted socket, which is counted from now on.
  void adopt(Socket socket, const std::string& peer);
  /// Lets running requests end and then closes each connection.
  void drain();
  /// Closes all connections; returns when that is done.
  void cut();

 private:
  void add(Socket socket, const std::string& peer);
  void remove(ServerConnection* connection);

  EventLoop loop_;
  const Services* const services_;
  ConnectionCount* const count_;
  std::unordered_map<ServerConnection*, std::unique_ptr<ServerConnection>> connections_;
  bool draining_ = false;
};

}  // namespace tbl::rpc
