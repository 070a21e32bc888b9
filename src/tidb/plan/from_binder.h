// FROM: tables, views, common table expressions, derived tables and joins, to a plan and a scope.
#pragma once

#include "tidb/plan/bind_state.h"

namespace tbl::tidb {

/// A FROM clause, or a part of one.
struct BoundFrom {
  PlanPtr plan;
  Scope scope;
};

class FromBinder {
 public:
  FromBinder(BindState& state, const CteScope* ctes, OuterScope* outer)
      : state_(state), ctes_(ctes), outer_(outer) {}
  /// Of tables that are to be changed (UPDATE, DELETE): every DataSource gives all of its table's
  /// columns, the handle and the physical id. `access` is noted of each.
  FromBinder(BindState& state, const CteScope* ctes, AccessType access)
      : state_(state), ctes_(ctes), outer_(nullptr), access_(access), full_rows_(true) {}

  Result<BoundFrom> bind(const ast::TableRef& ref);
  /// A stored table under an alias.
  Result<BoundFrom> bind_stored(const std::string& db, const schema::TableInfoPtr& table,
                                const std::string& alias);

 private:
  Result<BoundFrom> bind_table(const ast::TableSource& source);
  Result<BoundFrom> bind_virtual(const VirtualSource& source, const std::string& db,
                                 const std::string& alias);
  Result<BoundFrom> bind_view(const std::string& db, const schema::TableInfo& view,
                              const std::string& alias);
  Result<BoundFrom> bind_cte(const CteScope& scope, const ast::CommonTable& cte,
                             const std::string& alias);
  Result<BoundFrom> bind_derived(const ast::DerivedTable& derived);
  Result<BoundFrom> bind_join(const ast::Join& join);
  Status merge_common(const ast::Join& join, BoundFrom* left, BoundFrom* right, JoinPlan* plan,
                      Scope* merged);

  BindState& state_;
  const CteScope* ctes_;
  OuterScope* outer_;
  AccessType access_ = AccessType::kSelect;
  bool full_rows_ = false;
};

/// A query's result under a name; `names` (may be empty) replaces the columns' names. Errors: 1060,
/// 1353.
Result<BoundFrom> as_derived(BindState& state, PlanPtr plan, const std::string& alias,
                             const std::vector<std::string>& names);

/// The stored table or view of a name; 1046, 1049, 1146. The access is noted, and of a table that
/// does not exist too.
struct FoundTable {
  std::string db;
  schema::TableInfoPtr table;  ///< null for a virtual one
  const VirtualSource* source = nullptr;
};
Result<FoundTable> find_table(BindState& state, const ast::TableName& name, AccessType type);

}  // namespace tbl::tidb
