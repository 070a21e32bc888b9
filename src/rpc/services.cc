#include "rpc/services.h"

#include <algorithm>

namespace tbl::rpc {

/// Collects the one message of a unary call and hands it to its handler.
class Services::UnaryCall : public CallHandler {
 public:
  UnaryCall(std::shared_ptr<GrpcServerCall> call, const Unary* method, WorkerPool* pool)
      : call_(std::move(call)), method_(method), pool_(pool) {}

  void on_message(std::string message) override {
    if (has_request_) return call_->finish(internal_error("more than one request in a unary call"));
    has_request_ = true;
    request_ = std::move(message);
  }

  void on_piece(MessagePiece piece) override {
    if (!large_ && piece.last && !piece.compressed) return on_message(std::move(piece.bytes));
    if (has_request_) return call_->finish(internal_error("more than one request in a unary call"));
    if (!large_) large_ = method_->large(call_);
    has_request_ = piece.last;
    large_->add(std::move(piece));
  }

  void on_half_close() override {
    if (!has_request_) return call_->finish(internal_error("no request in a unary call"));
    auto reply = [call = call_](const Status& status, std::string message) {
      call->reply(status, std::move(message));
    };
    if (large_) return large_->finish(std::move(reply));
    if (method_->run == Run::kLoop) {
      method_->handler(call_->info(), std::move(request_), std::move(reply));
      return;
    }
    pool_->submit([call = call_, method = method_, request = std::move(request_),
                   reply = std::move(reply)]() mutable {
      method->handler(call->info(), std::move(request), std::move(reply));
    });
  }

 private:
  const std::shared_ptr<GrpcServerCall> call_;
  const Unary* const method_;
  WorkerPool* const pool_;
  std::string request_;
  bool has_request_ = false;
  std::unique_ptr<LargeRequest> large_;
};

void Services::add_unary(std::string path, Run run, UnaryHandler handler) {
  unary_[std::move(path)] = Unary{run, std::move(handler)};
}

void Services::add_large_unary(std::string path, UnaryHandler handler, uint64_t large_bytes,
                               LargeRequestFactory large) {
  unary_[std::move(path)] = Unary{Run::kLoop, std::move(handler), large_bytes, std::move(large)};
}

void Services::add_stream(std::string path, StreamHandlerFactory factory) {
  streams_[std::move(path)] = std::move(factory);
}

void Services::add_prefix(std::string prefix, StreamHandlerFactory factory) {
  prefixes_.emplace_back(std::move(prefix), std::move(factory));
}

void Services::begin(const std::shared_ptr<GrpcServerCall>& call) const {
  const std::string& path = call->info().path;
  if (auto unary = unary_.find(path); unary != unary_.end()) {
    if (unary->second.large) call->take_pieces_above(unary->second.large_bytes);
    return call->set_handler(std::make_unique<UnaryCall>(call, &unary->second, pool_));
  }
  const StreamHandlerFactory* factory = nullptr;
  if (auto stream = streams_.find(path); stream != streams_.end()) factory = &stream->second;
  for (const auto& [prefix, proxy] : prefixes_) {
    if (factory == nullptr && path.starts_with(prefix)) factory = &proxy;
  }
  if (factory == nullptr) return call->refuse(unknown(path));
  call->set_handler((*factory)(call));
}

Status Services::unknown(const std::string& path) const {
  size_t slash = path.rfind('/');
  if (path.empty() || path[0] != '/' || slash == 0) {
    return unimplemented("malformed method name: \"" + path + "\"");
  }
  std::string service = path.substr(1, slash - 1);
  auto of_service = [&](const auto& entry) { return entry.first.starts_with("/" + service + "/"); };
  bool known = std::any_of(unary_.begin(), unary_.end(), of_service) ||
               std::any_of(streams_.begin(), streams_.end(), of_service);
  if (!known) return unimplemented("unknown service " + service);
  return unimplemented("unknown method " + path.substr(slash + 1) + " for service " + service);
}

void Services::answer(const std::string& target, HttpRequest request,
                      std::shared_ptr<HttpReplier> replier) const {
  HttpResponse refusal;
  const HttpHandler* handler = http_.route(target, &request, &refusal);
  if (handler == nullptr) return replier->reply(std::move(refusal));
  pool_->submit([handler, request = std::move(request), replier = std::move(replier)] {
    replier->reply((*handler)(request));
  });
}

}  // namespace tbl::rpc
