// A text file that grows: a log.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/status.h"

namespace tbl {

/// Appends to a file; when it has grown to its size it is renamed to "<name>-<time>.<ext>" and a
/// new one begun. Rotated files are never deleted. Any thread. A write that fails is lost in
/// silence: nobody is left to tell.
class RotatingFile {
 public:
  RotatingFile() = default;
  /// Writes to a descriptor of others, without rotation, until open().
  explicit RotatingFile(int fd) : fd_(fd) {}
  ~RotatingFile();
  RotatingFile(const RotatingFile&) = delete;
  RotatingFile& operator=(const RotatingFile&) = delete;

  /// Error: the file cannot be opened; what was open stays so.
  Status open(const std::string& path, uint64_t max_bytes);
  void write(std::string_view text);

 private:
  Status open_path(const std::string& path);
  void rotate();

  std::mutex mutex_;
  int fd_ = -1;
  std::string path_;  ///< empty: the descriptor is not ours
  uint64_t bytes_ = 0;
  uint64_t max_bytes_ = 0;
};

}  // namespace tbl
