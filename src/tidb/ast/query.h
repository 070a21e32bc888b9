// SELECT and what it is made of: select blocks, set operations, FROM trees, WITH.
#pragma once

#include "tidb/ast/expr.h"

namespace tbl::tidb::ast {

/// [schema.]name; `schema` empty: the current database.
struct TableName {
  std::string schema;
  std::string name;
};

/// One entry of a select list. `*` and `t.*` have no expr.
struct SelectItem {
  ExprPtr expr;
  std::string star_schema;  ///< of s.t.*
  std::string star_table;   ///< of t.*; empty with a null expr: *
  std::optional<std::string> alias;
  std::string text;  ///< source text of the expression: the column's heading when there is no alias
};

enum class TableRefKind : uint8_t { kTable, kDerived, kJoin };

struct TableRef {
  explicit TableRef(TableRefKind k) : kind(k) {}
  TableRef(const TableRef&) = delete;
  TableRef& operator=(const TableRef&) = delete;
  virtual ~TableRef() = default;

  const TableRefKind kind;
  uint32_t depth = 1;  ///< as Expr::depth; bounded by Expr::kMaxDepth
};
using TableRefPtr = std::unique_ptr<TableRef>;

template <typename T>
T& as(TableRef& node) {
  return static_cast<T&>(node);
}
template <typename T>
const T& as(const TableRef& node) {
  return static_cast<const T&>(node);
}

enum class IndexHintKind : uint8_t { kUse, kIgnore, kForce };
enum class IndexHintScope : uint8_t { kAll, kJoin, kOrderBy, kGroupBy };

struct IndexHint {
  IndexHintKind kind = IndexHintKind::kUse;
  IndexHintScope scope = IndexHintScope::kAll;
  std::vector<std::string> indexes;  ///< may be empty for USE INDEX ()
};

/// A table, view or common table expression by name.
struct TableSource : TableRef {
  static constexpr TableRefKind kKind = TableRefKind::kTable;
  TableSource() : TableRef(kKind) {}

  TableName table;
  std::string alias;  ///< empty: none
  std::vector<std::string> partitions;
  std::vector<IndexHint> hints;
};

struct DerivedTable : TableRef {
  static constexpr TableRefKind kKind = TableRefKind::kDerived;
  DerivedTable();
  ~DerivedTable() override;

  std::unique_ptr<Query> query;
  std::string alias;  ///< may be empty: error 1248 is the binder's
  std::vector<std::string> columns;
};

/// Inner join: a comma, JOIN, CROSS JOIN.
enum class JoinKind : uint8_t { kInner, kLeft, kRight, kStraight };

struct Join : TableRef {
  static constexpr TableRefKind kKind = TableRefKind::kJoin;
  Join() : TableRef(kKind) {}

  JoinKind join = JoinKind::kInner;
  bool natural = false;
  bool comma = false;   ///< written with a comma
  bool parens = false;  ///< written in parentheses
  TableRefPtr left;
  TableRefPtr right;
  ExprPtr on;  ///< or null
  std::vector<std::string> using_columns;
};

/// LIMIT offset, count. Literals or parameters.
struct Limit {
  ExprPtr offset;  ///< null: 0
  ExprPtr count;
};

enum class LockKind : uint8_t { kNone, kForUpdate, kForUpdateNowait, kShare };

/// One SELECT without WITH, ORDER BY, LIMIT and locking, which belong to the Query around it.
struct SelectBlock {
  bool distinct = false;
  bool calc_found_rows = false;
  bool straight_join = false;
  bool sql_no_cache = false;
  bool high_priority = false;
  std::string hints;  ///< text between /*+ and */, not looked into
  std::vector<SelectItem> items;
  TableRefPtr from;  ///< null: no FROM, or FROM DUAL
  ExprPtr where;
  std::vector<OrderItem> group_by;
  bool with_rollup = false;
  ExprPtr having;
};

enum class SetOp : uint8_t {
  kNone,
  kUnion,
  kUnionAll,
  kExcept,
  kExceptAll,
  kIntersect,
  kIntersectAll
};

/// One operand of a chain of set operations, with the operator before it. Exactly one of select and
/// query (which was in parentheses) is there.
struct SetTerm {
  SetOp op = SetOp::kNone;  ///< kNone for the first
  std::unique_ptr<SelectBlock> select;
  std::unique_ptr<Query> query;
};

struct CommonTable {
  std::string name;
  std::vector<std::string> columns;
  std::unique_ptr<Query> query;
};

struct With {
  bool recursive = false;
  std::vector<CommonTable> tables;
};

/// A whole query: terms are evaluated from the left (INTERSECT, which binds tighter, is wrapped
/// into a Query of its own); then order, limit and lock apply. One term that is a select: a plain
/// SELECT.
struct Query {
  With with;  ///< no tables: none
  std::vector<SetTerm> terms;
  std::vector<OrderItem> order_by;
  std::optional<Limit> limit;
  LockKind lock = LockKind::kNone;
  uint16_t parens = 0;  ///< as Expr::parens
  uint32_t depth = 1;   ///< as Expr::depth

  bool is_plain_select() const { return terms.size() == 1 && terms[0].select != nullptr; }
};
using QueryPtr = std::unique_ptr<Query>;

}  // namespace tbl::tidb::ast
