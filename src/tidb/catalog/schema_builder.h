// Makes Schemas. For .cc files of this folder only.
#pragma once

#include "tidb/catalog/schema.h"

namespace tbl::tidb {

/// A Schema being put together, from nothing or from another one. Objects that are not public are
/// left out.
class SchemaBuilder {
 public:
  SchemaBuilder() : schema_(std::make_unique<Schema>()) {}
  explicit SchemaBuilder(const Schema& base) : schema_(std::make_unique<Schema>(base)) {}

  void set_version(int64_t version) { schema_->version_ = version; }
  /// Adds or replaces the database; its tables stay.
  void put_database(const schema::DbInfoPtr& info);
  void remove_database(int64_t db_id);
  /// Adds or replaces by id. The database must be there, else nothing happens.
  void put_table(int64_t db_id, const schema::TableInfoPtr& table);
  void remove_table(int64_t table_id);
  SchemaPtr finish() { return SchemaPtr(std::move(schema_)); }

 private:
  /// A copy of the database that belongs to this builder; null: no such database.
  Database* own(int64_t db_id);
  void forget_places(const schema::TableInfo& table);

  std::unique_ptr<Schema> schema_;
  std::map<int64_t, std::shared_ptr<Database>> owned_;
};

}  // namespace tbl::tidb
