// The segments of the log: which exist, how long they are, what they hold; opens them for reading.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/env.h"
#include "base/status.h"
#include "pump/storage/place.h"

namespace tbl::pump {

/// Where a segment ends for its readers; moved by the writer.
using SegmentEnd = std::atomic<uint64_t>;

/// A segment opened for reading; stays readable after GC removed its name. What is being written,
/// or only reserved, stands behind its end. Any thread.
class SegmentFile {
 public:
  SegmentFile(uint32_t id, std::string path, std::unique_ptr<RandomAccessFile> file,
              std::shared_ptr<const SegmentEnd> end = std::make_shared<SegmentEnd>(UINT64_MAX))
      : id_(id), path_(std::move(path)), file_(std::move(file)), end_(std::move(end)) {}
  uint32_t id() const { return id_; }
  const std::string& path() const { return path_; }
  Result<size_t> read(uint64_t offset, size_t n, char* buffer) const {
    const uint64_t end = *end_;
    if (offset >= end) return size_t{0};
    return file_->read(offset, std::min<uint64_t>(n, end - offset), buffer);
  }

 private:
  const uint32_t id_;
  const std::string path_;
  const std::unique_ptr<RandomAccessFile> file_;
  const std::shared_ptr<const SegmentEnd> end_;  // of the SegmentSet's entry
};

struct SegmentInfo {
  uint32_t id = 0;
  uint64_t size = 0;  ///< bytes in the file, footer included; of the one being written, without
                      ///< what is reserved
  uint64_t max_ts =
      0;  ///< highest start or commit ts of its records; of a sealed one from its footer
  bool sealed = false;
};

/// All segments of value/. Any thread.
class SegmentSet {
 public:
  SegmentSet(Env& env, std::string dir) : env_(env), dir_(std::move(dir)) {}

  /// Lists the directory and reads the footers. max_ts of an unsealed segment stays 0. Names that
  /// are not NNNNNN.vlog are left alone.
  Status load();

  const std::string& dir() const { return dir_; }
  std::string path(uint32_t id) const;
  std::vector<SegmentInfo> list() const;
  uint64_t total_bytes() const;
  /// Adds or replaces.
  void set(const SegmentInfo& info);
  /// Forgets a segment; files already open stay readable. The caller removes the name.
  void forget(uint32_t id);

  /// NotFound: no such segment is known.
  Result<std::shared_ptr<const SegmentFile>> open(uint32_t id) const;

 private:
  struct Known {
    SegmentInfo info;
    std::shared_ptr<SegmentEnd> end = std::make_shared<SegmentEnd>(0);
  };
  void set_locked(const SegmentInfo& info);

  Env& env_;
  const std::string dir_;
  mutable std::mutex mutex_;
  std::map<uint32_t, Known> segments_;
  mutable std::deque<std::shared_ptr<const SegmentFile>>
      open_files_;  ///< the last used, newest first
};

}  // namespace tbl::pump
