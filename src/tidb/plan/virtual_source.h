// Tables whose rows are made by the server itself: information_schema and its kin, as far as a plan
// must know them. Their rows come from exec/virtual_table.h.
#pragma once

#include <string>
#include <string_view>

#include "schema/table_info.h"

namespace tbl::tidb {

/// One table without storage. Immutable, shared by all sessions, lives as long as the server.
class VirtualSource {
 public:
  virtual ~VirtualSource() = default;
  /// Name and columns. Indexes are ignored; every column must be public.
  virtual const schema::TableInfoPtr& info() const = 0;
};

/// Finds them by lower-case names. Thread-safe.
class VirtualCatalog {
 public:
  virtual ~VirtualCatalog() = default;
  /// Null when there is no such table here.
  virtual const VirtualSource* find(std::string_view db, std::string_view table) const = 0;
  /// Whether this lower-case name is a database of virtual tables.
  virtual bool has_database(std::string_view db) const = 0;
};

}  // namespace tbl::tidb
