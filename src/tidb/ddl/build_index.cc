// Indexes and foreign keys of a table being made or changed.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tidb/ddl/build.h"
#include "tidb/ddl/table_edit.h"
#include "tidb/types/collation.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using ast::Constraint;
using ast::ConstraintKind;
using ast::IndexPart;
using schema::ColumnInfo;
using schema::IndexColumn;
using schema::IndexInfo;
using schema::TableInfo;

constexpr size_t kMaxIndexComment = 1024;
constexpr int kErrKeyPartLengthZero = 1391;

Status wrong_prefix() {
  return sql_error(kErrWrongSubKey,
                   "Incorrect prefix key; the used key part isn't a string, the used length is "
                   "longer than the key part, or the storage engine doesn't support unique prefix "
                   "keys");
}

Status check_prefix(const IndexPart& part, const ColumnInfo& column) {
  const FieldType& type = column.type;
  if (type.tp == schema::kTypeJson) {
    return sql_error(
        kErrJsonUsedAsKey,
        fmt::format("JSON column '{}' cannot be used in key specification.", column.name.o));
  }
  const bool has_length = part.length != FieldType::kUnspecified;
  if (schema::is_blob_type(type.tp) && !has_length) {
    return sql_error(
        kErrBlobKeyWithoutLength,
        fmt::format("BLOB/TEXT column '{}' used in key specification without a key length",
                    column.name.o));
  }
  if (!has_length) return ok_status();
  if (!schema::is_string_type(type.tp)) return wrong_prefix();
  if (part.length == 0) {
    return sql_error(static_cast<SqlErrno>(kErrKeyPartLengthZero),
                     fmt::format("Key part '{}' length cannot be 0", column.name.o));
  }
  if (!schema::is_blob_type(type.tp) && part.length > type.flen) return wrong_prefix();
  return ok_status();
}

/// Bytes the column takes in a key, as MySQL counts them.
int64_t key_bytes(const FieldType& type, int64_t length) {
  if (schema::is_string_type(type.tp)) {
    const CharsetInfo* charset = find_charset(type.charset);
    const int64_t characters = length == IndexColumn::kWhole ? type.flen : length;
    return characters * (charset == nullptr ? 1 : charset->max_length);
  }
  switch (type.tp) {
    case schema::kTypeTiny:
    case schema::kTypeYear:
      return 1;
    case schema::kTypeShort:
      return 2;
    case schema::kTypeInt24:
    case schema::kTypeDate:
    case schema::kTypeDuration:
      return 3;
    case schema::kTypeLong:
    case schema::kTypeFloat:
    case schema::kTypeTimestamp:
      return 4;
    case schema::kTypeBit:
      return (type.flen + 7) >> 3;
    case schema::kTypeNewDecimal:
      return type.flen / 9 * 4 + 4;
    default:
      return 8;
  }
}

Result<IndexColumn> build_part(const IndexPart& part, const TableInfo& table) {
  if (part.expr) return not_supported_yet("expression index");
  const int position = column_position(table, ascii_lower(part.column));
  if (position < 0) {
    return sql_error(kErrKeyColumnDoesNotExist,
                     fmt::format("Key column '{}' doesn't exist in table", part.column));
  }
  const ColumnInfo& column = table.columns[static_cast<size_t>(position)];
  TBL_TRY(check_prefix(part, column));
  const bool whole = part.length == column.type.flen && !schema::is_blob_type(column.type.tp);
  return IndexColumn{column.name, position, whole ? IndexColumn::kWhole : part.length};
}

Status check_parts(const Constraint& constraint) {
  if (constraint.columns.size() > kMaxKeyParts) {
    return sql_error(
        kErrTooManyKeyParts,
        fmt::format("Too many key parts specified; max {} parts allowed", kMaxKeyParts));
  }
  std::set<std::string> seen;
  for (const IndexPart& part : constraint.columns) {
    if (!part.expr && !seen.insert(ascii_lower(part.column)).second) {
      return sql_error(kErrDupFieldName, fmt::format("Duplicate column name '{}'", part.column));
    }
  }
  return ok_status();
}

Status check_primary_parts(const IndexInfo& index, const TableInfo& table) {
  for (const IndexColumn& part : index.columns) {
    const ColumnInfo& column = table.columns[static_cast<size_t>(part.offset)];
    if (column.is_generated() && !column.generated_stored) {
      return sql_error(kErrUnsupportedOnGeneratedColumn,
                       "'Defining a virtual generated column as primary key' is not supported for "
                       "generated columns.");
    }
  }
  return ok_status();
}

bool becomes_handle(const BuildScope& scope, const IndexInfo& index, const TableInfo& table) {
  if (scope.options.alter_primary_key || index.columns.size() != 1) return false;
  return schema::is_integer_type(
      table.columns[static_cast<size_t>(index.columns[0].offset)].type.tp);
}

std::vector<std::string> index_names(const TableInfo& table) {
  std::vector<std::string> names;
  for (const IndexInfo& index : table.indexes) names.push_back(index.name.l);
  return names;
}

}  // namespace

std::string free_index_name(const TableInfo& table, const Constraint& constraint,
                            const std::vector<std::string>& taken) {
  const std::string base = constraint.columns.empty() || constraint.columns[0].column.empty()
                               ? "expression_index"
                               : constraint.columns[0].column;
  std::vector<std::string> names = index_names(table);
  names.insert(names.end(), taken.begin(), taken.end());
  std::string name = base;
  for (int i = 2;
       ascii_lower(name) == "primary" || std::ranges::find(names, ascii_lower(name)) != names.end();
       ++i) {
    name = fmt::format("{}_{}", base, i);
  }
  return name;
}

Result<IndexInfo> build_index(const BuildScope& scope, const Constraint& constraint,
                              std::string_view name, const TableInfo& table) {
  IndexInfo index;
  index.primary = constraint.kind == ConstraintKind::kPrimaryKey;
  index.unique = index.primary || constraint.kind == ConstraintKind::kUnique;
  index.name = schema::CiName::of(index.primary ? "PRIMARY" : name);
  if (!index.primary) TBL_TRY(check_index_name(name));
  TBL_TRY(check_parts(constraint));
  int64_t bytes = 0;
  for (const IndexPart& part : constraint.columns) {
    TBL_ASSIGN(IndexColumn column, build_part(part, table));
    bytes += key_bytes(table.columns[static_cast<size_t>(column.offset)].type, column.length);
    index.columns.push_back(std::move(column));
  }
  if (index.primary) TBL_TRY(check_primary_parts(index, table));
  if (bytes > scope.options.max_index_length) {
    return sql_error(kErrTooLongKey,
                     fmt::format("Specified key was too long; max key length is {} bytes",
                                 scope.options.max_index_length));
  }
  index.index_type = constraint.options.type == ast::IndexType::kHash ? 2 : 1;
  if (constraint.options.comment) {
    index.comment = *constraint.options.comment;
    TBL_TRY(check_comment(index.comment, kMaxIndexComment, fmt::format("index '{}'", name),
                          kErrTooLongIndexComment));
  }
  return index;
}

Status add_constraint(const BuildScope& scope, const Constraint& constraint, TableInfo* table) {
  TBL_ASSIGN(IndexInfo index, build_index(scope, constraint, constraint.name, *table));
  index.state = schema::SchemaState::kPublic;
  if (index.primary) {
    for (const IndexColumn& part : index.columns) {
      table->columns[static_cast<size_t>(part.offset)].type.flag |= schema::kFlagNotNull;
    }
    if (becomes_handle(scope, index, *table)) {
      add_key_flags(*table, index);
      table->pk_is_handle = true;
      return ok_status();
    }
  }
  if (find_index(*table, index.name.l) != nullptr) {
    return sql_error(kErrDupKeyName, fmt::format("Duplicate key name '{}'", index.name.o));
  }
  if (table->indexes.size() >= kMaxKeys) {
    return sql_error(kErrTooManyKeys,
                     fmt::format("Too many keys specified; max {} keys allowed", kMaxKeys));
  }
  index.id = ++table->max_index_id;
  add_key_flags(*table, index);
  table->indexes.push_back(std::move(index));
  return ok_status();
}

Result<schema::ForeignKeyInfo> build_foreign_key(const Constraint& constraint,
                                                 const TableInfo& table) {
  schema::ForeignKeyInfo key;
  key.name = schema::CiName::of(constraint.name);
  const ast::References& target = *constraint.references;
  key.ref_table = schema::CiName::of(target.table.name);
  for (const IndexPart& part : constraint.columns) {
    const int position = column_position(table, ascii_lower(part.column));
    if (position < 0) {
      return sql_error(kErrKeyColumnDoesNotExist,
                       fmt::format("Key column '{}' doesn't exist in table", part.column));
    }
    key.columns.push_back(table.columns[static_cast<size_t>(position)].name);
  }
  for (const IndexPart& part : target.columns) {
    key.ref_columns.push_back(schema::CiName::of(part.column));
  }
  if (key.columns.size() != key.ref_columns.size()) {
    return sql_error(kErrWrongFkDef,
                     fmt::format("Incorrect foreign key definition for '{}': Key reference and "
                                 "table reference don't match",
                                 key.name.o));
  }
  key.on_delete = static_cast<int64_t>(target.on_delete);
  key.on_update = static_cast<int64_t>(target.on_update);
  key.state = schema::SchemaState::kPublic;
  return key;
}

Status check_auto_increment(const TableInfo& table) {
  const ColumnInfo* auto_column = nullptr;
  bool two = false;
  for (const ColumnInfo& column : table.columns) {
    if (!(column.type.flag & schema::kFlagAutoIncrement)) continue;
    two = auto_column != nullptr;
    auto_column = &column;
  }
  if (auto_column == nullptr) return ok_status();
  const bool is_handle =
      table.pk_is_handle && (auto_column->type.flag & schema::kFlagPrimaryKey) != 0;
  const bool begins_key = is_handle || std::ranges::any_of(table.indexes, [&](const IndexInfo& i) {
                            return i.columns.at(0).name.l == auto_column->name.l;
                          });
  if (begins_key && !two) return ok_status();
  return sql_error(kErrWrongAutoKey,
                   "Incorrect table definition; there can be only one auto column and it must be "
                   "defined as a key");
}

}  // namespace tbl::tidb
