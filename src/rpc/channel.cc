#include "rpc/channel.h"

#include <algorithm>

#include "rpc/client_stream.h"
#include "rpc/tls_transport.h"

namespace tbl::rpc {
namespace {

constexpr auto kFirstBackoff = std::chrono::milliseconds(10);
constexpr auto kMaxBackoff = std::chrono::milliseconds(300);

}  // namespace

ChannelImpl::ChannelImpl(EventLoop* loop, WorkerPool* resolver, std::string address,
                         ChannelOptions options)
    : loop_(loop),
      resolver_(resolver),
      address_(std::move(address)),
      options_(std::move(options)) {}

ChannelImpl::~ChannelImpl() {
  if (timer_) loop_->cancel(*timer_);
  if (connection_ != nullptr) retired_.push_back(std::move(connection_));
  for (auto& connection : retired_) {
    connection->disown();
    connection->close(cancelled("channel closed"));
    loop_->discard(std::move(connection));
  }
}

Result<std::string> ChannelImpl::call(const std::string& path, std::string request,
                                      const CallOptions& options) {
  auto call = std::make_shared<ClientCall>(loop_, shared_from_this(), path, options);
  return unary_call(call, std::move(request));
}

std::unique_ptr<ClientStream> ChannelImpl::open(const std::string& path,
                                                const CallOptions& options) {
  return make_client_stream(std::make_shared<ClientCall>(loop_, shared_from_this(), path, options));
}

std::unique_ptr<AsyncCall> ChannelImpl::open_async(const std::string& path,
                                                   std::unique_ptr<ClientHandler> handler,
                                                   const CallOptions& options) {
  return make_async_call(std::make_shared<ClientCall>(loop_, shared_from_this(), path, options),
                         std::move(handler));
}

Status ChannelImpl::unavailable_because(const Status& why) const {
  return unavailable(address_ + ": " + why.message());
}

std::string ChannelImpl::authority() const { return is_unix(address_) ? "localhost" : address_; }

void ChannelImpl::begin(std::shared_ptr<ClientCall> call) {
  if (connection_ != nullptr && connection_->usable()) return submit(call);
  waiting_.push_back(std::move(call));
  want_connection();
}

void ChannelImpl::submit(const std::shared_ptr<ClientCall>& call) {
  call->submit(connection_->session(), authority(), options_.tls.enabled());
  connection_->call_began();
}

void ChannelImpl::forget(ClientCall* call) {
  std::erase_if(waiting_, [call](const auto& entry) { return entry.get() == call; });
}

void ChannelImpl::want_connection() {
  if (attempting_ || timer_) return;
  auto now = std::chrono::steady_clock::now();
  if (now >= not_before_) return resolve_and_connect();
  timer_ = loop_->at(not_before_, [this] {
    timer_.reset();
    if (!waiting_.empty()) resolve_and_connect();
  });
}

void ChannelImpl::resolve_and_connect() {
  retire_connection();
  attempting_ = true;
  timer_ = loop_->at(std::chrono::steady_clock::now() + options_.connect_timeout, [this] {
    timer_.reset();
    connect_failed(deadline_exceeded("no connection after " +
                                     std::to_string(options_.connect_timeout.count()) + " ms"));
  });
  last_error_ = unavailable("no address");
  if (is_unix(address_)) {
    auto path = unix_address(address_);
    if (!path.ok()) return connect_failed(path.status());
    candidates_ = {*path};
    return try_next();
  }
  if (auto numeric = resolve(address_, false, true); numeric.ok()) {
    candidates_ = *numeric;
    return try_next();
  }
  // Name servers may take their time: not on the loop.
  resolver_->submit([loop = loop_, weak = weak_from_this(), address = address_] {
    auto found =
        std::make_shared<Result<std::vector<SocketAddress>>>(resolve(address, false, false));
    loop->post([weak, found] {
      auto self = weak.lock();
      if (self == nullptr || !self->attempting_ || self->connection_ != nullptr) return;
      if (!found->ok()) return self->connect_failed(found->status());
      self->candidates_ = **found;
      self->try_next();
    });
  });
}

void ChannelImpl::try_next() {
  while (!candidates_.empty()) {
    SocketAddress address = candidates_.front();
    candidates_.erase(candidates_.begin());
    Status status = connect_to(address);
    if (status.ok()) return;
    last_error_ = status;
  }
  connect_failed(last_error_);
}

Status ChannelImpl::connect_to(const SocketAddress& address) {
  TBL_ASSIGN(Socket socket, begin_connect(address));
  std::unique_ptr<Transport> transport;
  if (options_.tls.enabled()) {
    std::string host;
    std::string port;
    if (!is_unix(address_)) TBL_TRY(split_host_port(address_, &host, &port));
    TBL_ASSIGN(transport, make_tls_client_transport(std::move(socket), options_.tls, host, "h2"));
  } else {
    transport = make_plain_transport(std::move(socket));
  }
  connection_ =
      std::make_unique<ClientConnection>(loop_, std::move(transport), options_.keepalive, this);
  Status status = connection_->open(true);
  if (!status.ok()) connection_.reset();
  return status;
}

void ChannelImpl::on_connected() {
  attempting_ = false;
  if (timer_) loop_->cancel(*timer_);
  timer_.reset();
  backoff_ = std::chrono::milliseconds(0);
  auto calls = std::move(waiting_);
  waiting_.clear();
  for (const auto& call : calls) submit(call);
}

void ChannelImpl::on_lost(ClientConnection* connection, const Status& why) {
  if (connection == connection_.get()) {
    loop_->discard(std::move(connection_));
    if (connection->established() || !attempting_) return;
    last_error_ = why;
    return try_next();
  }
  auto it = std::find_if(retired_.begin(), retired_.end(),
                         [&](const auto& entry) { return entry.get() == connection; });
  if (it == retired_.end()) return;
  loop_->discard(std::move(*it));
  retired_.erase(it);
}

void ChannelImpl::connect_failed(const Status& why) {
  attempting_ = false;
  candidates_.clear();
  if (timer_) loop_->cancel(*timer_);
  timer_.reset();
  if (connection_ != nullptr) {
    auto dying = std::move(connection_);
    dying->disown();
    dying->close(why);
    loop_->discard(std::move(dying));
  }
  backoff_ = std::clamp<std::chrono::milliseconds>(backoff_ * 2, kFirstBackoff, kMaxBackoff);
  not_before_ = std::chrono::steady_clock::now() + backoff_;
  Status status = unavailable("connect " + address_ + ": " + why.message());
  auto calls = std::move(waiting_);
  waiting_.clear();
  // The last call may hold the last reference to this channel.
  for (const auto& call : calls) call->fail(status);
}

void ChannelImpl::on_changed(ClientConnection* connection) {
  bool over = connection->session()->peer_went_away() && connection->session()->stream_count() == 0;
  if (over) connection->drop(unavailable("the server said GOAWAY"));
}

/// A connection that said GOAWAY makes room for the next one while its calls end.
void ChannelImpl::retire_connection() {
  if (connection_ != nullptr) retired_.push_back(std::move(connection_));
}

}  // namespace tbl::rpc
