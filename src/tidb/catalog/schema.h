// All databases and tables as statements see them at one schema version.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "schema/schema_diff.h"
#include "schema/table_info.h"
#include "tidb/catalog/meta.h"

namespace tbl::tidb {

/// A database with its tables, views and sequences.
struct Database {
  schema::DbInfoPtr info;
  std::map<std::string, schema::TableInfoPtr, std::less<>> tables;  ///< by lower-case name
};

/// Immutable; shared by any threads through shared_ptr<const Schema>. Holds public objects only: a
/// table being created or dropped is not there. Columns and indexes of every state are (a writer
/// must keep them), see TableInfo::public_columns.
///
/// Names are looked up without regard to case.
class Schema {
 public:
  Schema() = default;

  int64_t version() const { return version_; }

  /// Null when there is none.
  const Database* database(std::string_view name) const;
  const Database* database_by_id(int64_t db_id) const;
  /// Sorted by lower-case name.
  std::vector<const Database*> databases() const;

  /// Null when there is none (or no such database).
  schema::TableInfoPtr table(std::string_view db, std::string_view table) const;
  struct TableRef {
    const Database* database = nullptr;  ///< valid as long as the Schema
    schema::TableInfoPtr table;
    explicit operator bool() const { return table != nullptr; }
  };
  /// By table id or by the id of one of its partitions.
  TableRef table_by_id(int64_t id) const;

 private:
  friend class SchemaBuilder;
  int64_t version_ = 0;
  std::map<std::string, std::shared_ptr<const Database>, std::less<>> databases_;
  std::unordered_map<int64_t, std::string> database_names_;  ///< id -> lower-case name
  struct Place {
    int64_t db_id = 0;
    std::string name;  ///< lower-case
  };
  std::unordered_map<int64_t, Place> places_;  ///< of tables and partitions
};

using SchemaPtr = std::shared_ptr<const Schema>;

/// Everything the transaction behind `meta` sees.
Result<SchemaPtr> load_schema(MetaReader& meta);
/// `schema` with the change of one version, reading the changed objects from `meta`.
/// Error: kFailedPrecondition when `diff` is not of the version after the schema's.
Result<SchemaPtr> apply_diff(const Schema& schema, const schema::SchemaDiff& diff,
                             MetaReader& meta);
/// Ids of tables (and their partitions) that a transaction may not have used across this change.
std::vector<int64_t> changed_tables(const Schema& before, const Schema& after,
                                    const schema::SchemaDiff& diff);

}  // namespace tbl::tidb
