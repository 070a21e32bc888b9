#include "tidb/protocol/wire_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "rpc/socket_bio.h"

namespace tbl::tidb::protocol {
namespace {

/// A client that takes no bytes for this long is given up (net_write_timeout).
constexpr time_t kWriteSeconds = 60;

Status gone(const std::string& why) { return unavailable("connection of the client: " + why); }

}  // namespace

WireStream::WireStream(rpc::Socket socket) : socket_(std::move(socket)) {
  const int flags = fcntl(socket_.fd(), F_GETFL);
  fcntl(socket_.fd(), F_SETFL, flags & ~O_NONBLOCK);
  const timeval limit{.tv_sec = kWriteSeconds, .tv_usec = 0};
  setsockopt(socket_.fd(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

WireStream::~WireStream() {
  if (ssl_) SSL_shutdown(ssl_.get());
}

Status WireStream::wait_readable(std::chrono::seconds limit) {
  if (ssl_ && SSL_pending(ssl_.get()) > 0) return ok_status();
  // poll() counts in int milliseconds; a day is for ever here.
  constexpr std::chrono::seconds kLongest{86400};
  const int ms =
      limit.count() == 0 ? -1 : static_cast<int>(std::min(limit, kLongest).count() * 1000);
  pollfd waited{.fd = socket_.fd(), .events = POLLIN, .revents = 0};
  while (true) {
    const int n = poll(&waited, 1, ms);
    if (n > 0) return ok_status();
    if (n == 0) return deadline_exceeded("the client was silent for too long");
    if (errno != EINTR) return errno_status(errno, "poll");
  }
}

Result<size_t> WireStream::read_some(char* buffer, size_t size, std::chrono::seconds limit) {
  // What TLS has decrypted already does not show on the socket.
  if (!ssl_ || SSL_pending(ssl_.get()) == 0) TBL_TRY(wait_readable(limit));
  if (ssl_) {
    const int n = SSL_read(ssl_.get(), buffer, static_cast<int>(std::min<size_t>(size, 1 << 20)));
    if (n > 0) return static_cast<size_t>(n);
    ERR_clear_error();
    return gone("TLS stream ended");
  }
  while (true) {
    const ssize_t n = recv(socket_.fd(), buffer, size, 0);
    if (n > 0) return static_cast<size_t>(n);
    if (n == 0) return gone("closed by the peer");
    if (errno != EINTR) return gone(std::string(strerror(errno)));
  }
}

Status WireStream::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n;
    if (ssl_) {
      n = SSL_write(ssl_.get(), bytes.data(),
                    static_cast<int>(std::min<size_t>(bytes.size(), 1 << 20)));
      if (n <= 0) {
        ERR_clear_error();
        return gone("TLS stream takes no more");
      }
    } else {
      n = send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return gone(std::string(strerror(errno)));
    }
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return ok_status();
}

Status WireStream::start_tls(rpc::SslCtx context) {
  context_ = std::move(context);
  std::unique_ptr<SSL, SslFree> ssl(SSL_new(context_.get()));
  BIO* bio = rpc::make_socket_bio(socket_.fd());
  SSL_set_bio(ssl.get(), bio, bio);
  if (SSL_accept(ssl.get()) != 1) {
    return unavailable("TLS handshake with the client: " + rpc::ssl_error_text());
  }
  ssl_ = std::move(ssl);
  return ok_status();
}

void WireStream::shut_down_input() { shutdown(socket_.fd(), SHUT_RD); }

void WireStream::shut_down() { shutdown(socket_.fd(), SHUT_RDWR); }

}  // namespace tbl::tidb::protocol
