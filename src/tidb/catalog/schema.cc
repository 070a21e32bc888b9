#include "tidb/catalog/schema.h"

#include "tidb/types/collation.h"

namespace tbl::tidb {

const Database* Schema::database(std::string_view name) const {
  auto it = databases_.find(ascii_lower(name));
  return it == databases_.end() ? nullptr : it->second.get();
}

const Database* Schema::database_by_id(int64_t db_id) const {
  auto it = database_names_.find(db_id);
  return it == database_names_.end() ? nullptr : database(it->second);
}

std::vector<const Database*> Schema::databases() const {
  std::vector<const Database*> all;
  for (const auto& [name, db] : databases_) all.push_back(db.get());
  return all;
}

schema::TableInfoPtr Schema::table(std::string_view db, std::string_view table) const {
  const Database* database_of_table = database(db);
  if (database_of_table == nullptr) return nullptr;
  auto it = database_of_table->tables.find(ascii_lower(table));
  return it == database_of_table->tables.end() ? nullptr : it->second;
}

Schema::TableRef Schema::table_by_id(int64_t id) const {
  auto place = places_.find(id);
  if (place == places_.end()) return {};
  const Database* db = database_by_id(place->second.db_id);
  if (db == nullptr) return {};
  auto it = db->tables.find(place->second.name);
  if (it == db->tables.end()) return {};
  return {db, it->second};
}

}  // namespace tbl::tidb
