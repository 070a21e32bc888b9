// Which databases and tables a DDL names, and where in its text.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "schema/sql_cursor.h"

namespace tbl::schema {

enum class RefKind : uint8_t {
  kTable,
  kDatabase,         ///< `name.table` is the database
  kDroppedDatabase,  ///< of DROP DATABASE
};

struct TableRef {
  RefKind kind = RefKind::kTable;
  SqlName name;
};

/// In the order of the text, which must outlive them. Databases, tables, indexes, renames, foreign
/// keys and exchanges of partitions; nullopt for other statements (views, sequences).
std::optional<std::vector<TableRef>> find_table_refs(std::string_view sql);

}  // namespace tbl::schema
