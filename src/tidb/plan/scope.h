// The columns that a FROM clause makes visible, and how names find them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tidb/plan/plan.h"

namespace tbl::tidb {

/// A stored table or a view as GRANT names it.
struct GrantObject {
  std::string db;
  std::string table;
};

/// A column of a FROM clause.
struct ScopeColumn {
  PlanColumn column;
  /// The stored table it comes from, and where it stands there; null for others.
  schema::TableInfoPtr table;
  int offset = -1;
  /// Number of the table reference within the statement: tells two uses of a table apart.
  size_t source = 0;
  /// NATURAL JOIN and USING leave one of two equal columns: the other answers to qualified names
  /// only.
  bool merged = false;
  /// Found by name, but not part of `*` (_tidb_rowid).
  bool hidden = false;
  /// Whose grants let it be read; null: reading it needs none.
  std::shared_ptr<const GrantObject> origin = nullptr;
  /// Its place in `t.*`, where USING moves nothing.
  size_t place = 0;
};

/// In the order of `SELECT *`.
struct Scope {
  std::vector<ScopeColumn> columns;

  /// Null when no column has this name; 1052 when several do. Empty db and table match all.
  struct Name {
    std::string_view db;
    std::string_view table;
    std::string_view column;
  };
  Result<const ScopeColumn*> find(const Name& name, std::string_view clause) const;
  const ScopeColumn* by_id(size_t id) const;
  /// Adds the columns of `other` at the end.
  void append(Scope other);
};

/// Same text but for the case of ASCII letters; an empty pattern matches all.
bool name_matches(std::string_view pattern, std::string_view name);

}  // namespace tbl::tidb
