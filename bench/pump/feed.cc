// Reads a pump's feed as fast as it comes; and a server that streams messages of one size from
// memory, as the yardstick. One line of JSON each.
//
//   pump_feed pull <address> <cluster id> <offset> <messages>
//   pump_feed serve <address> <message bytes>      until it is killed
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "base/bytes.h"
#include "rpc/client.h"
#include "rpc/server.h"

namespace tbl {
namespace {

using Steady = std::chrono::steady_clock;
constexpr char kMethod[] = "/binlog.Pump/PullBinlogs";
constexpr uint64_t kPendingBytes = 4 << 20;

std::string pull_request(uint64_t cluster_id, uint64_t offset) {
  std::string position;
  put_uvarint(position, 2 << 3);
  put_uvarint(position, offset);
  std::string out;
  put_uvarint(out, 1 << 3);
  put_uvarint(out, cluster_id);
  put_uvarint(out, 2 << 3 | 2);
  put_uvarint(out, position.size());
  return out + position;
}

Status pull(const std::string& address, std::string request, uint64_t wanted) {
  rpc::ClientRuntime runtime;
  const auto call = runtime.channel(address)->open(kMethod);
  const auto begun = Steady::now();
  TBL_TRY(call->send(std::move(request)));
  uint64_t messages = 0;
  uint64_t bytes = 0;
  while (messages < wanted) {
    TBL_ASSIGN(const auto message, call->receive());
    if (!message) return unavailable("the stream ended after " + std::to_string(messages));
    ++messages;
    bytes += message->size();
  }
  const double seconds = std::chrono::duration<double>(Steady::now() - begun).count();
  fmt::print("{{\"messages\": {}, \"bytes\": {}, \"seconds\": {:.4f}}}\n", messages, bytes,
             seconds);
  return ok_status();
}

/// Sends the same message again and again, on a thread of its own, as feed does.
class Flood final : public rpc::CallHandler {
 public:
  Flood(rpc::ServerCallPtr call, size_t bytes)
      : call_(call), thread_([call, message = std::string(bytes, 'm')] {
          while (!call->over()) {
            if (call->wait_writable(kPendingBytes, std::chrono::seconds(1))) {
              call->send(std::string(message));
            }
          }
        }) {}
  ~Flood() override { thread_.join(); }
  void on_message(std::string) override {}

 private:
  const rpc::ServerCallPtr call_;
  std::thread thread_;
};

Status serve(const std::string& address, size_t bytes) {
  rpc::Server server({});
  server.add_stream(kMethod, [bytes](rpc::ServerCallPtr call) {
    return std::make_unique<Flood>(std::move(call), bytes);
  });
  TBL_TRY(server.listen(address));
  TBL_TRY(server.start());
  while (true) std::this_thread::sleep_for(std::chrono::hours(1));
}

}  // namespace
}  // namespace tbl

int main(int argc, char** argv) {
  const std::string kind = argc > 1 ? argv[1] : "";
  const auto number = [argv](int i) { return std::strtoull(argv[i], nullptr, 10); };
  tbl::Status status;
  if (kind == "pull" && argc == 6) {
    status = tbl::pull(argv[2], tbl::pull_request(number(3), number(4)), number(5));
  } else if (kind == "serve" && argc == 4) {
    status = tbl::serve(argv[2], number(3));
  } else {
    std::fprintf(stderr,
                 "usage: pump_feed pull <address> <cluster id> <offset> <messages> | "
                 "serve <address> <message bytes>\n");
    return 2;
  }
  if (status.ok()) return 0;
  std::fprintf(stderr, "pump_feed: %s\n", status.to_string().c_str());
  return 1;
}
