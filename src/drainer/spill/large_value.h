// The rows of a transaction (a PrewriteValue) that lie in a file.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/status.h"
#include "codec/prewrite_value.h"
#include "spill/file_fields.h"

namespace tbl::spill {

/// Where a TableMutation is.
struct LargeMutation {
  int64_t table_id = 0;
  uint64_t row_count = 0;
  uint64_t end = 0;
  /// First entry of inserted, updated, deleted rows and of the sequence; `end` where there is none.
  std::array<uint64_t, 4> from = {};
};

/// Immutable after parse(); any thread. Holds a few words per table in memory.
class LargeValue {
 public:
  /// Walks over the message once and checks every bound. `file` is sealed; `range` is the
  /// message. Errors: kDataLoss.
  static Result<std::shared_ptr<const LargeValue>> parse(std::unique_ptr<SpillFile> file,
                                                         FileRange range);

  int64_t schema_version() const { return schema_version_; }
  const std::vector<LargeMutation>& mutations() const { return mutations_; }
  uint64_t bytes() const { return range_.size(); }
  const SpillFile& file() const { return *file_; }

  /// Walks over the rows of one table. One thread; `value` must live longer.
  class Rows {
   public:
    Rows(const LargeValue& value, const LargeMutation& mutation);
    /// False at the end. `row` is good until the next call. Errors: as codec::TableMutation::Rows.
    Result<bool> next(codec::MutationType* type, Bytes* row);

   private:
    Result<bool> next_type(uint64_t* type);

    FileFields sequence_;
    FileWindow packed_window_;
    FileRange packed_;
    std::array<FileFields, 3> rows_;
  };

 private:
  LargeValue(std::unique_ptr<SpillFile> file, FileRange range)
      : file_(std::move(file)), range_(range) {}
  Status index();
  Result<LargeMutation> index_mutation(FileRange message) const;

  const std::unique_ptr<SpillFile> file_;
  const FileRange range_;
  int64_t schema_version_ = 0;
  std::vector<LargeMutation> mutations_;
};

}  // namespace tbl::spill
