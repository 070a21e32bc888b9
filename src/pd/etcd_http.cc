#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstring>

#include "pd/etcd_proxy.h"

namespace tbl::pd {
namespace {

constexpr int kTimeoutSeconds = 10;

/// A file descriptor that closes itself.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

Status connect_to(const Socket& socket, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return invalid_argument(path + ": too long");
  std::memcpy(address.sun_path, path.data(), path.size());
  const timeval timeout{kTimeoutSeconds, 0};
  ::setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  ::setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return errno_status(errno, "connect etcd");
  }
  return ok_status();
}

/// Sends everything, then reads to the end of the stream: an HTTP/1.0 server closes after its
/// answer.
Result<std::string> exchange(const std::string& path, const std::string& request) {
  const Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  TBL_TRY(connect_to(socket, path));
  for (size_t sent = 0; sent < request.size();) {
    const auto n = ::send(socket.fd(), request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return errno_status(errno, "send to etcd");
    sent += static_cast<size_t>(n);
  }
  std::string answer;
  char buffer[16384];
  while (true) {
    const auto n = ::recv(socket.fd(), buffer, sizeof(buffer), 0);
    if (n < 0) return errno_status(errno, "receive from etcd");
    if (n == 0) return answer;
    answer.append(buffer, static_cast<size_t>(n));
  }
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

Result<rpc::HttpResponse> parse_answer(const std::string& answer) {
  const size_t head_end = answer.find("\r\n\r\n");
  const size_t code_at = answer.find(' ');
  if (head_end == std::string::npos || code_at > head_end) {
    return internal_error("etcd answered no HTTP");
  }
  rpc::HttpResponse response;
  std::from_chars(answer.data() + code_at + 1, answer.data() + head_end, response.status);
  response.body = answer.substr(head_end + 4);
  constexpr std::string_view kType = "\r\ncontent-type: ";
  const std::string head = lower(answer.substr(0, head_end + 2));
  if (const size_t at = head.find(kType); at != std::string::npos) {
    const size_t value = at + kType.size();
    response.content_type = answer.substr(value, head.find("\r\n", value) - value);
  }
  return response;
}

Result<rpc::HttpResponse> forward(const std::string& socket_path, const rpc::HttpRequest& request) {
  const std::string text = request.method + " " + request.path +
                           " HTTP/1.0\r\nHost: etcd\r\nContent-Type: application/json\r\n" +
                           "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" +
                           request.body;
  TBL_ASSIGN(const auto answer, exchange(socket_path, text));
  return parse_answer(answer);
}

}  // namespace

void register_etcd_http(rpc::Server& server, const std::string& socket_path) {
  const auto handler = [socket_path](const rpc::HttpRequest& request) {
    auto response = forward(socket_path, request);
    if (response.ok()) return std::move(response).value();
    return rpc::HttpResponse{503, "text/plain; charset=utf-8", response.status().message() + "\n"};
  };
  server.add_http("GET", "/health", handler);
  server.add_http("GET", "/version", handler);
  for (const char* method : {"GET", "POST"}) server.add_http(method, "/v3/{rest...}", handler);
}

}  // namespace tbl::pd
