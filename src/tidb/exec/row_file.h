// Rows in a temporary file: written once from front to end, then read from front to end.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "base/status.h"
#include "tidb/types/value.h"

namespace tbl::tidb {

/// Where such files are made.
inline constexpr char kTempDirectory[] = "/tmp";

/// The file has no name: it is gone when this object is, however the process ends. One thread.
class RowFile {
 public:
  static Result<std::unique_ptr<RowFile>> create(const std::string& directory);
  ~RowFile();
  RowFile(const RowFile&) = delete;
  RowFile& operator=(const RowFile&) = delete;

  Status add(const Row& row);
  /// Ends writing; next() gives the first row.
  Status rewind();
  /// False at the end.
  Result<bool> next(Row* row);

 private:
  explicit RowFile(std::FILE* file) : file_(file) {}
  std::FILE* file_;
  std::string buffer_;
};

/// Bytes of a value and back, exact for every kind. Only for memory and files of one process.
void append_value(std::string* out, const Value& v);
/// Takes a value from the front of `*in`; kDataLoss when it is cut short.
Result<Value> take_value(std::string_view* in);

}  // namespace tbl::tidb
