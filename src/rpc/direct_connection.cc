#include "rpc/direct_connection.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "rpc/grpc_headers.h"
#include "rpc/grpc_status.h"
#include "rpc/inbound.h"
#include "rpc/tls_transport.h"

namespace tbl::rpc {
namespace {

constexpr size_t kOutputTarget = 256 << 10;
constexpr size_t kReadBytes = 64 << 10;

/// Of any connection: a thread reads for one at a time.
std::string& read_buffer() {
  thread_local std::string buffer(kReadBytes, '\0');
  return buffer;
}

Result<std::vector<SocketAddress>> addresses_of(const std::string& address) {
  if (!is_unix(address)) return resolve(address, false, false);
  TBL_ASSIGN(auto path, unix_address(address));
  return std::vector<SocketAddress>{path};
}

}  // namespace

/// The answer of a call as it arrives.
class DirectConnection::Answer : public H2Stream, private InboundSink {
 public:
  Answer(H2Session& session, uint64_t max_message_bytes)
      : session_(session), inbound_(max_message_bytes, this) {}

  bool over() const { return over_; }
  Result<std::string> take() {
    if (!status_->ok()) return *status_;
    if (!message_) return internal_error("the server ended a unary call without an answer");
    return std::move(*message_);
  }

 private:
  void on_headers(const HeaderBlock& headers) override {
    const Bytes http_status = headers.get(":status");
    if (http_status.starts_with('1')) return;
    if (!http_status.empty()) {
      status_ = refusal_of(headers);
      if (status_) return inbound_.discard();
      if (headers.get("grpc-encoding") == "gzip") inbound_.allow_gzip();
    }
    if (headers.has("grpc-status")) {
      status_ = status_from_trailers(headers.get("grpc-status"), headers.get("grpc-message"));
    }
  }
  void on_data(Bytes data) override { inbound_.on_data(data); }
  void on_end() override { inbound_.on_end(); }
  void on_close(uint32_t h2_error) override {
    if (over_) return;
    over_ = true;
    if (!status_) status_ = status_from_reset(h2_error);
  }
  void on_inbound_message(std::string message) override { message_ = std::move(message); }
  void on_inbound_end() override {
    if (!status_) status_ = internal_error("server closed the stream without sending trailers");
    over_ = true;
  }
  void on_inbound_error(const Status& error) override {
    if (!status_ || status_->ok()) status_ = error;
    over_ = true;
  }
  void on_inbound_consumed(size_t n) override { session_.consume(this, n); }

  H2Session& session_;
  Inbound inbound_;
  std::optional<Status> status_;
  std::optional<std::string> message_;
  bool over_ = false;
};

DirectConnection::DirectConnection(const std::string& address, const ChannelOptions& options)
    : address_(address),
      authority_(is_unix(address) ? "localhost" : address),
      options_(options),
      stop_event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      session_(H2Session::Side::kClient, this) {}

DirectConnection::~DirectConnection() {
  if (transport_ != nullptr) transport_->close_notify();
  session_.on_closed(cancelled("connection closed"));
}

Result<std::unique_ptr<DirectConnection>> DirectConnection::open(const std::string& address,
                                                                 const ChannelOptions& options,
                                                                 const Patience& patience) {
  std::unique_ptr<DirectConnection> connection(new DirectConnection(address, options));
  if (!connection->stop_event_.valid()) return errno_status(errno, "eventfd");
  TBL_TRY(connection->connect(patience));
  return connection;
}

Status DirectConnection::connect(const Patience& patience) {
  TBL_ASSIGN(const auto addresses, addresses_of(address_));
  Patience limited = patience;
  limited.until =
      std::min(patience.until, std::chrono::steady_clock::now() + options_.connect_timeout);
  Status status = unavailable("no address");
  for (const auto& address : addresses) {
    auto socket = begin_connect(address);
    status = socket.status();
    if (!socket.ok()) continue;
    if (options_.tls.enabled()) {
      std::string host;
      std::string port;
      if (!is_unix(address_)) TBL_TRY(split_host_port(address_, &host, &port));
      TBL_ASSIGN(transport_,
                 make_tls_client_transport(std::move(*socket), options_.tls, host, "h2"));
    } else {
      transport_ = make_plain_transport(std::move(*socket));
    }
    status = wait_ready(POLLOUT, limited);
    if (status.ok()) status = connect_outcome(transport_->fd());
    if (status.ok()) return handshake(limited);
    if (status.code() != StatusCode::kUnavailable) break;
  }
  return status;
}

Status DirectConnection::handshake(const Patience& patience) {
  while (true) {
    const Io io = transport_->handshake();
    switch (io.state) {
      case IoState::kDone:
        return ok_status();
      case IoState::kWantRead:
        TBL_TRY(wait_ready(POLLIN, patience));
        break;
      case IoState::kWantWrite:
        TBL_TRY(wait_ready(POLLOUT, patience));
        break;
      case IoState::kClosed:
        return unavailable("closed by the peer in the handshake");
      case IoState::kFailed:
        return transport_->failure();
    }
  }
}

Status DirectConnection::wait_ready(short events, const Patience& patience) {
  using std::chrono::milliseconds;
  std::array<pollfd, 2> fds{pollfd{transport_->fd(), events, 0},
                            pollfd{stop_event_.fd(), POLLIN, 0}};
  while (true) {
    const auto left =
        std::chrono::ceil<milliseconds>(patience.until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return deadline_exceeded("context deadline exceeded");
    const int timeout = static_cast<int>(std::min<int64_t>(left.count(), 1 << 30));
    const int ready = poll(fds.data(), fds.size(), timeout);
    if (ready < 0 && errno != EINTR) return errno_status(errno, "poll");
    if (patience.stop.stop_requested()) return cancelled("context canceled");
    if (ready > 0 && fds[0].revents != 0) return ok_status();
  }
}

Status DirectConnection::flush(const Patience& patience) {
  while (true) {
    session_.produce(&out_, kOutputTarget);
    if (out_.empty()) return ok_status();
    size_t done = 0;
    while (done < out_.size()) {
      const Io io = transport_->write(out_.data() + done, out_.size() - done);
      if (io.state == IoState::kFailed) return transport_->failure();
      if (io.state == IoState::kWantRead) {
        TBL_TRY(wait_ready(POLLIN, patience));
      } else if (io.state != IoState::kDone) {
        // A server that does not take our bytes may wait for us to take its own.
        TBL_TRY(wait_ready(POLLIN | POLLOUT, patience));
        bool some = false;
        TBL_TRY(read_available(&some));
      }
      done += io.bytes;
    }
    out_.clear();
  }
}

Status DirectConnection::read_available(bool* some) {
  std::string& buffer = read_buffer();
  while (true) {
    const Io io = transport_->read(buffer.data(), buffer.size());
    if (io.state == IoState::kWantRead || io.state == IoState::kWantWrite) return ok_status();
    if (io.state == IoState::kFailed) return transport_->failure();
    if (io.state == IoState::kClosed) return unavailable("connection closed by the peer");
    *some = true;
    TBL_TRY(session_.on_input({buffer.data(), io.bytes}));
    if (io.bytes < buffer.size() && !transport_->has_buffered()) return ok_status();
  }
}

bool DirectConnection::still_stands() {
  bool some = false;
  fit_ = fit_ && read_available(&some).ok();
  return fit_for_more();
}

Status DirectConnection::submit(const std::shared_ptr<Answer>& answer, const std::string& path,
                                const Patience& patience) {
  const std::string timeout = format_timeout(patience.until - std::chrono::steady_clock::now());
  HeaderList list;
  RequestHeaders{path, authority_, options_.tls.enabled(), false, timeout}.add_to(&list);
  return session_.submit_request(list, answer);
}

Result<std::string> DirectConnection::call(const std::string& path, std::string request,
                                           const Patience& patience) {
  const std::stop_callback on_stop(patience.stop, [this] {
    const uint64_t one = 1;
    // The only possible failure is a counter that is full, and then poll() returns anyway.
    if (write(stop_event_.fd(), &one, sizeof one) < 0) return;
  });
  auto answer = std::make_shared<Answer>(session_, options_.max_receive_message_bytes);
  answer->out().push_message(std::move(request), false);
  answer->out().close();
  Status status = submit(answer, path, patience);
  while (status.ok() && !answer->over()) {
    status = flush(patience);
    if (status.ok() && !answer->over()) status = wait_ready(POLLIN, patience);
    bool some = false;
    if (status.ok()) status = read_available(&some);
  }
  if (answer->over()) {
    // A call that was cut off would go on in the connection.
    if (!status.ok() || session_.stream_count() > 0) fit_ = false;
    return answer->take();
  }
  fit_ = false;
  if (status.code() == StatusCode::kUnavailable) return status.wrap(address_);
  return status;
}

}  // namespace tbl::rpc
