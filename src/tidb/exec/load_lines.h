// Text of LOAD DATA, taken apart into lines and fields.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "tidb/exec/dml.h"
#include "tidb/plan/dml_plan.h"

namespace tbl::tidb {

/// One field; nothing: NULL (written as \N, or as NULL without quotes where fields are enclosed).
using LoadField = std::optional<std::string>;

/// Reads an input line by line, by MySQL's rules of FIELDS and LINES. One thread.
class LoadLines {
 public:
  LoadLines(const LoadDataPlan::Format& format, LoadDataInput& input)
      : format_(format), input_(input) {}
  /// Skips the lines IGNORE n LINES names.
  Status start();
  /// The next line's fields; false at the end.
  Result<bool> next(std::vector<LoadField>* fields);

 private:
  /// Makes at least `count` bytes readable at `at_`, unless the input ends first.
  Status fill(size_t count);
  bool at(const std::string& text) const;
  Result<bool> skip_prefix();
  Status field(LoadField* out, bool* line_ends);
  Result<bool> ends_here(bool* line_ends);
  void unescape(std::string* text, bool* is_null);
  bool at_end() const { return at_ == buffer_.size() && input_done_; }

  const LoadDataPlan::Format& format_;
  LoadDataInput& input_;
  std::string buffer_;
  size_t at_ = 0;
  bool input_done_ = false;
};

}  // namespace tbl::tidb
