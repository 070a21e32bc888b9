// What a server offers: gRPC methods and the HTTP API. Filled before start(), then read by all
// loops.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "rpc/grpc_server_call.h"
#include "rpc/http_router.h"
#include "rpc/server.h"
#include "rpc/worker_pool.h"

namespace tbl::rpc {

/// Somebody who waits for the answer to an HTTP request. reply() once, from any thread.
class HttpReplier {
 public:
  virtual ~HttpReplier() = default;
  virtual void reply(HttpResponse response) = 0;
};

class Services {
 public:
  Services(const ServerOptions& options, WorkerPool* pool) : options_(options), pool_(pool) {}

  void add_unary(std::string path, Run run, UnaryHandler handler);
  void add_large_unary(std::string path, UnaryHandler handler, uint64_t large_bytes,
                       LargeRequestFactory large);
  void add_stream(std::string path, StreamHandlerFactory factory);
  void add_prefix(std::string prefix, StreamHandlerFactory factory);
  HttpRouter& http() { return http_; }
  const ServerOptions& options() const { return options_; }

  /// Gives the call the handler of its path, or refuses it as grpc-go does (kUnimplemented).
  void begin(const std::shared_ptr<GrpcServerCall>& call) const;
  /// Answers at once, or on a pool thread.
  void answer(const std::string& target, HttpRequest request,
              std::shared_ptr<HttpReplier> replier) const;

 private:
  struct Unary {
    Run run;
    UnaryHandler handler;
    uint64_t large_bytes = 0;
    LargeRequestFactory large{};  ///< empty: requests come whole
  };
  class UnaryCall;
  Status unknown(const std::string& path) const;

  const ServerOptions options_;
  WorkerPool* const pool_;
  std::unordered_map<std::string, Unary> unary_;
  std::unordered_map<std::string, StreamHandlerFactory> streams_;
  std::vector<std::pair<std::string, StreamHandlerFactory>> prefixes_;
  HttpRouter http_;
};

}  // namespace tbl::rpc
