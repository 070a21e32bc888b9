// dropped.log: the start ts of transactions proven dropped since the last snapshot.
//
//   record: start ts u64 | CRC-32C of it u32, little endian
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/env.h"
#include "base/status.h"

namespace tbl::pump {

/// One thread.
class DroppedLog {
 public:
  DroppedLog(Env& env, std::string path) : env_(env), path_(std::move(path)) {}

  /// What is in the file; a damaged record ends it. A missing file is empty.
  Result<std::vector<uint64_t>> read();
  /// Durable when it returns ok. After an error none of them counts; call again.
  Status append(const std::vector<uint64_t>& start_ts);
  /// Forgets everything, after a snapshot.
  Status clear();

 private:
  Status open();

  Env& env_;
  const std::string path_;
  std::unique_ptr<WritableFile> file_;
  uint64_t size_ = 0;  ///< bytes that are durable
};

constexpr size_t kDroppedRecordBytes = 12;

std::string encode_dropped(const std::vector<uint64_t>& start_ts);
std::vector<uint64_t> decode_dropped(Bytes data);

}  // namespace tbl::pump
