// CREATE, DROP, TRUNCATE, RENAME of databases, tables, indexes, views and sequences, and the
// column, constraint, option and partition definitions they share with ALTER TABLE (alter_table.h).
#pragma once

#include "tidb/ast/statement.h"

namespace tbl::tidb::ast {

enum class DatabaseOptionKind : uint8_t { kCharset, kCollate, kEncryption };

struct DatabaseOption {
  DatabaseOptionKind kind = DatabaseOptionKind::kCharset;
  std::string value;  ///< lower case
};

struct CreateDatabaseStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCreateDatabase;
  CreateDatabaseStatement() : Statement(kKind) {}

  bool if_not_exists = false;
  std::string name;
  std::vector<DatabaseOption> options;
};

struct AlterDatabaseStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kAlterDatabase;
  AlterDatabaseStatement() : Statement(kKind) {}

  std::string name;  ///< empty: the current database
  std::vector<DatabaseOption> options;
};

struct DropDatabaseStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDropDatabase;
  DropDatabaseStatement() : Statement(kKind) {}

  bool if_exists = false;
  std::string name;
};

/// A column of an index: a name with an optional prefix length, or an expression.
struct IndexPart {
  std::string column;  ///< empty: the expression
  int64_t length = schema::FieldType::kUnspecified;
  bool descending = false;
  ExprPtr expr;
};

enum class IndexType : uint8_t { kNone, kBtree, kHash, kRtree };

struct IndexOptions {
  IndexType type = IndexType::kNone;
  std::optional<std::string> comment;
  bool invisible = false;
  std::optional<bool> clustered;  ///< CLUSTERED, NONCLUSTERED; none written: no value
  uint64_t key_block_size = 0;
  std::string parser;
};

/// Numbers as stored in ForeignKeyInfo.
enum class ReferAction : uint8_t { kNone, kRestrict, kCascade, kSetNull, kNoAction, kSetDefault };

struct References {
  TableName table;
  std::vector<IndexPart> columns;
  std::string match;  ///< "FULL", ..., empty: none
  ReferAction on_delete = ReferAction::kNone;
  ReferAction on_update = ReferAction::kNone;
};

enum class ColumnOptionKind : uint8_t {
  kNotNull,
  kNull,
  kDefault,   ///< expr: a literal, a call (current_timestamp(n)), or any expression in parentheses
  kOnUpdate,  ///< expr: current_timestamp(n)
  kAutoIncrement,
  kPrimaryKey,  ///< clustered
  kUniqueKey,
  kComment,       ///< text
  kCollate,       ///< text, lower case
  kGenerated,     ///< expr, expr_text, stored
  kReferences,    ///< references
  kCheck,         ///< expr, expr_text, constraint name in text, enforced
  kColumnFormat,  ///< text
  kStorage,       ///< text
  kAutoRandom,    ///< number: shard bits, 0 if not given
};

struct ColumnOption {
  ColumnOptionKind kind = ColumnOptionKind::kNull;
  std::string text;
  ExprPtr expr;
  std::string expr_text;  ///< source of expr
  bool stored = false;
  bool enforced = true;
  std::optional<bool> clustered;
  uint64_t number = 0;
  std::unique_ptr<References> references;
};

/// `type`: flags kFlagUnsigned, kFlagZerofill, kFlagBinary (CHAR BINARY: the _bin collation) as
/// written; flen and decimal kUnspecified if not written; charset "" if not written, "binary" for
/// BINARY, VARBINARY and BLOBs. BOOL is TINYINT(1); SERIAL is BIGINT UNSIGNED with its options.
struct ColumnDef {
  std::string name;
  schema::FieldType type;
  std::vector<ColumnOption> options;

  const ColumnOption* find(ColumnOptionKind kind) const;
};

enum class ConstraintKind : uint8_t {
  kPrimaryKey,
  kUnique,
  kIndex,
  kFulltext,
  kSpatial,
  kForeignKey,
  kCheck
};

struct Constraint {
  ConstraintKind kind = ConstraintKind::kIndex;
  std::string name;  ///< empty: to be made up
  bool if_not_exists = false;
  std::vector<IndexPart> columns;
  IndexOptions options;
  std::unique_ptr<References> references;  ///< of a foreign key
  ExprPtr check;
  std::string check_text;
  bool enforced = true;
};

enum class TableOptionKind : uint8_t {
  kEngine,
  kCharset,
  kCollate,
  kComment,
  kAutoIncrement,
  kAutoIdCache,
  kAutoRandomBase,
  kShardRowIdBits,
  kPreSplitRegions,
  kRowFormat,
  kCompression,
  kOther,  ///< accepted and without effect; `name` says which
};

struct TableOption {
  TableOptionKind kind = TableOptionKind::kOther;
  std::string name;  ///< upper case, as "AVG_ROW_LENGTH"
  std::string text;  ///< charset and collate: lower case; "" for DEFAULT
  uint64_t number = 0;
};

/// Numbers as stored in PartitionInfo.
enum class PartitionKind : uint8_t {
  kNone = 0,
  kRange = 1,
  kHash = 2,
  kList = 3,
  kKey = 4,
  kSystemTime = 5
};

struct PartitionDef {
  std::string name;
  enum class Values : uint8_t { kNone, kLessThan, kIn } values = Values::kNone;
  /// VALUES LESS THAN (..): null entries are MAXVALUE.
  ExprList less_than;
  /// VALUES IN (..): one list per value, longer than 1 for LIST COLUMNS. DEFAULT is a Default node.
  std::vector<ExprList> in_values;
  std::string comment;
  std::vector<PartitionDef> subpartitions;
};

struct PartitionBy {
  PartitionKind kind = PartitionKind::kNone;
  bool linear = false;
  ExprPtr expr;  ///< HASH, RANGE, LIST
  std::string expr_text;
  std::vector<std::string> columns;  ///< RANGE COLUMNS, LIST COLUMNS, KEY
  bool has_columns = false;          ///< the COLUMNS form, or KEY
  uint64_t count = 0;                ///< PARTITIONS n; 0: not written
  std::vector<PartitionDef> definitions;
  bool has_subpartitions = false;
};

struct CreateTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCreateTable;
  CreateTableStatement() : Statement(kKind) {}

  bool if_not_exists = false;
  bool temporary = false;
  TableName table;
  std::optional<TableName> like;
  std::vector<ColumnDef> columns;
  std::vector<Constraint> constraints;
  std::vector<TableOption> options;
  std::unique_ptr<PartitionBy> partition;
  QueryPtr select;  ///< CREATE TABLE .. AS SELECT
};

struct DropTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDropTable;
  DropTableStatement() : Statement(kKind) {}

  bool if_exists = false;
  bool temporary = false;
  std::vector<TableName> tables;
};

struct TruncateTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kTruncateTable;
  TruncateTableStatement() : Statement(kKind) {}

  TableName table;
};

struct RenameTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kRenameTable;
  RenameTableStatement() : Statement(kKind) {}

  struct Pair {
    TableName from;
    TableName to;
  };
  std::vector<Pair> pairs;
};

struct CreateIndexStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCreateIndex;
  CreateIndexStatement() : Statement(kKind) {}

  TableName table;
  Constraint index;  ///< kUnique, kIndex, kFulltext or kSpatial
};

struct DropIndexStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDropIndex;
  DropIndexStatement() : Statement(kKind) {}

  bool if_exists = false;
  std::string name;
  TableName table;
};

/// A user as in DEFINER and GRANT. `current`: CURRENT_USER.
struct UserName {
  std::string user;
  std::string host = "%";
  bool current = false;
};

/// CREATE [OR REPLACE] VIEW and ALTER VIEW. Enum numbers as stored in ViewInfo.
struct CreateViewStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCreateView;
  CreateViewStatement() : Statement(kKind) {}

  enum class Algorithm : uint8_t { kUndefined = 0, kMerge = 1, kTemptable = 2 };
  enum class Security : uint8_t { kDefiner = 0, kInvoker = 1 };
  enum class CheckOption : uint8_t { kLocal = 0, kCascaded = 1 };

  bool or_replace = false;
  bool alter = false;
  Algorithm algorithm = Algorithm::kUndefined;
  std::optional<UserName> definer;
  Security security = Security::kDefiner;
  CheckOption check_option = CheckOption::kCascaded;
  TableName view;
  std::vector<std::string> columns;
  QueryPtr query;
};

struct DropViewStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDropView;
  DropViewStatement() : Statement(kKind) {}

  bool if_exists = false;
  std::vector<TableName> views;
};

/// What was written, of CREATE and ALTER SEQUENCE.
struct SequenceOptions {
  std::optional<int64_t> start;
  std::optional<int64_t> increment;
  std::optional<int64_t> min_value;
  std::optional<int64_t> max_value;
  std::optional<int64_t> cache_value;
  std::optional<bool> cache;
  std::optional<bool> cycle;
  bool no_min_value = false;
  bool no_max_value = false;
  bool restart = false;
  std::optional<int64_t> restart_with;
  std::string comment;
};

struct CreateSequenceStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCreateSequence;
  CreateSequenceStatement() : Statement(kKind) {}

  bool if_not_exists = false;
  TableName name;
  SequenceOptions options;
};

struct AlterSequenceStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kAlterSequence;
  AlterSequenceStatement() : Statement(kKind) {}

  bool if_exists = false;
  TableName name;
  SequenceOptions options;
};

struct DropSequenceStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDropSequence;
  DropSequenceStatement() : Statement(kKind) {}

  bool if_exists = false;
  std::vector<TableName> names;
};

/// RECOVER TABLE t [n], RECOVER TABLE BY JOB id.
struct RecoverTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kRecoverTable;
  RecoverTableStatement() : Statement(kKind) {}

  TableName table;
  int64_t job_id = 0;  ///< 0: by name
  int64_t job_num = 0;
};

/// FLASHBACK TABLE t [TO name].
struct FlashbackTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kFlashbackTable;
  FlashbackTableStatement() : Statement(kKind) {}

  TableName table;
  std::string new_name;
};

/// SPLIT TABLE t [INDEX i] BETWEEN (..) AND (..) REGIONS n | BY (..), (..).
struct SplitTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kSplitTable;
  SplitTableStatement() : Statement(kKind) {}

  TableName table;
  std::vector<std::string> partitions;
  bool is_index = false;
  std::string index;
  ExprList lower;
  ExprList upper;
  uint64_t regions = 0;
  std::vector<ExprList> values;
};

}  // namespace tbl::tidb::ast
