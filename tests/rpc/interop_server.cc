// A server of tbl_rpc for test_rpc_interop.py: prints "port <n>" and runs until its stdin ends.
//   rpc_interop_server [<ca> <cert> <key>]
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "rpc/server.h"

using namespace tbl;
using namespace tbl::rpc;

namespace {

/// Answers each message with itself.
class Echo : public CallHandler {
 public:
  explicit Echo(ServerCallPtr call) : call_(std::move(call)) {
    call_->add_header("x-kind", "echo");
  }
  void on_message(std::string message) override { call_->send(std::move(message)); }
  void on_half_close() override { call_->finish(ok_status()); }

 private:
  const ServerCallPtr call_;
};

/// The request is a number n: answers "0" to "n-1".
class Count : public CallHandler {
 public:
  explicit Count(ServerCallPtr call) : call_(std::move(call)) {}
  void on_message(std::string message) override {
    int n = atoi(message.c_str());
    for (int i = 0; i < n; ++i) call_->send(std::to_string(i));
  }
  void on_half_close() override { call_->finish(ok_status()); }

 private:
  const ServerCallPtr call_;
};

/// Answers the number of bytes of all requests.
class Sum : public CallHandler {
 public:
  explicit Sum(ServerCallPtr call) : call_(std::move(call)) {}
  void on_message(std::string message) override { bytes_ += message.size(); }
  void on_half_close() override {
    call_->send(std::to_string(bytes_));
    call_->finish(ok_status());
  }

 private:
  const ServerCallPtr call_;
  uint64_t bytes_ = 0;
};

/// Never answers.
class Silent : public CallHandler {
 public:
  void on_message(std::string) override {}
};

void add_grpc(Server& server) {
  auto echo = [](const CallInfo&, std::string request, const UnaryReply& reply) {
    reply(ok_status(), std::move(request));
  };
  server.add_unary("/interop.Test/Echo", Run::kLoop, echo);
  server.add_unary("/interop.Test/Pool", Run::kPool, echo);
  server.add_unary("/interop.Test/Fail", Run::kLoop,
                   [](const CallInfo&, std::string request, const UnaryReply& reply) {
                     reply(failed_precondition(std::move(request)), "");
                   });
  server.add_unary("/interop.Test/Metadata", Run::kLoop,
                   [](const CallInfo& info, const std::string&, const UnaryReply& reply) {
                     std::string text;
                     for (const auto& [name, value] : info.metadata)
                       text += name + "=" + value + "\n";
                     reply(ok_status(), text);
                   });
  server.add_stream("/interop.Test/Stream",
                    [](ServerCallPtr call) { return std::make_unique<Echo>(std::move(call)); });
  server.add_stream("/interop.Test/Count",
                    [](ServerCallPtr call) { return std::make_unique<Count>(std::move(call)); });
  server.add_stream("/interop.Test/Sum",
                    [](ServerCallPtr call) { return std::make_unique<Sum>(std::move(call)); });
  server.add_stream("/interop.Test/Silent",
                    [](const ServerCallPtr&) { return std::make_unique<Silent>(); });
}

void add_http(Server& server) {
  server.add_http("GET", "/status", [](const HttpRequest&) {
    HttpResponse response;
    response.content_type = "application/json";
    response.body = "{\"ok\":true}\n";
    return response;
  });
  server.add_http("PUT", "/state/{node}/{action}", [](const HttpRequest& request) {
    HttpResponse response;
    response.body = request.params[0] + " " + request.params[1] + " " + request.query.at("q");
    return response;
  });
  server.add_http("POST", "/echo", [](const HttpRequest& request) {
    HttpResponse response;
    response.body = request.body;
    return response;
  });
}

int run(const ServerOptions& options) {
  Server server(options);
  add_grpc(server);
  add_http(server);
  Status status = server.listen("127.0.0.1:0");
  if (status.ok()) status = server.start();
  if (!status.ok()) {
    fprintf(stderr, "%s\n", status.to_string().c_str());
    return 1;
  }
  printf("port %d\n", server.port());
  fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  server.stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ServerOptions options;
  options.loop_threads = 2;
  if (argc == 4) {
    options.tls.ca_path = argv[1];
    options.tls.cert_path = argv[2];
    options.tls.key_path = argv[3];
  }
  return run(options);
}
