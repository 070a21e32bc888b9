// Databases, tables, columns and indexes as TiDB keeps them: JSON in TiKV's meta keys and in DDL
// jobs.
//
// Everything here is plain data, complete after parsing and never changed afterwards, so a table is
// shared by shared_ptr<const TableInfo> between any threads. Unknown fields are ignored, missing
// ones and null give the default, key names match without regard to case when no exact match exists
// (as Go reads JSON). A value of the wrong kind, a number that does not fit and bytes that are no
// JSON are errors.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "schema/mysql_type.h"

namespace tbl::schema {

/// How far a schema object has come in an online DDL.
enum class SchemaState : uint8_t {
  kNone = 0,
  kDeleteOnly = 1,
  kWriteOnly = 2,
  kWriteReorganization = 3,
  kDeleteReorganization = 4,
  kPublic = 5,
  kReplicaOnly = 6,
  kGlobalTxnOnly = 7,
};

/// A name: `o` as written, `l` in lower case.
struct CiName {
  std::string o;
  std::string l;

  /// Lower-cases ASCII only.
  static CiName of(std::string_view name);
  bool operator==(const CiName&) const = default;
};

struct DbInfo {
  int64_t id = 0;
  CiName name;
  std::string charset;
  std::string collate;
  SchemaState state = SchemaState::kNone;
};

struct FieldType {
  static constexpr int64_t kUnspecified = -1;

  uint8_t tp = kTypeUnspecified;  ///< MysqlType
  uint32_t flag = 0;              ///< ColumnFlag bits
  int64_t flen = kUnspecified;    ///< display width, characters or bytes; kUnspecified if not given
  int32_t decimal = kUnspecified;  ///< scale; fsp of temporal types; kUnspecified if not given
  std::string charset;             ///< "binary" for numbers, times and byte strings
  std::string collate;
  std::vector<std::string> elems;  ///< members of ENUM and SET
  bool array = false;              ///< multi-valued index column

  bool is_unsigned() const { return flag & kFlagUnsigned; }
  bool not_null() const { return flag & kFlagNotNull; }
  bool has_binary_charset() const { return charset == "binary"; }
  /// Bytes without a character set: BINARY, VARBINARY, BLOBs.
  bool is_byte_string() const { return is_string_type(tp) && has_binary_charset(); }
};

struct ColumnInfo {
  int64_t id = 0;  ///< from 1, never used again in this table
  CiName name;
  int64_t offset = 0;
  /// Value of rows written before the column existed; text for every type, none = NULL or no
  /// default. TIMESTAMP is UTC text if version >= 1.
  std::optional<std::string> origin_default;
  std::optional<std::string>
      origin_default_bit;  ///< raw bytes; where present it replaces origin_default
  std::optional<std::string> default_value;  ///< text, "CURRENT_TIMESTAMP", or none
  std::optional<std::string> default_bit;    ///< raw bytes; where present it replaces default_value
  bool default_is_expr = false;
  std::string generated_expr;  ///< restored expression; empty: an ordinary column
  bool generated_stored = false;
  std::vector<std::string> dependences;  ///< lower-case names of columns the expression reads
  FieldType type;
  SchemaState state = SchemaState::kNone;
  std::string comment;
  bool hidden = false;  ///< made for an expression index
  std::optional<int64_t>
      change_state_offset;  ///< MODIFY COLUMN under way: offset of the column it replaces
  uint64_t version = 0;

  bool is_public() const { return state == SchemaState::kPublic; }
  bool is_generated() const { return !generated_expr.empty(); }
};

struct IndexColumn {
  static constexpr int64_t kWhole = -1;

  CiName name;
  int64_t offset = 0;       ///< position in TableInfo::columns
  int64_t length = kWhole;  ///< prefix in characters (bytes for byte strings), or kWhole
};

struct IndexInfo {
  int64_t id = 0;
  CiName name;
  std::vector<IndexColumn> columns;
  bool unique = false;
  bool primary = false;
  SchemaState state = SchemaState::kNone;
  std::string comment;
  int64_t index_type = 0;  ///< 1 BTREE, 2 HASH, 3 RTREE
  bool invisible = false;
  bool global = false;
  bool multi_valued = false;

  bool is_public() const { return state == SchemaState::kPublic; }
};

struct ForeignKeyInfo {
  int64_t id = 0;
  CiName name;
  CiName ref_schema;
  CiName ref_table;
  std::vector<CiName> ref_columns;
  std::vector<CiName> columns;
  int64_t on_delete = 0;  ///< 0 none, 1 RESTRICT, 2 CASCADE, 3 SET NULL, 4 NO ACTION, 5 SET DEFAULT
  int64_t on_update = 0;
  SchemaState state = SchemaState::kNone;
};

struct PartitionDefinition {
  int64_t id = 0;
  CiName name;
  std::vector<std::string> less_than;
  std::vector<std::vector<std::string>> in_values;
  std::string comment;
};

/// 1 RANGE, 2 HASH, 3 LIST, 4 KEY, 5 SYSTEM_TIME.
struct PartitionInfo {
  int64_t type = 0;
  std::string expr;
  std::vector<CiName> columns;
  bool enable = false;
  std::vector<PartitionDefinition> definitions;
  uint64_t num = 0;  ///< not reliable; count the definitions
};

struct ViewInfo {
  int64_t algorithm = 0;
  std::string definer_user;
  std::string definer_host;
  bool definer_is_current = false;  ///< DEFINER = CURRENT_USER
  std::string definer_auth_user;    ///< the account that matched the definer
  std::string definer_auth_host;
  int64_t security = 0;
  std::string select;
  int64_t check_option = 0;
  std::vector<CiName> columns;
};

struct SequenceInfo {
  int64_t start = 0;
  bool cache = false;
  bool cycle = false;
  int64_t min_value = 0;
  int64_t max_value = 0;
  int64_t increment = 0;
  int64_t cache_value = 0;
  std::string comment;
};

/// A key whose values are unique: the integer handle, or a public unique index.
struct UniqueKey {
  struct Part {
    uint32_t position;  ///< in TableInfo::columns
    int64_t length;     ///< prefix, or IndexColumn::kWhole
  };
  std::string name;  ///< "PRIMARY" for the primary key
  bool primary = false;
  std::vector<Part> parts;
};

/// A table, view or sequence. Build it with parse_table_info() or make_table().
struct TableInfo {
  int64_t id = 0;
  CiName name;
  std::string charset;
  std::string collate;
  std::vector<ColumnInfo> columns;  ///< as stored; those not public stand at the end
  std::vector<IndexInfo> indexes;
  std::vector<ForeignKeyInfo> foreign_keys;
  SchemaState state = SchemaState::kNone;
  bool pk_is_handle = false;      ///< the row key's integer is the primary key (signed or unsigned)
  bool is_common_handle = false;  ///< the row key holds the primary key's columns
  uint16_t common_handle_version = 0;
  std::string comment;
  int64_t auto_increment = 0;
  int64_t auto_id_cache = 0;
  uint64_t auto_random_bits = 0;
  int64_t max_column_id = 0;
  int64_t max_index_id = 0;
  uint64_t update_ts = 0;
  int64_t old_schema_id = 0;
  uint64_t shard_row_id_bits = 0;
  uint64_t max_shard_row_id_bits = 0;
  uint64_t pre_split_regions = 0;
  std::optional<PartitionInfo> partition;
  std::optional<ViewInfo> view;
  std::optional<SequenceInfo> sequence;
  uint16_t version = 0;

  // Derived from the fields above by make_table().
  std::vector<uint32_t> public_columns;  ///< positions of the columns SQL sees, in their order
  std::vector<UniqueKey> unique_keys;    ///< public ones, PRIMARY first
  std::vector<uint32_t> handle_columns;  ///< positions, in key order; empty: hidden row id
  std::vector<std::pair<int64_t, uint32_t>> positions_by_id;  ///< sorted by column id

  static constexpr int kNoColumn = -1;
  /// Position in `columns`, or kNoColumn. O(log n).
  int position_of(int64_t column_id) const;
  const ColumnInfo* column_by_id(int64_t column_id) const;
  /// By lower-case name.
  const ColumnInfo* column_by_name(std::string_view lower_name) const;
  /// The PRIMARY index; null when there is none or pk_is_handle.
  const IndexInfo* primary_index() const;
  bool is_partitioned() const { return partition.has_value() && partition->enable; }
  bool is_base_table() const { return !view && !sequence; }
};

using DbInfoPtr = std::shared_ptr<const DbInfo>;
using TableInfoPtr = std::shared_ptr<const TableInfo>;

/// Checks what later code relies on (index columns name existing positions, a handle exists) and
/// fills the derived fields.
Result<TableInfoPtr> make_table(TableInfo table);

/// JSON of a table as in `Table:<id>` and in jobs.
Result<TableInfoPtr> parse_table_info(Bytes json);
/// JSON of a database as in `DB:<id>`.
Result<DbInfoPtr> parse_db_info(Bytes json);

/// What can be had without reading all of a table's JSON: TiDB writes these two first.
struct TableHeader {
  int64_t id = 0;
  CiName name;
};
Result<TableHeader> parse_table_header(Bytes json);

}  // namespace tbl::schema
