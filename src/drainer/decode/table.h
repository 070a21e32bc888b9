// A table as rows are decoded by and applied to: one version of its schema and what its missing
// columns hold.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "codec/arena.h"
#include "codec/datum.h"
#include "codec/time_zone.h"
#include "schema/table_info.h"

namespace tbl::decode {

/// Immutable, so any thread may use it for as long as it holds a TablePtr. Made by the tracking
/// station, once per version of a table; rows of many transactions share it.
class Table {
 public:
  /// `info` is the newest known form: rows are decoded by it. `written` is the form under which the
  /// rows were written, where known (else null): its columns tell the origin defaults. `zone` is
  /// where a TIMESTAMP default of a very old column (version 0), which is not in UTC, comes from.
  static std::shared_ptr<const Table> make(std::string schema_name, schema::TableInfoPtr info,
                                           const schema::TableInfo* written,
                                           const codec::TimeZone& zone = {});

  const std::string& schema_name() const { return schema_name_; }
  const std::string& name() const { return info_->name.o; }
  const schema::TableInfo& info() const { return *info_; }
  const schema::TableInfoPtr& info_ptr() const { return info_; }
  /// "`db`.`table`", for errors and logs.
  const std::string& quoted_name() const { return quoted_name_; }
  /// What a column that a row lacks holds, by position in info().columns: the origin default, or
  /// NULL, or for NOT NULL the zero value of its type. Points into this object.
  std::span<const codec::Datum> defaults() const { return defaults_; }

  /// What decoding a value needs to know of its column, by position.
  struct Slot {
    int64_t id = 0;
    codec::DatumKind kind = codec::DatumKind::kAbsent;  ///< of the column's values, NULL apart
    bool is_public = false;
  };
  std::span<const Slot> slots() const { return slots_; }

 private:
  Table() = default;

  std::string schema_name_;
  std::string quoted_name_;
  schema::TableInfoPtr info_;
  codec::Arena arena_;
  std::vector<codec::Datum> defaults_;
  std::vector<Slot> slots_;
};

using TablePtr = std::shared_ptr<const Table>;

}  // namespace tbl::decode
