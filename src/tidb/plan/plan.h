// The plan of a query: a tree of plain nodes that exec/ turns into executors and explain.h prints.
//
// Columns carry an id that is unique within a statement. While a plan is made, ColumnRefs hold such
// ids, so that nodes can be moved without renumbering; the last rule (resolve.h) replaces them by
// positions in the rows of the node's child, or, for a join's conditions, in the row of the left
// child followed by the row of the right one. Only resolved plans leave the planner.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "schema/table_info.h"
#include "tidb/ast/query.h"
#include "tidb/expr/aggregate.h"
#include "tidb/expr/expr.h"
#include "tidb/plan/range.h"

namespace tbl::tidb {

class VirtualSource;

/// A column of a node's rows.
struct PlanColumn {
  size_t id = 0;
  std::string db;
  std::string table;      ///< alias, or the table's name
  std::string org_table;  ///< empty for an expression
  std::string name;
  std::string org_name;  ///< empty for an expression
  schema::FieldType type;
};

enum class PlanKind : uint8_t {
  kDual,         ///< a number of rows without columns
  kDataSource,   ///< rows of a stored table
  kVirtualScan,  ///< rows of a VirtualSource
  kSelection,
  kProjection,
  kAggregation,
  kJoin,
  kSort,
  kTopN,
  kLimit,
  kUnionAll,
  kSetOperation,  ///< INTERSECT, EXCEPT
};

struct PlanNode {
  explicit PlanNode(PlanKind k) : kind(k) {}
  virtual ~PlanNode() = default;

  PlanKind kind;
  std::vector<PlanColumn> columns;
  std::vector<std::unique_ptr<PlanNode>> children;
  double row_count = 0;  ///< the planner's guess
};
using PlanPtr = std::unique_ptr<PlanNode>;

struct DualPlan : PlanNode {
  DualPlan() : PlanNode(PlanKind::kDual) {}
  size_t rows = 1;
};

/// How a DataSource finds its rows.
enum class AccessKind : uint8_t {
  kTableScan,    ///< handle ranges; the whole table is one range
  kPointGet,     ///< handles known: one or many
  kIndexReader,  ///< index ranges, the index holds all columns wanted
  kIndexLookup,  ///< index ranges, then rows by handle
};

/// USE, IGNORE or FORCE INDEX. An empty name: USE INDEX ().
struct IndexHint {
  ast::IndexHintKind kind;
  std::string name;  ///< lower case
};

struct DataSourcePlan : PlanNode {
  DataSourcePlan() : PlanNode(PlanKind::kDataSource) {}

  /// In `offsets`: the row's handle.
  static constexpr int kHandle = -1;
  /// In `offsets`: the id of the table or partition that holds the row.
  static constexpr int kPhysicalId = -2;

  std::string db;
  std::string alias;
  schema::TableInfoPtr table;
  std::vector<int> offsets;      ///< of each column, in TableInfo::columns, or the above
  std::vector<ExprPtr> filters;  ///< what ranges do not already guarantee

  AccessKind access = AccessKind::kTableScan;
  const schema::IndexInfo* index = nullptr;  ///< into *table; also of a unique-key point get
  std::vector<ValueRange> ranges;            ///< over the handle or the index's columns, sorted
  /// Conditions that hold for all rows in `ranges`. When `ranges_at_open`, some of them hold
  /// columns of an outer query (and stand in `filters` too): ranges are made anew whenever the
  /// executor is opened.
  std::vector<ExprPtr> access_conditions;
  bool ranges_at_open = false;
  double access_rows = 0;             ///< guess of what the ranges hold
  size_t point_columns = 0;           ///< leading columns of the ranges that are points,
  size_t points = 0;                  ///< and how many different ones
  std::vector<int64_t> physical_ids;  ///< the table's id, or those of partitions to read
  std::vector<IndexHint> hints;
  std::vector<std::string> partition_names;  ///< lower-case; of PARTITION (p0, p1)
  bool keep_order = false;                   ///< rows must come in the order of handle or index
  bool reverse = false;
  bool lock_rows = false;       ///< SELECT ... FOR UPDATE: lock what passes the filters
  bool full_row = false;        ///< every column of TableInfo::columns, for DML
  uint64_t limit = UINT64_MAX;  ///< rows after which nobody asks for more
};

struct VirtualScanPlan : PlanNode {
  VirtualScanPlan() : PlanNode(PlanKind::kVirtualScan) {}
  const VirtualSource* source = nullptr;
  std::string alias;
  std::vector<int> offsets;
  std::vector<ExprPtr> filters;
};

struct SelectionPlan : PlanNode {
  SelectionPlan() : PlanNode(PlanKind::kSelection) {}
  std::vector<ExprPtr> conditions;  ///< all must be true
};

struct ProjectionPlan : PlanNode {
  ProjectionPlan() : PlanNode(PlanKind::kProjection) {}
  std::vector<ExprPtr> exprs;
};

/// One row per group: first the aggregates' results, then the group's values, as `columns` say.
struct AggregationPlan : PlanNode {
  AggregationPlan() : PlanNode(PlanKind::kAggregation) {}
  std::vector<std::unique_ptr<AggregateCall>> aggregates;
  std::vector<ExprPtr> group_by;
  bool scalar = false;  ///< no GROUP BY was written: one row in any case
  bool stream = false;  ///< input comes grouped
};

enum class JoinKind : uint8_t { kInner, kLeft, kSemi, kAntiSemi };
enum class JoinMethod : uint8_t { kHash, kIndex };

/// A right join is a left join with children swapped: columns are found by id.
struct JoinPlan : PlanNode {
  JoinPlan() : PlanNode(PlanKind::kJoin) {}
  struct Key {
    ExprPtr left;
    ExprPtr right;
    bool null_safe = false;  ///< <=>
  };
  JoinKind join = JoinKind::kInner;
  JoinMethod method = JoinMethod::kHash;
  std::vector<Key> keys;       ///< none: every pair of rows is tried
  std::vector<ExprPtr> other;  ///< conditions over both rows
  bool null_aware = false;     ///< NOT IN: a NULL on either side of keys[0] lets no row pass
  bool build_left = false;     ///< hash: which side is held in memory (inner joins only)
  /// kIndex: child 1 is a DataSource; keys[index_keys[i]] gives the i-th column of its index, or
  /// the handle. Its ranges are made from batches of the left child's rows.
  std::vector<size_t> index_keys;
};

struct SortItem {
  ExprPtr expr;
  bool descending = false;
};

struct SortPlan : PlanNode {
  SortPlan() : PlanNode(PlanKind::kSort) {}
  std::vector<SortItem> items;
};

struct TopNPlan : PlanNode {
  TopNPlan() : PlanNode(PlanKind::kTopN) {}
  std::vector<SortItem> items;
  uint64_t offset = 0;
  uint64_t count = 0;
};

struct LimitPlan : PlanNode {
  LimitPlan() : PlanNode(PlanKind::kLimit) {}
  uint64_t offset = 0;
  uint64_t count = 0;
};

/// Children have as many columns as this; exec/ passes their rows on (a projection under it has
/// cast them to the common types).
struct UnionAllPlan : PlanNode {
  UnionAllPlan() : PlanNode(PlanKind::kUnionAll) {}
};

struct SetOperationPlan : PlanNode {
  SetOperationPlan() : PlanNode(PlanKind::kSetOperation) {}
  bool except = false;  ///< else INTERSECT
  bool all = false;
};

template <typename T>
T& as(PlanNode& node) {
  return static_cast<T&>(node);
}
template <typename T>
const T& as(const PlanNode& node) {
  return static_cast<const T&>(node);
}

}  // namespace tbl::tidb
