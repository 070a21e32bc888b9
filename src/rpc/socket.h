// Sockets: addresses, listening, connecting; all non-blocking and close-on-exec.
#pragma once

#include <sys/socket.h>

#include <string>
#include <vector>

#include "base/status.h"

namespace tbl::rpc {

/// Closes its descriptor. -1: none.
class Socket {
 public:
  explicit Socket(int fd = -1) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(other.release()) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket() { reset(); }
  int fd() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int release();
  void reset();

 private:
  int fd_;
};

/// A socket address of any family.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  int family() const { return storage.ss_family; }
};

/// "host:port" or "[v6]:port" in its parts. Error: no port, or not a number up to 65535.
Status split_host_port(const std::string& address, std::string* host, std::string* port);
inline bool is_unix(const std::string& address) { return address.starts_with("unix:"); }

/// Address of "unix:<path>"; error: longer than a socket path may be.
Result<SocketAddress> unix_address(const std::string& address);
/// Addresses of "host:port". May wait for name servers, unless `numeric_only`, which fails for
/// names. `passive`: for listening; an empty host is then every interface.
Result<std::vector<SocketAddress>> resolve(const std::string& address, bool passive,
                                           bool numeric_only);

/// Binds and listens. A stale unix socket (nobody answers on it) is replaced.
Result<Socket> listen_on(const std::string& address);
/// Begins to connect; the outcome is connect_outcome() once the socket is writable.
Result<Socket> begin_connect(const SocketAddress& address);
Status connect_outcome(int fd);
/// TCP_NODELAY and keep-alive probes after 15 s; nothing for unix sockets.
void tune_stream(int fd, int family);
/// "ip:port", "[v6]:port", or "unix".
std::string address_text(const SocketAddress& address);
/// Port a socket is bound to, 0 for unix sockets.
int local_port(int fd);

}  // namespace tbl::rpc
