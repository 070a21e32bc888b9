#include "rpc/client_call.h"

#include "rpc/channel.h"
#include "rpc/grpc_headers.h"
#include "rpc/grpc_status.h"
#include "rpc/gzip.h"

namespace tbl::rpc {
namespace {

bool is_transport_header(Bytes name) {
  return name.empty() || name.starts_with(':') || name == "te" || name == "content-type" ||
         name == "user-agent" || name.starts_with("grpc-");
}

Metadata to_metadata(const HeaderBlock& headers) {
  Metadata out;
  for (size_t i = 0; i < headers.size(); ++i) {
    auto [name, value] = headers.field(i);
    if (!is_transport_header(name)) out.emplace_back(name, value);
  }
  return out;
}

}  // namespace

ClientCall::ClientCall(EventLoop* loop, std::shared_ptr<ChannelImpl> channel, std::string path,
                       const CallOptions& options)
    : LoopBound(loop),
      home_(loop),
      path_(std::move(path)),
      options_(options),
      created_(std::chrono::steady_clock::now()),
      channel_(std::move(channel)),
      inbound_(channel_->options().max_receive_message_bytes, this) {
  if (options_.piece_bytes > 0) inbound_.give_pieces_above(options_.piece_bytes);
  inbound_.share_up_to(options_.share_up_to);
}

ClientCall::~ClientCall() = default;

void ClientCall::start(std::unique_ptr<ClientHandler> handler) {
  handler_ = std::move(handler);
  schedule();
}

void ClientCall::start_unary(std::unique_ptr<ClientHandler> handler, std::string request) {
  push(std::move(request));
  out().close();
  start(std::move(handler));
}

void ClientCall::send(std::string message) {
  push(std::move(message));
  schedule();
}

void ClientCall::push(std::string message) {
  if (options_.gzip) {
    out().push_message(gzip_compress(message), true);
  } else {
    out().push_message(std::move(message), false);
  }
}

void ClientCall::half_close() {
  out().close();
  schedule();
}

void ClientCall::cancel() {
  cancelled_.store(true);
  schedule();
}

void ClientCall::set_reading(bool on) {
  inbound_.set_reading(on);
  if (on) schedule();
}

void ClientCall::abandon() {
  std::unique_ptr<ClientHandler> dropped;
  {
    std::lock_guard lock(callback_mutex_);
    dropped = std::move(handler_);
  }
  cancel();
}

void ClientCall::on_scheduled() {
  if (over_) return;
  if (cancelled_.load()) return end_locally(cancelled("context canceled"));
  if (!started_) return begin();
  if (session_ != nullptr) session_->resume(this);
  inbound_.resume();
}

void ClientCall::begin() {
  started_ = true;
  if (options_.timeout.count() > 0) {
    deadline_ = home_->at(created_ + options_.timeout, [this] {
      deadline_.reset();
      end_locally(deadline_exceeded("context deadline exceeded"));
    });
  }
  channel_->begin(std::static_pointer_cast<ClientCall>(shared_from_this()));
}

void ClientCall::submit(H2Session* session, const std::string& authority, bool tls) {
  std::string timeout;
  HeaderList list;
  if (options_.timeout.count() > 0) {
    timeout = format_timeout(created_ + options_.timeout - std::chrono::steady_clock::now());
  }
  RequestHeaders{path_, authority, tls, options_.gzip, timeout}.add_to(&list);
  for (const auto& [name, value] : options_.metadata) {
    if (!is_transport_header(name)) list.add_copied(name, value);
  }
  auto self = std::static_pointer_cast<ClientCall>(shared_from_this());
  Status status = session->submit_request(list, self);
  if (!status.ok()) return complete(status.wrap(authority));
  session_ = session;
}

void ClientCall::fail(const Status& why) { complete(why); }

void ClientCall::on_headers(const HeaderBlock& headers) {
  if (over_) return;
  Bytes http_status = headers.get(":status");
  if (http_status.starts_with('1')) return;
  if (!http_status.empty()) on_response(headers);
  if (http_status.empty() || headers.has("grpc-status")) on_trailers(headers);
}

void ClientCall::on_response(const HeaderBlock& headers) {
  status_ = refusal_of(headers);
  if (status_) return inbound_.discard();
  if (headers.get("grpc-encoding") == "gzip") inbound_.allow_gzip();
  Metadata metadata = to_metadata(headers);
  std::lock_guard lock(callback_mutex_);
  if (handler_ != nullptr) handler_->on_headers(metadata);
}

void ClientCall::on_trailers(const HeaderBlock& headers) {
  if (headers.has("grpc-status")) {
    status_ = status_from_trailers(headers.get("grpc-status"), headers.get("grpc-message"));
  }
  trailers_ = to_metadata(headers);
}

void ClientCall::on_end() {
  ended_ = true;
  inbound_.on_end();
}

Status ClientCall::final_status() const {
  if (status_) return *status_;
  return internal_error("server closed the stream without sending trailers");
}

void ClientCall::on_close(uint32_t h2_error) {
  H2Session* session = session_;
  session_ = nullptr;
  // After the end only messages that the user does not read yet are outstanding.
  if (over_ || ended_) return;
  if (status_) return complete(*status_);
  const auto& reason = session == nullptr ? std::nullopt : session->close_reason();
  complete(reason ? channel_->unavailable_because(*reason) : status_from_reset(h2_error));
}

void ClientCall::on_inbound_message(std::string message) {
  std::lock_guard lock(callback_mutex_);
  if (handler_ != nullptr && !over_) handler_->on_message(std::move(message));
}

void ClientCall::on_inbound_pieces(std::span<MessagePiece> pieces) {
  std::lock_guard lock(callback_mutex_);
  if (handler_ != nullptr && !over_) handler_->on_pieces(pieces);
}

void ClientCall::on_inbound_end() { complete(final_status()); }

void ClientCall::on_inbound_error(const Status& error) {
  if (ended_ && status_ && !status_->ok()) return complete(*status_);
  end_locally(error);
}

void ClientCall::on_inbound_consumed(size_t n) {
  if (session_ != nullptr) session_->consume(this, n);
}

void ClientCall::end_locally(const Status& why) {
  if (over_) return;
  if (session_ != nullptr) {
    session_->reset(this, NGHTTP2_CANCEL);
  } else if (started_) {
    channel_->forget(this);
  }
  complete(why);
}

void ClientCall::complete(const Status& status) {
  if (over_) return;
  over_ = true;
  // The channel may hold the last reference besides this one.
  auto keep = shared_from_this();
  if (deadline_) home_->cancel(*deadline_);
  deadline_.reset();
  out().abandon();
  inbound_.stop();
  detach();
  channel_.reset();
  std::lock_guard lock(callback_mutex_);
  if (handler_ != nullptr) handler_->on_over(status, trailers_);
}

}  // namespace tbl::rpc
