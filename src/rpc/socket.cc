#include "rpc/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace tbl::rpc {
namespace {

constexpr int kBacklog = 4096;
constexpr int kKeepAliveSeconds = 15;

const sockaddr* raw(const SocketAddress& address) {
  return reinterpret_cast<const sockaddr*>(&address.storage);
}

bool is_port(const std::string& text) {
  if (text.empty() || text.size() > 5) return false;
  int value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  return value <= 65535;
}

/// A socket file without a listener is left over from a process that was killed.
void remove_stale_unix_socket(const SocketAddress& address) {
  const char* path = reinterpret_cast<const sockaddr_un*>(&address.storage)->sun_path;
  struct stat info {};
  if (stat(path, &info) != 0 || !S_ISSOCK(info.st_mode)) return;
  Socket probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(probe.fd(), raw(address), address.length) != 0 && errno == ECONNREFUSED) unlink(path);
}

Result<Socket> bind_and_listen(const SocketAddress& address) {
  Socket s(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!s.valid()) return errno_status(errno, "socket");
  int one = 1;
  if (address.family() != AF_UNIX) setsockopt(s.fd(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (address.family() == AF_INET6) {
    int zero = 0;
    setsockopt(s.fd(), IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
  }
  if (bind(s.fd(), raw(address), address.length) != 0) return errno_status(errno, "bind");
  if (::listen(s.fd(), kBacklog) != 0) return errno_status(errno, "listen");
  return s;
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int Socket::release() {
  int fd = fd_;
  fd_ = -1;
  return fd;
}

void Socket::reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

Status split_host_port(const std::string& address, std::string* host, std::string* port) {
  size_t colon = address.rfind(':');
  if (colon == std::string::npos) return invalid_argument("missing port in address " + address);
  *host = address.substr(0, colon);
  *port = address.substr(colon + 1);
  if (!is_port(*port)) return invalid_argument("invalid port in address " + address);
  if (host->size() >= 2 && host->front() == '[' && host->back() == ']') {
    *host = host->substr(1, host->size() - 2);
  }
  return ok_status();
}

Result<SocketAddress> unix_address(const std::string& address) {
  std::string path = address.substr(strlen("unix:"));
  if (path.starts_with("//")) path = path.substr(2);
  SocketAddress result;
  auto* sun = reinterpret_cast<sockaddr_un*>(&result.storage);
  if (path.empty() || path.size() >= sizeof sun->sun_path) {
    return invalid_argument("invalid socket path " + address);
  }
  sun->sun_family = AF_UNIX;
  memcpy(sun->sun_path, path.data(), path.size());
  result.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return result;
}

Result<std::vector<SocketAddress>> resolve(const std::string& address, bool passive,
                                           bool numeric_only) {
  std::string host;
  std::string port;
  TBL_TRY(split_host_port(address, &host, &port));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags =
      AI_NUMERICSERV | (passive ? AI_PASSIVE : 0) | (numeric_only ? AI_NUMERICHOST : 0);
  if (passive && (host.empty() || host == "0.0.0.0")) {
    hints.ai_family = AF_INET;
    host = "0.0.0.0";
  }
  addrinfo* list = nullptr;
  int rc = getaddrinfo(host.empty() ? "127.0.0.1" : host.c_str(), port.c_str(), &hints, &list);
  if (rc != 0) return unavailable("lookup " + host + ": " + gai_strerror(rc));
  std::vector<SocketAddress> result;
  for (addrinfo* a = list; a != nullptr; a = a->ai_next) {
    SocketAddress one;
    memcpy(&one.storage, a->ai_addr, a->ai_addrlen);
    one.length = a->ai_addrlen;
    result.push_back(one);
  }
  freeaddrinfo(list);
  return result;
}

Result<Socket> listen_on(const std::string& address) {
  std::string context = "listen " + address;
  SocketAddress where;
  if (is_unix(address)) {
    auto path = unix_address(address);
    if (!path.ok()) return path.status().wrap(context);
    where = *path;
    remove_stale_unix_socket(where);
  } else {
    auto found = resolve(address, true, false);
    if (!found.ok()) return found.status().wrap(context);
    where = found->front();
  }
  auto result = bind_and_listen(where);
  if (!result.ok()) return result.status().wrap(context);
  return result;
}

Result<Socket> begin_connect(const SocketAddress& address) {
  Socket s(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!s.valid()) return errno_status(errno, "socket");
  tune_stream(s.fd(), address.family());
  if (connect(s.fd(), raw(address), address.length) != 0 && errno != EINPROGRESS) {
    return unavailable(strerror(errno));
  }
  return s;
}

Status connect_outcome(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  return error == 0 ? ok_status() : unavailable(strerror(error));
}

void tune_stream(int fd, int family) {
  if (family == AF_UNIX) return;
  int one = 1;
  int seconds = kKeepAliveSeconds;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof seconds);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof seconds);
}

std::string address_text(const SocketAddress& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.family() == AF_INET) {
    auto* in = reinterpret_cast<const sockaddr_in*>(&address.storage);
    inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(in->sin_port));
  }
  if (address.family() == AF_INET6) {
    auto* in = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    inet_ntop(AF_INET6, &in->sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(in->sin6_port));
  }
  return "unix";
}

int local_port(int fd) {
  SocketAddress address;
  address.length = sizeof address.storage;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.length) != 0)
    return 0;
  if (address.family() == AF_INET) {
    return ntohs(reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port);
  }
  if (address.family() == AF_INET6) {
    return ntohs(reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_port);
  }
  return 0;
}

}  // namespace tbl::rpc
