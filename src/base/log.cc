#include "base/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "base/clock.h"

namespace tbl {
namespace {

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;  // nobody is left to tell
    text.remove_prefix(static_cast<size_t>(n));
  }
}

/// Splits "dir/pump.log" into "dir/pump" and ".log"; a dot in the directory or a leading one is
/// none.
std::pair<std::string, std::string> split_extension(const std::string& path) {
  size_t slash = path.rfind('/');
  size_t name = slash == path.npos ? 0 : slash + 1;
  size_t dot = path.rfind('.');
  if (dot == path.npos || dot <= name) return {path, ""};
  return {path.substr(0, dot), path.substr(dot)};
}

/// "<name>-2019-04-28T09-29-59.016.<ext>", local time.
std::string rotated_name(const std::string& path, int64_t unix_ms) {
  auto [stem, extension] = split_extension(path);
  auto seconds = static_cast<time_t>(unix_ms / 1000);
  tm local{};
  localtime_r(&seconds, &local);
  char stamp[64];
  size_t n = strftime(stamp, sizeof stamp, "%Y-%m-%dT%H-%M-%S", &local);
  snprintf(stamp + n, sizeof stamp - n, ".%03d", static_cast<int>(unix_ms % 1000));
  return stem + "-" + stamp + extension;
}

/// Where lines go. One per process, never destroyed: threads may log until the very end.
class LogSink {
 public:
  Status open(const LogOptions& options) {
    TBL_ASSIGN(LogLevel level, parse_log_level(options.level));
    std::lock_guard lock(mutex_);
    if (!options.file.empty()) TBL_TRY(open_file(options.file));
    max_bytes_ = options.max_file_bytes;
    level_ = level;
    return ok_status();
  }

  void write(std::string_view line) {
    std::lock_guard lock(mutex_);
    if (fd_ != STDOUT_FILENO && bytes_ > 0 && bytes_ + line.size() > max_bytes_) rotate();
    write_all(fd_, line);
    bytes_ += line.size();
  }

  LogLevel level() const { return level_; }

 private:
  Status open_file(const std::string& path) {
    int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) return errno_status(errno, "open log file " + path);
    struct stat info {};
    bytes_ = fstat(fd, &info) == 0 ? static_cast<uint64_t>(info.st_size) : 0;
    if (fd_ != STDOUT_FILENO) ::close(fd_);
    fd_ = fd;
    path_ = path;
    return ok_status();
  }

  /// On failure the old file goes on growing: a log too large is better than none.
  void rotate() {
    std::string target = rotated_name(path_, system_clock().unix_ms());
    if (::access(target.c_str(), F_OK) == 0) return;  // same millisecond: next line tries again
    if (::rename(path_.c_str(), target.c_str()) != 0) return;
    if (Status status = open_file(path_); !status.ok()) write_all(fd_, status.message() + "\n");
  }

  std::mutex mutex_;
  int fd_ = STDOUT_FILENO;
  std::string path_;
  uint64_t bytes_ = 0;
  uint64_t max_bytes_ = 0;
  std::atomic<LogLevel> level_{LogLevel::kInfo};
};

LogSink& sink() {
  static auto* instance = new LogSink;  // leaked on purpose, see LogSink
  return *instance;
}

}  // namespace

Status set_up_log(const LogOptions& options) { return sink().open(options); }

Result<LogLevel> parse_log_level(std::string_view text) {
  std::string lower;
  for (char c : text) lower += static_cast<char>(tolower(static_cast<unsigned char>(c)));
  if (lower == "debug") return LogLevel::kDebug;
  if (lower == "info") return LogLevel::kInfo;
  if (lower == "warn" || lower == "warning") return LogLevel::kWarn;
  if (lower == "error") return LogLevel::kError;
  if (lower == "fatal") return LogLevel::kFatal;
  return invalid_argument("unrecognized level: \"" + std::string(text) + "\"");
}

bool log_enabled(LogLevel level) { return level >= sink().level(); }

void log_at(LogLevel level, std::string_view message, LogFields fields,
            const std::source_location& where) {
  if (log_enabled(level)) log_always(level, message, fields, where);
}

void log_always(LogLevel level, std::string_view message, LogFields fields,
                const std::source_location& where) {
  sink().write(format_log_line(level, message, fields, where, system_clock().unix_ms()));
}

void log_fatal(std::string_view message, LogFields fields, const std::source_location& where) {
  log_at(LogLevel::kFatal, message, fields, where);
  std::_Exit(1);  // other threads may be running: no destructors under their feet
}

bool LogEvery::due() {
  auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                 system_clock().steady_now().time_since_epoch())
                 .count();
  int64_t next = next_ms_.load();
  return now >= next && next_ms_.compare_exchange_strong(next, now + interval_ms_);
}

}  // namespace tbl
