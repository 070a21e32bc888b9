// From a table id in the stream to the table as its rows are decoded by.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "drainer/decode/decoder.h"
#include "drainer/router.h"
#include "schema/tracker.h"

namespace tbl::drainer {

/// Looks tables up in the schema as of now and remembers the answer until the schema moves. One
/// thread, that of the schema tracker.
class TableTrack {
 public:
  TableTrack(schema::SchemaTracker& schema, const Router& router)
      : schema_(schema), router_(router) {}

  struct Resolved {
    decode::TablePtr table;  ///< null: no row is for us
    bool may_append_default = false;
    RowKinds ignored_rows = kNoRows;  ///< dropped after decoding
  };

  /// How to decode rows that were written under schema version `version`. No row is for us when the
  /// table is filtered, was truncated or dropped since, or is TiDB's own. Error: "not found table
  /// id: <id>", or the table cannot be understood.
  Result<Resolved> resolve(int64_t table_id, int64_t version);

  /// Whoever holds a table resolved between two such calls shares one count of owners with all that
  /// hold one from there: the table's own would be fought for by all threads.
  void begin_batch();

  /// After a DDL: names, columns and marks may have changed.
  void forget() { known_.clear(); }

 private:
  struct Known {
    int64_t written_version = 0;
    decode::TablePtr table;
    schema::TableInfoPtr written;
    bool may_append_default = false;
    RowKinds ignored_rows = kNoRows;
    uint64_t kept_by = 0;  ///< number of the last batch that keeps `table`
  };
  /// Keeps its tables alive; complete before another thread sees it.
  struct Batch {
    std::vector<decode::TablePtr> tables;
  };
  decode::TablePtr kept(Known& known) const;
  Result<Known*> look_up(int64_t table_id, int64_t version);
  Result<decode::TablePtr> make_table(int64_t table_id, const schema::TableInfoPtr& written,
                                      RowKinds* ignored_rows);

  schema::SchemaTracker& schema_;
  const Router& router_;
  int64_t schema_version_ = 0;  ///< of the schema that known_ was looked up in
  std::unordered_map<int64_t, Known> known_;
  std::shared_ptr<Batch> batch_;  ///< null: no batch has begun
  uint64_t batch_number_ = 0;
};

/// A table as it is called downstream.
decode::TablePtr routed_table(const Router& router, const schema::SchemaAndTable& names,
                              schema::TableInfoPtr info, const schema::TableInfo* written);

}  // namespace tbl::drainer
