#include "tidb/plan/scope.h"

#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

bool name_matches(std::string_view pattern, std::string_view name) {
  return pattern.empty() || equal_ignoring_case(pattern, name);
}

namespace {

std::string name_text(const Scope::Name& name) {
  std::string text;
  if (!name.db.empty()) text += std::string(name.db) + ".";
  if (!name.table.empty()) text += std::string(name.table) + ".";
  return text + std::string(name.column);
}

}  // namespace

Result<const ScopeColumn*> Scope::find(const Name& name, std::string_view clause) const {
  const ScopeColumn* found = nullptr;
  for (const ScopeColumn& candidate : columns) {
    if (!equal_ignoring_case(name.column, candidate.column.name)) continue;
    if (!name_matches(name.table, candidate.column.table)) continue;
    if (!name_matches(name.db, candidate.column.db)) continue;
    if (candidate.merged && name.table.empty()) continue;
    if (found) return ambiguous_column(name_text(name), clause);
    found = &candidate;
  }
  return found;
}

const ScopeColumn* Scope::by_id(size_t id) const {
  for (const ScopeColumn& candidate : columns) {
    if (candidate.column.id == id) return &candidate;
  }
  return nullptr;
}

void Scope::append(Scope other) {
  for (ScopeColumn& column : other.columns) columns.push_back(std::move(column));
}

}  // namespace tbl::tidb
