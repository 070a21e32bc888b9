// What SHOW and information_schema say of a table's columns and indexes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/time_zone.h"
#include "schema/table_info.h"

namespace tbl::tidb {

struct ColumnFacts {
  std::string type;  ///< "int(11) unsigned"
  bool nullable = true;
  std::string key;  ///< PRI, UNI, MUL or nothing
  std::optional<std::string> standard;
  std::string extra;  ///< "auto_increment", "on update CURRENT_TIMESTAMP", ...
  std::optional<std::string> collation;
  std::optional<std::string> charset;
};
/// `zone`: defaults of TIMESTAMP columns are told in it.
ColumnFacts column_facts(const schema::TableInfo& table, const schema::ColumnInfo& column,
                         const codec::TimeZone& zone);

/// One column of one key; the primary key of the handle is a key like any other.
struct KeyPart {
  std::string key_name;
  bool unique = false;
  size_t sequence = 1;
  std::string column;
  bool nullable = false;
  std::optional<int64_t> prefix;
  std::string comment;
  std::string index_type = "BTREE";
  bool primary = false;
};
/// PRIMARY first, then in the order of the table's definition. Public indexes only.
std::vector<KeyPart> key_parts(const schema::TableInfo& table);

/// "BASE TABLE", "VIEW", "SYSTEM VIEW".
std::string table_type(const schema::TableInfo& table, bool is_virtual);

}  // namespace tbl::tidb
