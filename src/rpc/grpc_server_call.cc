#include "rpc/grpc_server_call.h"

#include "rpc/grpc_status.h"
#include "rpc/gzip.h"

namespace tbl::rpc {
namespace {

bool is_transport_header(Bytes name) {
  return name.starts_with(':') || name == "te" || name == "content-type" ||
         name.starts_with("grpc-");
}

/// Fields of a status; `code` and `text` keep the bytes alive.
void add_status(const Status& status, std::string* code, std::string* text, HeaderList* list) {
  *code = std::to_string(static_cast<int>(status.code()));
  list->add("grpc-status", *code);
  if (status.message().empty()) return;
  *text = percent_encode(status.message());
  list->add("grpc-message", *text);
}

}  // namespace

GrpcServerCall::GrpcServerCall(EventLoop* loop, H2Session* session, uint64_t max_message_bytes)
    : LoopBound(loop), home_(loop), session_(session), inbound_(max_message_bytes, this) {}

std::shared_ptr<GrpcServerCall> GrpcServerCall::self() {
  return std::static_pointer_cast<GrpcServerCall>(shared_from_this());
}

Status GrpcServerCall::accept(const HeaderBlock& headers, const std::string& peer) {
  info_.path = headers.get(":path");
  info_.peer = peer;
  Bytes encoding;
  Bytes timeout;
  for (size_t i = 0; i < headers.size(); ++i) {
    auto [name, value] = headers.field(i);
    if (name == "grpc-encoding") encoding = value;
    if (name == "grpc-timeout") timeout = value;
    if (!is_transport_header(name)) info_.metadata.emplace_back(name, value);
  }
  if (encoding == "gzip") {
    gzip_ = true;
    inbound_.allow_gzip();
  } else if (!encoding.empty() && encoding != "identity") {
    return unimplemented("grpc: Decompressor is not installed for grpc-encoding \"" +
                         std::string(encoding) + "\"");
  }
  if (timeout.empty()) return ok_status();
  auto parsed = parse_timeout(timeout);
  if (!parsed) return internal_error("malformed grpc-timeout: " + std::string(timeout));
  set_deadline(*parsed);
  return ok_status();
}

void GrpcServerCall::set_deadline(std::chrono::nanoseconds timeout) {
  // Beyond ten years the clock would overflow, and nobody waits that long.
  constexpr auto kForever = std::chrono::hours(24 * 3650);
  if (timeout > kForever) return;
  auto when = std::chrono::steady_clock::now() + timeout;
  deadline_ = home_->at(when, [this] {
    deadline_.reset();
    on_deadline();
  });
}

void GrpcServerCall::on_deadline() {
  why_over_ = deadline_exceeded("context deadline exceeded");
  over_.store(true);
  finish(*why_over_);
  if (!headers_sent_ || out().pending_bytes() == 0) return;
  // Messages that the client does not take stand before the trailers: cut the stream.
  session_->reset(this, NGHTTP2_CANCEL);
}

void GrpcServerCall::push(std::string message) {
  if (gzip_) {
    out().push_message(gzip_compress(message), true);
  } else {
    out().push_message(std::move(message), false);
  }
}

void GrpcServerCall::send(std::string message) {
  if (over()) return;
  push(std::move(message));
  schedule();
}

void GrpcServerCall::send(MessageBatch batch) {
  if (over() || batch.empty()) return;
  std::string frames = batch.take();
  if (gzip_) {
    for (Bytes left = frames; !left.empty();) push(std::string(next_of_batch(&left)));
  } else {
    out().push(std::move(frames));
  }
  schedule();
}

void GrpcServerCall::send(std::unique_ptr<MessageSource> message) {
  if (over()) return;
  out().push_message(std::move(message));
  schedule();
}

void GrpcServerCall::add_header(std::string name, std::string value) {
  std::lock_guard lock(mutex_);
  headers_.emplace_back(std::move(name), std::move(value));
}

void GrpcServerCall::close_output(const Status& status) {
  {
    std::lock_guard lock(mutex_);
    if (status_) return;
    status_ = status;
  }
  out().close();
  schedule();
}

void GrpcServerCall::finish(const Status& status) { close_output(status); }

void GrpcServerCall::reply(const Status& status, std::string message) {
  if (status.ok() && !over()) push(std::move(message));
  close_output(status);
}

uint64_t GrpcServerCall::pending_bytes() const {
  return const_cast<GrpcServerCall*>(this)->out().pending_bytes();
}

bool GrpcServerCall::wait_writable(uint64_t limit, std::chrono::milliseconds timeout) {
  if (over() || out().pending_bytes() < limit) return !over();
  return out().wait_below(limit, timeout) && !over();
}

void GrpcServerCall::set_reading(bool on) {
  inbound_.set_reading(on);
  if (on) schedule();
}

void GrpcServerCall::refuse(const Status& status) {
  inbound_.stop();
  finish(status);
}

void GrpcServerCall::on_scheduled() {
  if (closed_) return;
  if (headers_sent_) {
    if (!trailers_sent_) session_->resume(this);
  } else if (out().available(1) > 0) {
    send_headers();
  } else {
    std::unique_lock lock(mutex_);
    if (status_) send_trailers_only(*status_);
  }
  inbound_.resume();
}

void GrpcServerCall::send_headers() {
  headers_sent_ = true;
  HeaderList list;
  list.add_static(":status", "200");
  list.add_static("content-type", "application/grpc");
  if (gzip_) list.add_static("grpc-encoding", "gzip");
  std::lock_guard lock(mutex_);
  for (const auto& [name, value] : headers_) list.add_copied(name, value);
  session_->submit_response(this, list, false);
}

void GrpcServerCall::send_trailers_only(const Status& status) {
  headers_sent_ = true;
  trailers_sent_ = true;
  std::string code;
  std::string text;
  HeaderList list;
  list.add_static(":status", "200");
  list.add_static("content-type", "application/grpc");
  for (const auto& [name, value] : headers_) list.add_copied(name, value);
  add_status(status, &code, &text, &list);
  session_->submit_response(this, list, true);
}

bool GrpcServerCall::submit_trailers() {
  trailers_sent_ = true;
  std::string code;
  std::string text;
  HeaderList list;
  std::lock_guard lock(mutex_);
  add_status(*status_, &code, &text, &list);
  session_->submit_trailers(this, list);
  return true;
}

void GrpcServerCall::on_inbound_message(std::string message) {
  if (handler_ != nullptr && !over()) handler_->on_message(std::move(message));
}

void GrpcServerCall::on_inbound_piece(MessagePiece piece) {
  if (handler_ != nullptr && !over()) handler_->on_piece(std::move(piece));
}

void GrpcServerCall::on_inbound_end() {
  if (handler_ != nullptr && !over()) handler_->on_half_close();
}

void GrpcServerCall::on_inbound_error(const Status& error) {
  why_over_ = error;
  finish(error);
}

void GrpcServerCall::on_inbound_consumed(size_t n) { session_->consume(this, n); }

void GrpcServerCall::on_close(uint32_t h2_error) {
  closed_ = true;
  over_.store(true);
  if (deadline_) home_->cancel(*deadline_);
  deadline_.reset();
  out().abandon();
  inbound_.stop();
  detach();
  if (handler_ == nullptr) return;
  bool in_full = trailers_sent_ && h2_error == 0;
  handler_->on_over(why_over_ ? *why_over_ : in_full ? ok_status() : cancelled("context canceled"));
  handler_.reset();
}

}  // namespace tbl::rpc
