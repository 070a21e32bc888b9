// A blocking socket that speaks raw bytes, for tests; included by tests only.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "rpc/socket.h"

namespace tbl::rpc {

class TestSocket {
 public:
  explicit TestSocket(const std::string& address) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    auto found = resolve(address, false, true);
    EXPECT_TRUE(found.ok());
    const SocketAddress& to = found->front();
    EXPECT_EQ(connect(socket_.fd(), reinterpret_cast<const sockaddr*>(&to.storage), to.length), 0);
  }
  explicit TestSocket(Socket socket) : socket_(std::move(socket)) {}

  void write(const std::string& bytes) {
    EXPECT_EQ(send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }

  /// Reads until `enough` says so (true), or the peer closes, resets or is silent for 5 s (false).
  bool read_until(const std::function<bool(const std::string&)>& enough) {
    while (!enough(received_)) {
      pollfd entry{socket_.fd(), POLLIN, 0};
      if (poll(&entry, 1, 5000) <= 0) return false;
      char buffer[65536];
      ssize_t n = ::read(socket_.fd(), buffer, sizeof buffer);
      if (n <= 0) {
        closed_ = true;
        return enough(received_);
      }
      received_.append(buffer, static_cast<size_t>(n));
    }
    return true;
  }
  /// True: the peer closed (or reset) the connection within 5 s.
  bool read_to_close() {
    read_until([](const std::string&) { return false; });
    return closed_;
  }
  const std::string& received() const { return received_; }
  int fd() const { return socket_.fd(); }

 private:
  Socket socket_;
  std::string received_;
  bool closed_ = false;
};

}  // namespace tbl::rpc
