// Databases and tables as TiKV held them at one ts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "schema/meta_reader.h"
#include "schema/packed_text.h"
#include "schema/table_info.h"

namespace tbl::schema {

/// A table known by name; the JSON is parsed when the table is first used.
struct SnapshotTable {
  int64_t schema_id = 0;
  TableHeader header;
  PackedText json;
};

struct SchemaSnapshot {
  int64_t schema_version = 0;  ///< SchemaVersionKey; 0 where the key does not exist
  std::vector<DbInfoPtr> databases;
  std::vector<SnapshotTable>
      tables;  ///< of every state: a table being dropped still has rows to come
};

/// Reads the snapshot. The caller keeps `ts` from being garbage collected.
Result<SchemaSnapshot> load_snapshot(MetaReader& reader, uint64_t ts);

}  // namespace tbl::schema
