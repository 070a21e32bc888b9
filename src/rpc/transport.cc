#include "rpc/transport.h"

#include <errno.h>

#include <cstring>

namespace tbl::rpc {
namespace {

class PlainTransport : public Transport {
 public:
  explicit PlainTransport(Socket socket) : Transport(std::move(socket)) {}
  Io handshake() override { return {IoState::kDone}; }

  Io read(char* buffer, size_t n) override {
    ssize_t got = recv(fd(), buffer, n, 0);
    if (got > 0) return {IoState::kDone, static_cast<size_t>(got)};
    if (got == 0) return {IoState::kClosed};
    return from_errno(IoState::kWantRead, "read");
  }

  Io write(const char* data, size_t n) override {
    ssize_t put = send(fd(), data, n, MSG_NOSIGNAL);
    if (put >= 0) return {IoState::kDone, static_cast<size_t>(put)};
    return from_errno(IoState::kWantWrite, "write");
  }

  bool has_buffered() const override { return false; }
  void close_notify() override {}

 private:
  Io from_errno(IoState again, const char* what) {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {again};
    failure_ = unavailable(std::string(what) + ": " + strerror(errno));
    return {IoState::kFailed};
  }
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(Socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

}  // namespace tbl::rpc
