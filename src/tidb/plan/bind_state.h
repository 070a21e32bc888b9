// What binding the parts of one statement shares, and the environments names are looked up in.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tidb/ast/query.h"
#include "tidb/expr/bind.h"
#include "tidb/plan/planner.h"
#include "tidb/plan/scope.h"
#include "tidb/plan/subplan.h"

namespace tbl::tidb {

/// One per statement (and one per view inside of it, which shares nothing but the ids).
struct BindState {
  explicit BindState(const PlanContext& ctx)
      : context(ctx), current_db(ctx.current_db), engine(std::make_shared<SubquerySlot>()) {}

  const PlanContext& context;
  std::string current_db;
  size_t next_id = 1;
  size_t next_source = 1;
  int view_depth = 0;
  std::vector<TableAccess> accesses;
  std::vector<schema::TableInfoPtr> tables;
  std::shared_ptr<SubquerySlot> engine;

  BuildContext build() const { return BuildContext{context.eval}; }
  /// Notes it for the privilege check; not inside of a view. Null there, else good until the next.
  TableAccess* note_access(const std::string& db, const std::string& table, AccessType type);
  /// The same for a column: nothing for one that needs no right.
  void note_column(const ScopeColumn& column, AccessType type, bool named = true);
  /// A table that is changed has to be readable only where its columns are read.
  void forget_bare_read(const std::string& db, const std::string& table);
  void note_table(const schema::TableInfoPtr& table);
  PlanColumn new_column(std::string name, const FieldType& type);
};

/// The common table expressions that are visible: the first `count` of `with`, then the outer ones.
struct CteScope {
  const ast::With* with = nullptr;
  size_t count = 0;
  const CteScope* outer = nullptr;
  std::vector<bool>* used = nullptr;  ///< by position in `with`: set when a query reads it
};

/// Looks names up in one place of a query; null for a name that is not known there nor further out.
class NameSource {
 public:
  virtual ~NameSource() = default;
  virtual Result<ExprPtr> try_column(const ast::ColumnName& name) = 0;
};

/// The boundary between a subquery and the place around it: collects the outer columns it uses.
struct OuterScope {
  NameSource* source = nullptr;
  std::shared_ptr<OuterRow> slot = std::make_shared<OuterRow>();
  std::vector<ExprPtr> exprs;       ///< in terms of the query around
  std::vector<std::string> prints;  ///< their fingerprints

  /// A CorrelatedColumn, or null.
  Result<ExprPtr> try_column(const ast::ColumnName& name);
};

/// Binds whole queries. Used for the statement, for derived tables, views and subqueries.
class QueryBinder {
 public:
  QueryBinder(BindState& state, const CteScope* ctes, OuterScope* outer)
      : state_(state), ctes_(ctes), outer_(outer) {}
  Result<PlanPtr> bind(const ast::Query& query);

 private:
  /// Binds the common table expressions that nobody reads, for the errors in them.
  Status check_unused(const CteScope& scope);
  Result<PlanPtr> bind_in(const ast::Query& query, const CteScope* ctes);
  Result<PlanPtr> bind_terms(const ast::Query& query, const CteScope* ctes);
  Result<PlanPtr> bind_term(const ast::SetTerm& term, const CteScope* ctes);
  Result<PlanPtr> order_and_limit(PlanPtr plan, const ast::Query& query, const CteScope* ctes);

  BindState& state_;
  const CteScope* ctes_;
  OuterScope* outer_;
};

/// Where the names of one clause come from: a FROM scope, then the queries around.
class ClauseScope : public BindScope, public NameSource {
 public:
  struct Place {
    BindState& state;
    const Scope& scope;
    const CteScope* ctes = nullptr;
    OuterScope* outer = nullptr;
  };
  ClauseScope(const Place& place, std::string clause) : place_(place), clause_(std::move(clause)) {}

  std::string clause() const override { return clause_; }
  Result<ExprPtr> column(const ast::ColumnName& name) override;
  Result<ExprPtr> try_column(const ast::ColumnName& name) override;
  Result<ExprPtr> subquery(const ast::Expr& node, ExprPtr left) override;

 protected:
  const Place& place() const { return place_; }
  /// In the FROM scope only; null when it is not there.
  Result<ExprPtr> from_column(const ast::ColumnName& name);

 private:
  Place place_;
  std::string clause_;
};

/// Offset and count of a LIMIT.
struct LimitValues {
  uint64_t offset = 0;
  uint64_t count = 0;
};
Result<LimitValues> bind_limit(const ast::Limit& limit, BindState& state);
PlanPtr make_limit(PlanPtr child, const LimitValues& limit);

/// A Selection over `child`; conditions are taken apart at ANDs. No condition: the child itself.
PlanPtr make_selection(PlanPtr child, ExprPtr condition);
/// Each different row of `child` once; the columns keep their ids.
PlanPtr make_distinct(PlanPtr child);

/// `t.a` of a column name, as error texts show it.
std::string name_text(const ast::ColumnName& name);

}  // namespace tbl::tidb
