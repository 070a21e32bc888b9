// SELECT, INSERT, REPLACE, UPDATE, DELETE, LOAD DATA, DO.
#pragma once

#include "tidb/ast/statement.h"

namespace tbl::tidb::ast {

/// SELECT, also in parentheses, with WITH, or a chain of set operations.
struct SelectStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kSelect;
  SelectStatement() : Statement(kKind) {}

  QueryPtr query;
  std::vector<std::string> into;  ///< names of user variables that get the row; none: it is sent
};

enum class Priority : uint8_t { kNone, kLow, kHigh, kDelayed };

/// column = value; the value may be Default.
struct Assignment {
  std::unique_ptr<ColumnName> column;
  ExprPtr value;
};

/// INSERT and REPLACE. Exactly one source: rows (also of the SET form, with `columns`), or query.
struct InsertStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kInsert;
  InsertStatement() : Statement(kKind) {}

  bool replace = false;
  bool ignore = false;
  bool set_form = false;  ///< INSERT .. SET
  Priority priority = Priority::kNone;
  TableName table;
  std::vector<std::string> partitions;
  std::vector<std::unique_ptr<ColumnName>> columns;  ///< empty: all
  bool has_columns = false;  ///< a list was written; `() VALUES ()` has an empty one
  std::vector<ExprList> rows;
  QueryPtr query;
  std::vector<Assignment> on_duplicate;
};

struct UpdateStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kUpdate;
  UpdateStatement() : Statement(kKind) {}

  With with;
  bool ignore = false;
  Priority priority = Priority::kNone;
  TableRefPtr tables;
  bool multi_table = false;  ///< `tables` is a join or a comma list
  std::vector<Assignment> assignments;
  ExprPtr where;
  std::vector<OrderItem> order_by;
  std::optional<Limit> limit;
};

struct DeleteStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDelete;
  DeleteStatement() : Statement(kKind) {}

  With with;
  bool ignore = false;
  bool quick = false;
  Priority priority = Priority::kNone;
  TableRefPtr tables;
  bool multi_table = false;        ///< DELETE a, b FROM .. or DELETE FROM a, b USING ..
  std::vector<TableName> targets;  ///< of the multi-table forms: names or aliases
  ExprPtr where;
  std::vector<OrderItem> order_by;
  std::optional<Limit> limit;
};

struct LoadDataStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kLoadData;
  LoadDataStatement() : Statement(kKind) {}

  enum class OnDuplicate : uint8_t { kError, kReplace, kIgnore };
  /// A column or a @variable a field goes to.
  struct Target {
    std::unique_ptr<ColumnName> column;  ///< null: the variable
    std::string variable;                ///< lower case
  };

  bool local = false;
  std::string path;
  OnDuplicate on_duplicate = OnDuplicate::kError;
  TableName table;
  std::vector<std::string> partitions;
  std::string charset;  ///< empty: none
  std::string fields_terminated = "\t";
  std::string fields_enclosed;
  bool fields_optionally_enclosed = false;
  std::string fields_escaped = "\\";
  std::string lines_starting;
  std::string lines_terminated = "\n";
  uint64_t ignore_lines = 0;
  std::vector<Target> targets;  ///< empty: all columns
  std::vector<Assignment> assignments;
};

struct DoStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDo;
  DoStatement() : Statement(kKind) {}

  ExprList exprs;
};

}  // namespace tbl::tidb::ast
