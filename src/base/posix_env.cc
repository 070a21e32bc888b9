// Env on the machine's disk.
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/env.h"

namespace tbl {
namespace {

Status last_error(std::string_view verb, const std::string& path) {
  return errno_status(errno, std::string(verb) + " " + path);
}

/// Repeats a system call that a signal interrupted.
template <typename Call>
auto retry(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// A file descriptor with its path, closed at the end.
class Fd {
 public:
  Fd(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { (void)close(); }

  /// Never repeated: after EINTR Linux has closed the descriptor.
  Status close() {
    if (fd_ < 0) return ok_status();
    int result = ::close(fd_);
    fd_ = -1;
    return result == 0 || errno == EINTR ? ok_status() : last_error("close", path_);
  }
  int get() const { return fd_; }
  const std::string& path() const { return path_; }

 private:
  int fd_;
  std::string path_;
};

/// Pieces as writev() wants them, at most kBatch per call.
class IoVectors {
 public:
  static constexpr size_t kBatch = 512;

  explicit IoVectors(const std::vector<Bytes>& pieces) {
    for (Bytes piece : pieces) {
      if (!piece.empty()) vectors_.push_back({const_cast<char*>(piece.data()), piece.size()});
    }
  }
  bool done() const { return next_ == vectors_.size(); }
  const iovec* data() const { return &vectors_[next_]; }
  int count() const { return static_cast<int>(std::min(kBatch, vectors_.size() - next_)); }

  void advance(size_t n) {
    while (n > 0) {
      iovec& front = vectors_[next_];
      size_t step = std::min(n, front.iov_len);
      front.iov_base = static_cast<char*>(front.iov_base) + step;
      front.iov_len -= step;
      n -= step;
      if (front.iov_len == 0) ++next_;
    }
  }

 private:
  std::vector<iovec> vectors_;
  size_t next_ = 0;
};

class PosixWritableFile final : public WritableFile {
 public:
  PosixWritableFile(int fd, std::string path, uint64_t size)
      : fd_(fd, std::move(path)), size_(size) {}

  Status append(const std::vector<Bytes>& pieces) override {
    for (IoVectors vectors(pieces); !vectors.done();) {
      // While O_APPEND is on, the end of the file counts, not this place.
      const auto at = static_cast<off_t>(size_);
      ssize_t n = retry([&] { return ::pwritev(fd_.get(), vectors.data(), vectors.count(), at); });
      if (n < 0) return last_error("write", fd_.path());
      size_ += static_cast<uint64_t>(n);
      vectors.advance(static_cast<size_t>(n));
    }
    return ok_status();
  }
  Status sync() override {
    return retry([&] { return ::fdatasync(fd_.get()); }) == 0 ? ok_status()
                                                              : last_error("sync", fd_.path());
  }
  Status rewrite(uint64_t offset, Bytes data) override {
    TBL_TRY(leave_append_mode());
    while (!data.empty()) {
      const auto at = static_cast<off_t>(offset);
      ssize_t n = retry([&] { return ::pwrite(fd_.get(), data.data(), data.size(), at); });
      if (n < 0) return last_error("write", fd_.path());
      offset += static_cast<uint64_t>(n);
      data.remove_prefix(static_cast<size_t>(n));
    }
    return ok_status();
  }
  void reserve(uint64_t bytes) override {
    if (!leave_append_mode().ok()) return;
    (void)::fallocate(fd_.get(), 0, static_cast<off_t>(size_), static_cast<off_t>(bytes));
  }
  Status truncate(uint64_t size) override {
    if (retry([&] { return ::ftruncate(fd_.get(), static_cast<off_t>(size)); }) != 0) {
      return last_error("truncate", fd_.path());
    }
    size_ = size;
    return ok_status();
  }
  Status close() override { return fd_.close(); }
  uint64_t size() const override { return size_; }

 private:
  Status leave_append_mode() {
    const int flags = ::fcntl(fd_.get(), F_GETFL);
    const bool left = flags >= 0 && ::fcntl(fd_.get(), F_SETFL, flags & ~O_APPEND) == 0;
    return left ? ok_status() : last_error("leave append mode of", fd_.path());
  }

  Fd fd_;
  uint64_t size_;
};

class PosixRandomAccessFile final : public RandomAccessFile {
 public:
  PosixRandomAccessFile(int fd, std::string path) : fd_(fd, std::move(path)) {}

  Result<size_t> read(uint64_t offset, size_t n, char* buffer) const override {
    size_t done = 0;
    while (done < n) {
      auto at = static_cast<off_t>(offset + done);
      ssize_t got = retry([&] { return ::pread(fd_.get(), buffer + done, n - done, at); });
      if (got < 0) return last_error("read", fd_.path());
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }
  Result<uint64_t> size() const override {
    struct stat info {};
    if (::fstat(fd_.get(), &info) != 0) return last_error("stat", fd_.path());
    return static_cast<uint64_t>(info.st_size);
  }

 private:
  Fd fd_;
};

class PosixFileLock final : public FileLock {
 public:
  PosixFileLock(int fd, const std::string& path) : fd_(fd, path) {}

 private:
  Fd fd_;  // closing it gives the lock back
};

Status make_dir(const std::string& dir, uint32_t mode) {
  if (::mkdir(dir.c_str(), mode) == 0) return ok_status();
  int error = errno;
  struct stat info {};
  if (error == EEXIST && ::stat(dir.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return ok_status();
  }
  return errno_status(error, "create directory " + dir);
}

class PosixEnv final : public Env {
 public:
  Result<std::unique_ptr<WritableFile>> open_append(const std::string& path,
                                                    uint32_t mode) override {
    TBL_ASSIGN(int fd, open_fd(path, O_WRONLY | O_CREAT | O_APPEND, mode));
    struct stat info {};
    if (::fstat(fd, &info) != 0) {
      Status status = last_error("stat", path);
      ::close(fd);
      return status;
    }
    return std::unique_ptr<WritableFile>(
        std::make_unique<PosixWritableFile>(fd, path, static_cast<uint64_t>(info.st_size)));
  }

  Result<std::unique_ptr<RandomAccessFile>> open_read(const std::string& path) override {
    TBL_ASSIGN(int fd, open_fd(path, O_RDONLY, 0));
    return std::unique_ptr<RandomAccessFile>(std::make_unique<PosixRandomAccessFile>(fd, path));
  }

  Result<std::vector<std::string>> list(const std::string& dir) override {
    std::unique_ptr<DIR, int (*)(DIR*)> handle(::opendir(dir.c_str()), ::closedir);
    if (!handle) return last_error("list", dir);
    std::vector<std::string> names;
    errno = 0;
    while (dirent* entry = ::readdir(handle.get())) {
      std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(std::move(name));
    }
    if (errno != 0) return last_error("list", dir);
    std::sort(names.begin(), names.end());
    return names;
  }

  Status create_dirs(const std::string& dir, uint32_t mode) override {
    for (size_t slash = dir.find('/', 1); slash != dir.npos; slash = dir.find('/', slash + 1)) {
      TBL_TRY(make_dir(dir.substr(0, slash), mode));
    }
    return make_dir(dir, mode);
  }

  Status remove(const std::string& path) override {
    return ::unlink(path.c_str()) == 0 ? ok_status() : last_error("remove", path);
  }

  Status rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) == 0) return ok_status();
    return last_error("rename", from + " to " + to);
  }

  Status sync_dir(const std::string& dir) override {
    TBL_ASSIGN(int fd, open_fd(dir, O_RDONLY | O_DIRECTORY, 0));
    Fd owner(fd, dir);
    return retry([&] { return ::fsync(fd); }) == 0 ? ok_status() : last_error("sync", dir);
  }

  bool exists(const std::string& path) override { return ::access(path.c_str(), F_OK) == 0; }

  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    TBL_ASSIGN(int fd, open_fd(path, O_RDWR | O_CREAT, 0600));
    auto lock = std::make_unique<PosixFileLock>(fd, path);
    if (retry([&] { return ::flock(fd, LOCK_EX | LOCK_NB); }) != 0) {
      if (errno == EWOULDBLOCK) return failed_precondition(path + ": file already locked");
      return last_error("lock", path);
    }
    return std::unique_ptr<FileLock>(std::move(lock));
  }

  Result<DiskSpace> disk_space(const std::string& dir) override {
    struct statvfs info {};
    if (retry([&] { return ::statvfs(dir.c_str(), &info); }) != 0) return last_error("statfs", dir);
    uint64_t block = info.f_frsize;
    return DiskSpace{info.f_blocks * block, info.f_bavail * block};
  }

 private:
  static Result<int> open_fd(const std::string& path, int flags, uint32_t mode) {
    int fd = retry([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); });
    if (fd < 0) return last_error("open", path);
    return fd;
  }
};

}  // namespace

Env& posix_env() {
  static PosixEnv env;
  return env;
}

}  // namespace tbl
