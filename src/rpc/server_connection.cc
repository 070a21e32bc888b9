#include "rpc/server_connection.h"

#include "base/log.h"
#include "rpc/grpc_status.h"
#include "rpc/http1_session.h"
#include "rpc/http_exchange.h"

namespace tbl::rpc {
namespace {

constexpr Bytes kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

}  // namespace

ServerConnection::ServerConnection(EventLoop* loop, std::unique_ptr<Transport> transport,
                                   const Services* services, std::string peer)
    : Connection(loop, std::move(transport)), services_(services), peer_(std::move(peer)) {
  start_identify_timer();
}

ServerConnection::~ServerConnection() { stop_identify_timer(); }

void ServerConnection::start_identify_timer() {
  auto timeout = services_->options().identify_timeout;
  if (timeout.count() == 0) return;
  identify_timer_ = loop()->at(std::chrono::steady_clock::now() + timeout, [this] {
    identify_timer_.reset();
    close(deadline_exceeded("no request"));
  });
}

void ServerConnection::stop_identify_timer() {
  if (identify_timer_) loop()->cancel(*identify_timer_);
  identify_timer_.reset();
}

Status ServerConnection::on_first_input(Bytes data) {
  first_bytes_.append(data);
  size_t n = std::min(first_bytes_.size(), kPreface.size());
  if (Bytes(first_bytes_).substr(0, n) == kPreface.substr(0, n)) {
    if (n < kPreface.size()) return ok_status();
    auto session = std::make_unique<H2Session>(H2Session::Side::kServer, this);
    h2_ = session.get();
    protocol_ = std::move(session);
    stop_identify_timer();
  } else {
    protocol_ = std::make_unique<Http1Session>(loop(), services_, peer_, [this](bool got_request) {
      if (got_request) stop_identify_timer();
      schedule_flush();
    });
  }
  std::string first = std::move(first_bytes_);
  return protocol_->on_input(first);
}

void ServerConnection::on_gone(const Status& why) {
  stop_identify_timer();
  if (handshaking()) log_warn("TLS handshake failed", {{"peer", peer_}, {"error", why}});
  log_debug("connection closed", {{"peer", peer_}, {"why", why}});
  if (on_gone_) on_gone_(this);
}

void ServerConnection::drain() {
  draining_ = true;
  if (h2_ != nullptr) {
    h2_->go_away();
  } else if (protocol_ == nullptr) {
    close(unavailable("server is stopping"));
  } else {
    static_cast<Http1Session*>(protocol_.get())->drain();
  }
}

std::shared_ptr<H2Stream> ServerConnection::on_request(int32_t, const HeaderBlock& headers) {
  if (draining_) return nullptr;
  switch (classify_content_type(headers.get("content-type"))) {
    case ContentType::kGrpc:
      served_ = true;
      return on_grpc_request(headers);
    case ContentType::kOther:
      served_ = true;
      return HttpExchange::create(loop(), h2_, services_, headers, peer_);
    case ContentType::kGrpcUnknown:
      break;
  }
  if (served_) return HttpExchange::refuse(loop(), h2_, 415);
  drop(invalid_argument("not a content type this port takes"));
  return nullptr;
}

std::shared_ptr<H2Stream> ServerConnection::on_grpc_request(const HeaderBlock& headers) {
  auto call =
      std::make_shared<GrpcServerCall>(loop(), h2_, services_->options().max_receive_message_bytes);
  Status status = call->accept(headers, peer_);
  if (headers.get(":method") != "POST") status = internal_error("gRPC needs POST");
  if (status.ok()) {
    services_->begin(call);
  } else {
    call->refuse(status);
  }
  return call;
}

}  // namespace tbl::rpc
