#include <poll.h>

#include <algorithm>
#include <cstring>

#include "rpc/client.h"
#include "rpc/http1_response.h"
#include "rpc/tls_transport.h"
#include "rpc/transport.h"

namespace tbl::rpc {
namespace {

constexpr size_t kMaxResponseBody = size_t{1} << 30;
constexpr size_t kReadBytes = 64 << 10;

struct Url {
  bool tls = false;
  std::string address;  ///< host:port
  std::string host;
  std::string target;
};

Result<Url> parse_url(const std::string& text) {
  Url url;
  size_t start = 0;
  if (text.starts_with("http://")) {
    start = strlen("http://");
  } else if (text.starts_with("https://")) {
    start = strlen("https://");
    url.tls = true;
  } else {
    return invalid_argument("not an http URL: " + text);
  }
  size_t slash = std::min(text.find_first_of("/?", start), text.size());
  url.address = text.substr(start, slash - start);
  url.target = text.substr(slash);
  if (!url.target.starts_with('/')) url.target = "/" + url.target;
  bool clean = std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!clean || url.address.empty()) return invalid_argument("not an http URL: " + text);
  if (url.address.find(':', url.address.rfind(']') + 1) == std::string::npos) {
    url.address += url.tls ? ":443" : ":80";
  }
  std::string port;
  TBL_TRY(split_host_port(url.address, &url.host, &port));
  return url;
}

/// One exchange over one connection, with a limit on the whole of it.
class Exchange {
 public:
  explicit Exchange(std::chrono::milliseconds timeout)
      : until_(std::chrono::steady_clock::now() + timeout) {}

  Status connect(const Url& url, const TlsOptions& tls) {
    TBL_ASSIGN(auto addresses, resolve(url.address, false, false));
    Status last = unavailable("no address");
    for (const SocketAddress& address : addresses) {
      last = connect_to(address, url, tls);
      if (last.ok()) return handshake();
    }
    return last;
  }

  Status send(const std::string& request) {
    size_t done = 0;
    while (done < request.size()) {
      Io io = transport_->write(request.data() + done, request.size() - done);
      if (io.state == IoState::kFailed) return transport_->failure();
      if (io.state == IoState::kDone) {
        done += io.bytes;
      } else {
        TBL_TRY(wait(io.state));
      }
    }
    return ok_status();
  }

  Status receive(Http1ResponseParser* parser) {
    std::string buffer(kReadBytes, '\0');
    while (true) {
      Io io = transport_->read(buffer.data(), buffer.size());
      if (io.state == IoState::kFailed) return transport_->failure();
      if (io.state == IoState::kClosed) return parser->on_end();
      if (io.state == IoState::kDone) {
        TBL_ASSIGN(bool whole, parser->feed({buffer.data(), io.bytes}));
        if (whole) return ok_status();
      } else {
        TBL_TRY(wait(io.state));
      }
    }
  }

 private:
  Status connect_to(const SocketAddress& address, const Url& url, const TlsOptions& tls) {
    TBL_ASSIGN(Socket socket, begin_connect(address));
    TBL_TRY(wait_fd(socket.fd(), POLLOUT));
    TBL_TRY(connect_outcome(socket.fd()));
    if (!url.tls) {
      transport_ = make_plain_transport(std::move(socket));
      return ok_status();
    }
    TBL_ASSIGN(transport_, make_tls_client_transport(std::move(socket), tls, url.host, "http/1.1"));
    return ok_status();
  }

  Status handshake() {
    while (true) {
      Io io = transport_->handshake();
      if (io.state == IoState::kDone) return ok_status();
      if (io.state == IoState::kFailed) return transport_->failure();
      if (io.state == IoState::kClosed) return unavailable("closed by the peer in the handshake");
      TBL_TRY(wait(io.state));
    }
  }

  Status wait(IoState state) {
    return wait_fd(transport_->fd(), state == IoState::kWantRead ? POLLIN : POLLOUT);
  }

  Status wait_fd(int fd, short events) {
    while (true) {
      auto left =
          std::chrono::ceil<std::chrono::milliseconds>(until_ - std::chrono::steady_clock::now());
      if (left.count() <= 0) return deadline_exceeded("no answer in time");
      pollfd entry{fd, events, 0};
      int limit = static_cast<int>(std::min<int64_t>(left.count(), 60000));
      if (poll(&entry, 1, limit) > 0) return ok_status();
    }
  }

  const std::chrono::steady_clock::time_point until_;
  std::unique_ptr<Transport> transport_;
};

Result<HttpResponse> exchange(const std::string& method, const Url& url, const std::string& body,
                              std::chrono::milliseconds timeout, const TlsOptions& tls) {
  std::string request = method + " " + url.target + " HTTP/1.1\r\nHost: " + url.address +
                        "\r\nUser-Agent: tidb-binlog-cpp\r\nConnection: close\r\n";
  if (!body.empty() || method == "POST" || method == "PUT") {
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  request += "\r\n" + body;
  Exchange exchange(timeout);
  TBL_TRY(exchange.connect(url, tls));
  TBL_TRY(exchange.send(request));
  Http1ResponseParser parser(method == "HEAD", kMaxResponseBody);
  TBL_TRY(exchange.receive(&parser));
  return parser.take();
}

}  // namespace

Result<HttpResponse> http_request(const std::string& method, const std::string& url,
                                  const std::string& body, std::chrono::milliseconds timeout,
                                  const TlsOptions& tls) {
  TBL_ASSIGN(Url parsed, parse_url(url));
  if (parsed.tls && !tls.enabled()) {
    return invalid_argument(url + ": https needs a CA certificate");
  }
  auto response = exchange(method, parsed, body, timeout, tls);
  if (!response.ok()) return response.status().wrap(method + " " + url);
  return response;
}

}  // namespace tbl::rpc
