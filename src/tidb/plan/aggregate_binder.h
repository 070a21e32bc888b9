// Aggregate functions of a SELECT block, and the clauses that may hold them.
#pragma once

#include "tidb/plan/bind_state.h"
#include "tidb/plan/expr_util.h"

namespace tbl::tidb {

struct SelectField;

/// The aggregates of a block, each different one once, with the columns that hold their results.
struct AggregateList {
  std::vector<std::unique_ptr<AggregateCall>> calls;
  std::vector<PlanColumn> columns;
  std::vector<std::string> prints;

  bool empty() const { return calls.empty(); }
  /// A reference to the column of this aggregate.
  ExprPtr add(std::unique_ptr<AggregateCall> call, BindState& state);
};

/// What a name in a clause means besides the columns of FROM.
enum class AliasRule : uint8_t {
  kNone,
  kAfterFrom,  ///< GROUP BY, ORDER BY: a column first, then an alias of the select list
  kHaving,     ///< a grouped column, an alias, then a column that stands in the select list
};

/// A clause of a SELECT block that sees aggregates and aliases.
class SelectClause : public ClauseScope {
 public:
  struct Sees {
    AggregateList* aggregates = nullptr;  ///< null: error 1111
    AliasRule rule = AliasRule::kNone;
    const std::vector<SelectField>* fields = nullptr;
    const std::vector<ExprPtr>* group_by = nullptr;
  };
  SelectClause(const Place& place, std::string clause, Sees sees)
      : ClauseScope(place, std::move(clause)), sees_(sees) {}

  Result<ExprPtr> try_column(const ast::ColumnName& name) override;
  Result<ExprPtr> aggregate(const ast::Aggregate& node) override;

 private:
  Result<ExprPtr> having_column(const ast::ColumnName& name);

  Sees sees_;
  bool inside_aggregate_ = false;
};

/// The only field of this name; null when there is none; 1052 when fields that differ share it.
Result<const SelectField*> find_field(const std::vector<SelectField>& fields, std::string_view name,
                                      std::string_view clause);

/// Whether columns that are neither grouped nor aggregated may be read above an aggregation.
class GroupCheck {
 public:
  /// `from`: the plan of FROM and WHERE, whose equations count.
  GroupCheck(const Scope& scope, const std::vector<ExprPtr>& group_by, const PlanNode& from);
  /// All rows of a group have the same value in this column.
  bool determined(size_t id) const;

 private:
  void close_over_keys(const Scope& scope);
  ColumnIds determined_;
};

}  // namespace tbl::tidb
