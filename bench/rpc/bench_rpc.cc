// Calls per second and server CPU per call: our server beside a callback server of grpc++, under
// the same load (our client, one connection), in turn. The CPU time is getrusage() of the server's
// process.
//   bench_rpc [<seconds per run>] [<runs of each>]
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

#include "rpc/client.h"
#include "servers.h"

using namespace tbl;
using namespace tbl::rpc;

namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t kMessageBytes = 512;

/// A server in a process of its own.
class ServerProcess {
 public:
  explicit ServerProcess(const char* which) {
    int in[2];
    int out[2];
    if (pipe(in) != 0 || pipe(out) != 0) abort();
    pid_ = fork();
    if (pid_ == 0) {
      dup2(in[0], STDIN_FILENO);
      dup2(out[1], STDOUT_FILENO);
      for (int fd : {in[0], in[1], out[0], out[1]}) close(fd);
      execl("/proc/self/exe", "bench_rpc", "--serve", which, nullptr);
      _exit(127);
    }
    close(in[0]);
    close(out[1]);
    to_ = in[1];
    from_ = fdopen(out[0], "r");
    if (fscanf(from_, "port %d", &port_) != 1) abort();
  }
  ~ServerProcess() {
    close(to_);
    fclose(from_);
    waitpid(pid_, nullptr, 0);
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  long cpu_microseconds() {
    long value = 0;
    if (write(to_, "x", 1) != 1 || fscanf(from_, "%ld", &value) != 1) abort();
    return value;
  }

 private:
  pid_t pid_ = 0;
  int to_ = -1;
  FILE* from_ = nullptr;
  int port_ = 0;
};

struct Figures {
  double per_second;
  double cpu_microseconds;
};

/// Keeps `in_flight` unary calls open: a slot whose call is over starts the next one.
class Load {
 public:
  Load(Channel* channel, size_t in_flight) : channel_(channel), slots_(in_flight) {
    std::string data(kMessageBytes, 'd');
    request_ = std::string("\x0a", 1) + static_cast<char>((kMessageBytes & 0x7f) | 0x80) +
               static_cast<char>(kMessageBytes >> 7) + data;
  }

  uint64_t run(Clock::time_point until) {
    uint64_t calls = 0;
    for (size_t i = 0; i < slots_.size(); ++i) start(i);
    std::vector<size_t> done;
    size_t open = slots_.size();
    while (open > 0) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !done_.empty(); });
        done.swap(done_);
      }
      bool goes_on = Clock::now() < until;
      for (size_t slot : done) {
        ++calls;
        slots_[slot].reset();
        if (goes_on) start(slot);
      }
      if (!goes_on) open -= done.size();
      done.clear();
    }
    return calls;
  }

 private:
  class Handler : public ClientHandler {
   public:
    Handler(Load* load, size_t slot) : load_(load), slot_(slot) {}
    void on_message(std::string) override {}
    void on_over(const Status& status, const Metadata&) override {
      if (!status.ok()) {
        fprintf(stderr, "%s\n", status.to_string().c_str());
        abort();
      }
      std::lock_guard lock(load_->mutex_);
      load_->done_.push_back(slot_);
      load_->changed_.notify_one();
    }

   private:
    Load* const load_;
    const size_t slot_;
  };

  void start(size_t slot) {
    slots_[slot] =
        channel_->open_async("/bench.Echo/Call", std::make_unique<Handler>(this, slot), {});
    slots_[slot]->send(request_);
    slots_[slot]->half_close();
  }

  Channel* const channel_;
  std::string request_;
  std::vector<std::unique_ptr<AsyncCall>> slots_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<size_t> done_;
};

Figures measure_calls(const char* which, size_t in_flight, double seconds) {
  ServerProcess server(which);
  ClientRuntime runtime;
  auto channel = runtime.channel(server.address());
  auto length = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  Load(channel.get(), in_flight).run(Clock::now() + length / 5);
  long before = server.cpu_microseconds();
  auto start = Clock::now();
  uint64_t calls = Load(channel.get(), in_flight).run(start + length);
  double taken = std::chrono::duration<double>(Clock::now() - start).count();
  auto cpu = static_cast<double>(server.cpu_microseconds() - before);
  return {static_cast<double>(calls) / taken, cpu / static_cast<double>(calls)};
}

/// Per MiB instead of per call.
Figures measure_stream(const char* which, double seconds) {
  ServerProcess server(which);
  ClientRuntime runtime;
  auto channel = runtime.channel(server.address());
  auto stream = channel->open("/bench.Echo/Pull");
  if (!stream->send("").ok()) abort();
  stream->half_close();
  for (int i = 0; i < 16; ++i) (void)stream->receive();
  long before = server.cpu_microseconds();
  auto start = Clock::now();
  double bytes = 0;
  double taken = 0;
  while (taken < seconds) {
    auto message = stream->receive();
    if (!message.ok()) abort();
    bytes += static_cast<double>((*message)->size());
    taken = std::chrono::duration<double>(Clock::now() - start).count();
  }
  auto cpu = static_cast<double>(server.cpu_microseconds() - before);
  double mib = bytes / (1 << 20);
  return {mib / taken, cpu / mib};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

template <typename Measure>
void print_row(const std::string& name, int runs, const Measure& measure) {
  std::vector<double> rate[2];
  std::vector<double> cpu[2];
  for (int i = 0; i < runs; ++i) {
    for (int which = 0; which < 2; ++which) {
      Figures f = measure(which == 0 ? "ours" : "grpcpp");
      rate[which].push_back(f.per_second);
      cpu[which].push_back(f.cpu_microseconds);
    }
  }
  printf("| %-28s | %10.0f | %10.0f | %8.1f | %8.1f | %5.1f |\n", name.c_str(), median(rate[0]),
         median(rate[1]), median(cpu[0]), median(cpu[1]), median(cpu[1]) / median(cpu[0]));
  fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && strcmp(argv[1], "--serve") == 0) {
    return strcmp(argv[2], "ours") == 0 ? serve_ours() : serve_grpcpp();
  }
  double seconds = argc > 1 ? atof(argv[1]) : 3;
  int runs = argc > 2 ? atoi(argv[2]) : 3;
  printf("| %-28s | %10s | %10s | %8s | %8s | %5s |\n", "load", "ours /s", "grpc++ /s", "ours us",
         "grpc++us", "ratio");
  printf("|%s|\n", std::string(86, '-').c_str());
  for (size_t in_flight : {1, 16, 128}) {
    print_row("unary 512 B, " + std::to_string(in_flight) + " in flight", runs,
              [&](const char* which) { return measure_calls(which, in_flight, seconds); });
  }
  print_row("stream 256 KiB, per MiB", runs,
            [&](const char* which) { return measure_stream(which, seconds); });
  return 0;
}
