#include "servers.h"

#include <grpcpp/grpcpp.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "base/stop.h"
#include "echo.grpc.pb.h"
#include "rpc/server.h"

namespace {

long cpu_microseconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000L + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

void answer_stdin(int port) {
  printf("port %d\n", port);
  fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) == 1) {
    printf("%ld\n", cpu_microseconds());
    fflush(stdout);
  }
}

std::string encoded_payload() {
  bench::Payload payload;
  payload.set_data(std::string(kPullBytes, 'p'));
  return payload.SerializeAsString();
}

class PullOurs : public tbl::rpc::CallHandler {
 public:
  explicit PullOurs(tbl::rpc::ServerCallPtr call)
      : sender_("pull", [call = std::move(call)] {
          const std::string message = encoded_payload();
          while (!call->over()) {
            call->send(message);
            call->wait_writable(4 << 20, std::chrono::seconds(1));
          }
        }) {}
  void on_message(std::string) override {}

 private:
  tbl::Thread sender_;
};

class EchoGrpcpp : public bench::Echo::CallbackService {
  grpc::ServerUnaryReactor* Call(grpc::CallbackServerContext* context, const bench::Payload*,
                                 bench::Nothing*) override {
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerWriteReactor<bench::Payload>* Pull(grpc::CallbackServerContext*,
                                                 const bench::Nothing*) override {
    class Reactor : public grpc::ServerWriteReactor<bench::Payload> {
     public:
      Reactor() {
        payload_.set_data(std::string(kPullBytes, 'p'));
        StartWrite(&payload_);
      }
      void OnWriteDone(bool ok) override {
        if (ok) {
          StartWrite(&payload_);
        } else {
          Finish(grpc::Status::CANCELLED);
        }
      }
      void OnDone() override { delete this; }

     private:
      bench::Payload payload_;
    };
    return new Reactor();
  }
};

}  // namespace

int serve_ours() {
  using namespace tbl::rpc;
  Server server{ServerOptions{}};
  server.add_unary("/bench.Echo/Call", Run::kLoop,
                   [](const CallInfo&, const std::string& request, const UnaryReply& reply) {
                     // What a real handler does at least: look at the message.
                     bench::Payload payload;
                     bool good = payload.ParseFromString(request);
                     reply(good ? tbl::ok_status() : tbl::invalid_argument("payload"), "");
                   });
  server.add_stream("/bench.Echo/Pull",
                    [](ServerCallPtr call) { return std::make_unique<PullOurs>(std::move(call)); });
  if (!server.listen("127.0.0.1:0").ok() || !server.start().ok()) return 1;
  answer_stdin(server.port());
  server.stop();
  return 0;
}

int serve_grpcpp() {
  EchoGrpcpp service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  answer_stdin(port);
  server->Shutdown(std::chrono::system_clock::now());
  return 0;
}
