// From a parsed statement to a plan: names are looked up, types inferred, rules applied.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/status.h"
#include "tidb/plan/dml_plan.h"
#include "tidb/plan/plan.h"

namespace tbl::tidb {

struct EvalContext;
class Schema;
struct SubquerySlot;
class VirtualCatalog;
namespace ast {
struct Expr;
struct Statement;
}  // namespace ast

/// What a statement does with a table, for the privilege check.
enum class AccessType : uint8_t { kSelect, kInsert, kUpdate, kDelete };
struct TableAccess {
  std::string db;
  std::string table;
  AccessType type = AccessType::kSelect;
  /// The columns it does this with, each once. Rights on them do where there is none on the table;
  /// without a column a right on any column does.
  std::vector<std::string> columns;
  bool all_columns = false;  ///< they were not named: `*`, INSERT without a list
  bool operator==(const TableAccess&) const = default;
};

/// What a plan is made against. All of it must outlive the plan's execution.
struct PlanContext {
  const Schema& schema;
  const VirtualCatalog* virtuals = nullptr;  ///< null: none
  std::string current_db;                    ///< empty: none was chosen
  EvalContext& eval;                         ///< sql mode, variables, parameters
  /// What the statement was found to access when planning failed; null: nobody asks. Who has no
  /// right to a table is to be told that, not what is wrong with its name or its columns.
  std::vector<TableAccess>* accesses_of_failure = nullptr;
  /// sql_select_limit: rows of a SELECT that is the statement and has no LIMIT.
  uint64_t select_limit = UINT64_MAX;
  /// sql_safe_updates: UPDATE and DELETE without LIMIT must find their rows by a key, else 1175.
  bool safe_updates = false;
};

struct QueryPlan {
  PlanPtr root;
  bool for_update = false;
  bool no_wait = false;           ///< FOR UPDATE NOWAIT
  std::vector<std::string> into;  ///< user variables that get the row, as many as columns; or none
};

/// A planned SELECT, INSERT, REPLACE, UPDATE, DELETE or LOAD DATA.
struct StatementPlan {
  std::variant<QueryPlan, InsertPlan, UpdatePlan, DeletePlan, LoadDataPlan> body;
  std::vector<TableAccess> accesses;         ///< each once; tables inside a view are not listed
  std::vector<schema::TableInfoPtr> tables;  ///< every stored table that is read or written
  /// Where the subqueries in expressions find who runs them: exec/ puts itself there.
  std::shared_ptr<SubquerySlot> engine;

  /// A SELECT's columns; empty for other statements and where variables get them.
  const std::vector<PlanColumn>& columns() const;
};

/// Plans one of the statements above; any other kind is an internal error. Errors are MySQL's:
/// 1054, 1052, 1146, 1046, 1055, 1140, 1222, ...
Result<std::unique_ptr<StatementPlan>> plan_statement(const ast::Statement& statement,
                                                      const PlanContext& context);

/// The rows of EXPLAIN for it: id, count, task, operator info.
std::vector<std::vector<std::string>> explain_rows(const StatementPlan& plan);

/// An expression of a statement without tables (SET, DO), which may hold subqueries.
struct BoundExpression {
  ExprPtr expr;
  std::vector<TableAccess> accesses;
  std::vector<schema::TableInfoPtr> tables;
  std::shared_ptr<SubquerySlot> engine;
};

/// Binds it; a column's name is error 1054. evaluate() of exec/executor.h gives its value.
Result<BoundExpression> bind_expression(const ast::Expr& expr, const PlanContext& context);

}  // namespace tbl::tidb
