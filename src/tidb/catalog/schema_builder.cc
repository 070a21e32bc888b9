#include "tidb/catalog/schema_builder.h"

#include <fmt/format.h>

#include <set>

namespace tbl::tidb {

using schema::ActionType;
using schema::SchemaDiff;
using schema::SchemaState;

Database* SchemaBuilder::own(int64_t db_id) {
  if (auto it = owned_.find(db_id); it != owned_.end()) return it->second.get();
  auto name = schema_->database_names_.find(db_id);
  if (name == schema_->database_names_.end()) return nullptr;
  auto& slot = schema_->databases_[name->second];
  auto copy = std::make_shared<Database>(*slot);
  slot = copy;
  owned_[db_id] = copy;
  return copy.get();
}

void SchemaBuilder::put_database(const schema::DbInfoPtr& info) {
  if (info->state != SchemaState::kPublic) return remove_database(info->id);
  if (Database* db = own(info->id)) {
    db->info = info;
    return;
  }
  auto db = std::make_shared<Database>();
  db->info = info;
  owned_[info->id] = db;
  schema_->databases_[info->name.l] = db;
  schema_->database_names_[info->id] = info->name.l;
}

void SchemaBuilder::remove_database(int64_t db_id) {
  auto name = schema_->database_names_.find(db_id);
  if (name == schema_->database_names_.end()) return;
  auto it = schema_->databases_.find(name->second);
  for (const auto& [table_name, table] : it->second->tables) forget_places(*table);
  schema_->databases_.erase(it);
  schema_->database_names_.erase(name);
  owned_.erase(db_id);
}

void SchemaBuilder::forget_places(const schema::TableInfo& table) {
  schema_->places_.erase(table.id);
  if (!table.partition) return;
  for (const auto& definition : table.partition->definitions) {
    schema_->places_.erase(definition.id);
  }
}

void SchemaBuilder::remove_table(int64_t table_id) {
  auto place = schema_->places_.find(table_id);
  if (place == schema_->places_.end()) return;
  Database* db = own(place->second.db_id);
  auto it = db->tables.find(place->second.name);
  const schema::TableInfoPtr table = it->second;
  db->tables.erase(it);
  forget_places(*table);
}

void SchemaBuilder::put_table(int64_t db_id, const schema::TableInfoPtr& table) {
  remove_table(table->id);
  if (table->state != SchemaState::kPublic) return;
  Database* db = own(db_id);
  if (db == nullptr) return;
  db->tables[table->name.l] = table;
  const Schema::Place place{db_id, table->name.l};
  schema_->places_[table->id] = place;
  if (!table->partition) return;
  for (const auto& definition : table->partition->definitions) {
    schema_->places_[definition.id] = place;
  }
}

Result<SchemaPtr> load_schema(MetaReader& meta) {
  SchemaBuilder builder;
  TBL_ASSIGN(int64_t version, meta.schema_version());
  builder.set_version(version);
  TBL_ASSIGN(auto databases, meta.databases());
  for (const auto& db : databases) {
    builder.put_database(db);
    TBL_ASSIGN(auto tables, meta.tables(db->id));
    for (const auto& table : tables) builder.put_table(db->id, table);
  }
  return builder.finish();
}

Result<SchemaPtr> apply_diff(const Schema& schema, const SchemaDiff& diff, MetaReader& meta) {
  if (diff.version != schema.version() + 1) {
    return failed_precondition(
        fmt::format("schema diff {} does not follow version {}", diff.version, schema.version()));
  }
  SchemaBuilder builder(schema);
  builder.set_version(diff.version);
  TBL_ASSIGN(auto db, meta.database(diff.schema_id));
  if (db == nullptr) {
    builder.remove_database(diff.schema_id);
    return builder.finish();
  }
  builder.put_database(db);
  if (diff.old_table_id != 0) builder.remove_table(diff.old_table_id);
  if (diff.table_id == 0) return builder.finish();
  TBL_ASSIGN(auto table, meta.table(diff.schema_id, diff.table_id));
  if (table == nullptr) {
    builder.remove_table(diff.table_id);
  } else {
    builder.put_table(diff.schema_id, table);
  }
  return builder.finish();
}

namespace {

void add_ids(const schema::TableInfo& table, std::set<int64_t>* ids) {
  ids->insert(table.id);
  if (!table.partition) return;
  for (const auto& definition : table.partition->definitions) ids->insert(definition.id);
}

}  // namespace

std::vector<int64_t> changed_tables(const Schema& before, const Schema& after,
                                    const SchemaDiff& diff) {
  std::set<int64_t> ids;
  for (int64_t id : {diff.table_id, diff.old_table_id}) {
    if (id == 0) continue;
    ids.insert(id);
    for (const Schema* schema : {&before, &after}) {
      if (auto ref = schema->table_by_id(id)) add_ids(*ref.table, &ids);
    }
  }
  if (diff.type == ActionType::kDropSchema) {
    if (const Database* db = before.database_by_id(diff.schema_id)) {
      for (const auto& [name, table] : db->tables) add_ids(*table, &ids);
    }
  }
  return {ids.begin(), ids.end()};
}

}  // namespace tbl::tidb
