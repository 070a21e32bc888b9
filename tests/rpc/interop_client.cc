// A client of tbl_rpc for test_rpc_interop.py: one call per run, its outcome in lines on stdout.
//   rpc_interop_client <address> unary <path> <bytes> [gzip] [<timeout ms>]
//   rpc_interop_client <address> stream <path> <messages> <bytes> [gzip]
// Messages consist of '0' to '9' in turn. Prints "ok <bytes received>" or "<code> <message>".
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "rpc/client.h"

using namespace tbl;
using namespace tbl::rpc;

namespace {

std::string make_message(size_t size) {
  std::string message(size, '0');
  for (size_t i = 0; i < size; ++i) message[i] = static_cast<char>('0' + i % 10);
  return message;
}

int report(const Status& status, uint64_t bytes) {
  if (status.ok()) {
    printf("ok %llu\n", static_cast<unsigned long long>(bytes));
  } else {
    printf("%d %s\n", static_cast<int>(status.code()), status.message().c_str());
  }
  return 0;
}

CallOptions call_options(int argc, char** argv, int first) {
  CallOptions options;
  options.metadata = {{"x-from", "c++"}};
  for (int i = first; i < argc; ++i) {
    if (strcmp(argv[i], "gzip") == 0) {
      options.gzip = true;
    } else {
      options.timeout = std::chrono::milliseconds(atoi(argv[i]));
    }
  }
  return options;
}

int unary(Channel& channel, int argc, char** argv) {
  std::string request = make_message(strtoul(argv[4], nullptr, 10));
  auto answer = channel.call(argv[3], request, call_options(argc, argv, 5));
  return report(answer.status(), answer.ok() ? answer->size() : 0);
}

int stream(Channel& channel, int argc, char** argv) {
  int count = atoi(argv[4]);
  std::string message = make_message(strtoul(argv[5], nullptr, 10));
  auto call = channel.open(argv[3], call_options(argc, argv, 6));
  std::thread sender([&] {
    for (int i = 0; i < count; ++i) {
      if (!call->send(message).ok()) return;
    }
    call->half_close();
  });
  uint64_t bytes = 0;
  Status status;
  while (true) {
    auto answer = call->receive();
    status = answer.status();
    if (!answer.ok() || !answer->has_value()) break;
    bytes += (*answer)->size();
    if (**answer != message) status = data_loss("not what was sent");
    if (!status.ok()) break;
  }
  call->cancel();
  sender.join();
  return report(status, bytes);
}

}  // namespace

int main(int argc, char** argv) {
  ClientRuntime runtime;
  if (argc < 5) return 2;
  auto channel = runtime.channel(argv[1]);
  if (strcmp(argv[2], "unary") == 0) return unary(*channel, argc, argv);
  if (strcmp(argv[2], "stream") == 0 && argc >= 6) return stream(*channel, argc, argv);
  return 2;
}
