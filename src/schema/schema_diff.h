// What one schema version changed: the value of the meta key `Diff:<version>`.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/status.h"
#include "schema/job.h"

namespace tbl::schema {

/// Ids one action touched. RENAME: schema_id new, old_schema_id old. TRUNCATE: table_id new,
/// old_table_id old.
struct SchemaDiff {
  int64_t version = 0;
  ActionType type = ActionType::kNone;
  int64_t schema_id = 0;
  int64_t table_id = 0;
  int64_t old_table_id = 0;
  int64_t old_schema_id = 0;
  bool operator==(const SchemaDiff&) const = default;
};

Result<SchemaDiff> parse_schema_diff(Bytes json);
std::string write_schema_diff(const SchemaDiff& diff);

}  // namespace tbl::schema
