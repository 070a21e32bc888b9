// The relay files of a directory: binlog-<16 digits>-<time of creation>, numbered without a gap.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/env.h"

namespace tbl::relay {

struct RelayFile {
  uint64_t index = 0;
  std::string name;
};

/// In order; other names are left out. Error, kDataLoss: "binlogger: content is corruption", a
/// number is missing.
Result<std::vector<RelayFile>> list_files(Env& env, const std::string& dir);

/// Of a file that is made now.
std::string file_name(uint64_t index);

/// Gives the payloads of all files, from the first to the last. One thread. A copy goes on from
/// where this one stands.
class RelayReader {
 public:
  RelayReader(const RelayReader& other);
  RelayReader(RelayReader&& other) noexcept;
  RelayReader& operator=(RelayReader other) noexcept;
  ~RelayReader();

  static Result<RelayReader> open(Env& env, std::string dir);

  /// The next record; nothing at the end. `is_new_file` (may be null): it is the first of its file.
  /// A record that is cut off is the end in the last file, else an error. Errors name the file. The
  /// bytes are valid until the next call, or as long as a copy stands in the same file.
  Result<std::optional<Bytes>> next(bool* is_new_file);

 private:
  class Impl;
  explicit RelayReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tbl::relay
