// Bytes to and from a peer without waiting: plain, or under TLS (tls_transport.h).
#pragma once

#include <cstddef>
#include <memory>

#include "base/status.h"
#include "rpc/socket.h"

namespace tbl::rpc {

enum class IoState : uint8_t {
  kDone,       ///< `bytes` were moved
  kWantRead,   ///< nothing moved: try again when the socket is readable
  kWantWrite,  ///< the same for writable
  kClosed,     ///< the peer sends no more
  kFailed,     ///< broken; failure() says why
};

struct Io {
  IoState state;
  size_t bytes = 0;
};

/// One connected socket, used by one thread.
class Transport {
 public:
  virtual ~Transport() = default;
  int fd() const { return socket_.fd(); }
  /// kDone at once for a plain connection.
  virtual Io handshake() = 0;
  virtual Io read(char* buffer, size_t n) = 0;
  virtual Io write(const char* data, size_t n) = 0;
  /// Received bytes wait inside, so that the socket need not become readable for the next read().
  virtual bool has_buffered() const = 0;
  /// Tells the peer, if it can be done at once, that nothing more comes.
  virtual void close_notify() = 0;
  const Status& failure() const { return failure_; }

 protected:
  explicit Transport(Socket socket) : socket_(std::move(socket)) {}
  Socket socket_;
  Status failure_;
};

std::unique_ptr<Transport> make_plain_transport(Socket socket);

}  // namespace tbl::rpc
