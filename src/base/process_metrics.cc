// What /proc says about this process.
#include <dirent.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "base/metrics.h"

namespace tbl {
namespace {

double seconds(const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * t.tv_usec; }

/// Sizes in pages: whole, resident.
struct Memory {
  unsigned long virtual_pages = 0;
  unsigned long resident_pages = 0;
};

Memory read_memory() {
  Memory memory;
  std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("/proc/self/statm", "re"), fclose);
  if (file && fscanf(file.get(), "%lu %lu", &memory.virtual_pages, &memory.resident_pages) != 2) {
    return {};
  }
  return memory;
}

int count_open_files() {
  std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir("/proc/self/fd"), closedir);
  int count = -3;  // ".", ".." and the handle itself
  while (dir && readdir(dir.get()) != nullptr) ++count;
  return count;
}

const time_t kStarted = time(nullptr);

std::string gauge(const char* name, const char* help, double value) {
  return fmt::format("# HELP {} {}\n# TYPE {} gauge\n{} {}\n", name, help, name, name, value);
}

}  // namespace

std::string expose_process_metrics() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  Memory memory = read_memory();
  auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  std::string out = fmt::format(
      "# HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.\n"
      "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total {}\n",
      seconds(usage.ru_utime) + seconds(usage.ru_stime));
  out += gauge("process_max_fds", "Maximum number of open file descriptors.",
               static_cast<double>(files.rlim_cur));
  out += gauge("process_open_fds", "Number of open file descriptors.", count_open_files());
  out += gauge("process_resident_memory_bytes", "Resident memory size in bytes.",
               page * static_cast<double>(memory.resident_pages));
  out += gauge("process_start_time_seconds", "Start time of the process since 1970 in seconds.",
               static_cast<double>(kStarted));
  out += gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.",
               page * static_cast<double>(memory.virtual_pages));
  return out;
}

}  // namespace tbl
