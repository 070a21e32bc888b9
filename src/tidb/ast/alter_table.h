// ALTER TABLE: a list of changes, in the order written.
#pragma once

#include "tidb/ast/ddl.h"

namespace tbl::tidb::ast {

enum class AlterKind : uint8_t {
  kAddColumns,     ///< columns (one, or a parenthesized list), position, constraints of the list
  kDropColumn,     ///< name, if_exists
  kModifyColumn,   ///< columns[0], position
  kChangeColumn,   ///< name (old), columns[0], position
  kRenameColumn,   ///< name, new_name
  kSetDefault,     ///< name, default_value
  kDropDefault,    ///< name
  kAddConstraint,  ///< constraint: indexes, primary and foreign keys, CHECK
  kDropPrimaryKey,
  kDropIndex,           ///< name, if_exists
  kDropForeignKey,      ///< name, if_exists
  kDropCheck,           ///< name
  kAlterCheck,          ///< name, enforced
  kAlterIndexVisible,   ///< name, invisible
  kRenameIndex,         ///< name, new_name
  kRenameTable,         ///< new_table
  kOptions,             ///< options: any table options, in a row
  kConvertCharset,      ///< charset, collate; charset "" for DEFAULT
  kAddPartitions,       ///< partition_definitions, or partition_count for hash and key tables
  kDropPartitions,      ///< partitions, if_exists
  kTruncatePartitions,  ///< partitions, or all_partitions
  kCoalescePartitions,  ///< partition_count
  kReorganizePartitions,
  kExchangePartition,  ///< partitions[0], new_table
  kOtherPartition,     ///< CHECK, OPTIMIZE, REBUILD, ANALYZE, REPAIR .. PARTITION: name says which
  kPartitionBy,        ///< partition
  kRemovePartitioning,
  kOrderBy,  ///< accepted, without effect
  kIgnored,  ///< ALGORITHM, LOCK, FORCE, ENABLE/DISABLE KEYS, VALIDATION: name says which
};

struct ColumnPosition {
  enum class Kind : uint8_t { kNone, kFirst, kAfter } kind = Kind::kNone;
  std::string after;
};

struct AlterSpec {
  AlterKind kind = AlterKind::kIgnored;
  bool if_exists = false;
  bool if_not_exists = false;
  std::string name;
  std::string new_name;
  std::vector<ColumnDef> columns;
  ColumnPosition position;
  std::vector<Constraint> constraints;  ///< of ADD COLUMN (..)
  std::unique_ptr<Constraint> constraint;
  ExprPtr default_value;
  TableName new_table;
  std::vector<TableOption> options;
  std::string charset;  ///< lower case
  std::string collate;
  std::vector<std::string> partitions;
  bool all_partitions = false;
  std::vector<PartitionDef> partition_definitions;
  uint64_t partition_count = 0;
  std::unique_ptr<PartitionBy> partition;
  bool enforced = true;
  bool invisible = false;
};

struct AlterTableStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kAlterTable;
  AlterTableStatement() : Statement(kKind) {}

  TableName table;
  std::vector<AlterSpec> specs;  ///< may be empty
};

}  // namespace tbl::tidb::ast
