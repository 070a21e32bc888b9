// The yardstick of bench/pump.py for groups: a server on the same rpc that appends the bytes of
// every call to a file as they are, group by group, and answers after fdatasync. Two threads, no
// checks, no checksums, nothing sorted: what a bare loop does when the same client has to feed it.
// /metrics counts its groups as pump's does.
//
//   sync_server <address> <directory>
#include <fcntl.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "rpc/metrics_http.h"
#include "rpc/server.h"

namespace tbl {
namespace {

constexpr uint64_t kReservedBytes = 16 << 20;

class Appender {
 public:
  Appender(rpc::Server& server, const std::string& directory)
      : server_(server), fd_(open((directory + "/appended").c_str(), O_CREAT | O_WRONLY, 0600)) {}

  void add(std::string bytes, rpc::UnaryReply reply) {
    bool wake = false;
    {
      std::lock_guard lock(mutex_);
      wake = waiting_.bytes.empty();
      waiting_.bytes += bytes;
      waiting_.replies.push_back(std::move(reply));
    }
    if (wake) filled_.notify_one();
  }

  [[noreturn]] void run() {
    while (true) {
      Group group;
      {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [&] { return !waiting_.bytes.empty(); });
        std::swap(group, waiting_);
      }
      const Status status = write(group.bytes);
      sizes_.observe(static_cast<double>(group.bytes.size()));
      server_.execute([status, replies = std::move(group.replies)] {
        for (const rpc::UnaryReply& reply : replies) reply(status, "");
      });
    }
  }

 private:
  struct Group {
    std::string bytes;
    std::vector<rpc::UnaryReply> replies;
  };

  Status write(const std::string& bytes) {
    const uint64_t end = size_ + bytes.size();
    if (end > reserved_) {
      reserved_ = end + kReservedBytes;
      (void)fallocate(fd_, 0, static_cast<off_t>(size_), static_cast<off_t>(reserved_ - size_));
    }
    const ssize_t n = pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
    if (n != static_cast<ssize_t>(bytes.size()) || fdatasync(fd_) != 0) {
      return errno_status(errno, "append");
    }
    size_ = end;
    return ok_status();
  }

  rpc::Server& server_;
  const int fd_;
  uint64_t size_ = 0;
  uint64_t reserved_ = 0;
  std::mutex mutex_;
  std::condition_variable filled_;
  Group waiting_;
  Histogram& sizes_ = metrics().histogram("binlog_pump_storage_write_binlog_size", "As pump's.",
                                          {1024.0}, {{"type", "batch"}});
};

Status serve(const std::string& address, const std::string& directory) {
  rpc::Server server({});
  Appender appender(server, directory);
  server.add_unary("/binlog.Pump/WriteBinlog", rpc::Run::kLoop,
                   [&](const rpc::CallInfo&, std::string request, rpc::UnaryReply reply) {
                     appender.add(std::move(request), std::move(reply));
                   });
  rpc::add_metrics_paths(server);
  TBL_TRY(server.listen(address));
  TBL_TRY(server.start());
  appender.run();
}

}  // namespace
}  // namespace tbl

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: sync_server <address> <directory>\n");
    return 2;
  }
  const tbl::Status status = tbl::serve(argv[1], argv[2]);
  std::fprintf(stderr, "sync_server: %s\n", status.to_string().c_str());
  return 1;
}
