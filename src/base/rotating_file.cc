#include "base/rotating_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

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

}  // namespace

RotatingFile::~RotatingFile() {
  if (!path_.empty()) ::close(fd_);
}

Status RotatingFile::open(const std::string& path, uint64_t max_bytes) {
  std::lock_guard lock(mutex_);
  TBL_TRY(open_path(path));
  max_bytes_ = max_bytes;
  return ok_status();
}

void RotatingFile::write(std::string_view text) {
  std::lock_guard lock(mutex_);
  if (!path_.empty() && bytes_ > 0 && bytes_ + text.size() > max_bytes_) rotate();
  write_all(fd_, text);
  bytes_ += text.size();
}

Status RotatingFile::open_path(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return errno_status(errno, "open log file " + path);
  struct stat info {};
  bytes_ = fstat(fd, &info) == 0 ? static_cast<uint64_t>(info.st_size) : 0;
  if (!path_.empty()) ::close(fd_);
  fd_ = fd;
  path_ = path;
  return ok_status();
}

/// On failure the old file goes on growing: a log too large is better than none.
void RotatingFile::rotate() {
  const std::string target = rotated_name(path_, system_clock().unix_ms());
  if (::access(target.c_str(), F_OK) == 0) return;  // same millisecond: next line tries again
  if (::rename(path_.c_str(), target.c_str()) != 0) return;
  const std::string path = path_;
  if (Status status = open_path(path); !status.ok()) write_all(fd_, status.message() + "\n");
}

}  // namespace tbl
