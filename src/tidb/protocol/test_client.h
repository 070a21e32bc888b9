// A MySQL client for tests that shows every packet.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "rpc/socket.h"
#include "tidb/protocol/constants.h"
#include "tidb/protocol/lenenc.h"

namespace tbl::tidb::protocol {

class TestClient {
 public:
  explicit TestClient(int port) {
    auto addresses = rpc::resolve("127.0.0.1:" + std::to_string(port), false, true);
    EXPECT_TRUE(addresses.ok());
    socket_ = rpc::Socket(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto& address = addresses->front();
    EXPECT_EQ(
        connect(socket_.fd(), reinterpret_cast<const sockaddr*>(&address.storage), address.length),
        0);
    const timeval limit{.tv_sec = 20, .tv_usec = 0};
    setsockopt(socket_.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }

  int fd() const { return socket_.fd(); }

  /// Next payload; empty with closed() when the server has closed the connection.
  std::string read() {
    std::string payload;
    while (true) {
      const std::string header = take(4);
      if (header.size() < 4) {
        closed_ = true;
        return {};
      }
      const size_t size =
          get_le16(header.data()) | static_cast<size_t>(static_cast<uint8_t>(header[2])) << 16;
      sequence_ = static_cast<uint8_t>(header[3]) + 1;
      payload += take(size);
      if (size < kMaxPart) return payload;
    }
  }
  bool closed() const { return closed_; }

  void write(std::string_view payload) {
    while (true) {
      const size_t part = std::min(payload.size(), kMaxPart);
      std::string out;
      put_le16(out, static_cast<uint16_t>(part));
      out.push_back(static_cast<char>(part >> 16));
      out.push_back(static_cast<char>(sequence_++));
      out.append(payload.substr(0, part));
      send_all(out);
      payload.remove_prefix(part);
      if (part < kMaxPart) return;
    }
  }
  /// One short packet and what follows it, in one send.
  void write_before(std::string_view payload, std::string_view bytes) {
    std::string out;
    put_le16(out, static_cast<uint16_t>(payload.size()));
    out.push_back('\0');
    out.push_back(static_cast<char>(sequence_++));
    send_all(out.append(payload).append(bytes));
  }
  void send_all(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
  }

  std::string command(uint8_t code, std::string_view argument = {}) {
    send_command(code, argument);
    return read();
  }
  void send_command(uint8_t code, std::string_view argument = {}) {
    sequence_ = 0;
    write(std::string(1, static_cast<char>(code)) + std::string(argument));
  }

  static std::string handshake(const std::string& user, const std::string& response,
                               const std::string& plugin, const std::string& db = "") {
    uint32_t capabilities = kProtocol41 | kSecureConnection | kPluginAuth | kLocalFiles;
    if (!db.empty()) capabilities |= kConnectWithDb;
    std::string out;
    put_le32(out, capabilities);
    put_le32(out, 1 << 24);
    out.push_back(static_cast<char>(kUtf8mb4Bin));
    out.append(23, '\0');
    out.append(user).push_back('\0');
    out.push_back(static_cast<char>(response.size()));
    out.append(response);
    if (!db.empty()) out.append(db).push_back('\0');
    out.append(plugin).push_back('\0');
    return out;
  }
  /// Greeting and answer; gives the server's verdict.
  std::string log_in(const std::string& user, const std::string& response = "",
                     const std::string& plugin = kNativePassword, const std::string& db = "") {
    greeting = read();
    write(handshake(user, response, plugin, db));
    return read();
  }

  std::string greeting;

 private:
  std::string take(size_t n) {
    std::string out(n, '\0');
    size_t have = 0;
    while (have < n) {
      const ssize_t got = recv(socket_.fd(), out.data() + have, n - have, 0);
      if (got <= 0) break;
      have += static_cast<size_t>(got);
    }
    out.resize(have);
    return out;
  }

  rpc::Socket socket_;
  uint8_t sequence_ = 0;
  bool closed_ = false;
};

}  // namespace tbl::tidb::protocol
