#include "drainer/rename_ddl.h"

#include <algorithm>

#include "drainer/mysql/sql_text.h"
#include "schema/rename_text.h"

namespace tbl::drainer {

namespace {

using schema::ActionType;

void add_once(std::vector<schedule::TableName>& names, const schema::SchemaAndTable& name) {
  schedule::TableName added{name.schema, name.table};
  if (std::ranges::find(names, added) == names.end()) names.push_back(std::move(added));
}

}  // namespace

bool RenameDdl::is_rename(ActionType type) {
  return type == ActionType::kRenameTable || type == ActionType::kRenameTables;
}

RenameDdl::RenameDdl(const schema::SchemaTracker& schema, const schema::DdlJob& job)
    : job_(job), session_database_(schema.session_database(job)) {
  if (job.type == ActionType::kRenameTables) {
    for (const auto& table : job.tables) table_ids_.push_back(table->id);
  } else {
    table_ids_.push_back(job.table_id);
  }
  for (int64_t id : table_ids_) {
    if (const auto* name = schema.name_of(id)) before_.push_back(*name);
  }
}

std::vector<schedule::TableName> RenameDdl::touched(const schema::SchemaTracker& schema) const {
  std::vector<schedule::TableName> names;
  for (const auto& name : before_) add_once(names, name);
  for (int64_t id : table_ids_) {
    if (const auto* name = schema.name_of(id)) add_once(names, *name);
  }
  return names;
}

std::string RenameDdl::statement(const std::string& query, const schema::SchemaTracker& schema,
                                 const Router& router) const {
  auto for_us = [&](int64_t id) {
    const auto* name = schema.name_of(id);
    return name != nullptr && !router.skips_ddl(name->schema, name->table);
  };
  const auto renames = schema::parse_renames(job_.query);
  if (renames.size() != table_ids_.size()) return for_us(table_ids_.back()) ? query : "";
  auto full_name = [&](const std::string& database, const std::string& table) {
    return mysql::quote_table(database.empty() ? session_database_ : database, table);
  };
  size_t kept = 0;
  std::string some;
  for (size_t i = 0; i < renames.size(); ++i) {
    if (!for_us(table_ids_[i])) continue;
    some += (kept++ == 0 ? "RENAME TABLE " : ", ") +
            full_name(renames[i].old_schema, renames[i].old_table) + " TO " +
            full_name(renames[i].new_schema, renames[i].new_table);
  }
  return kept == renames.size() ? query : some;
}

}  // namespace tbl::drainer
