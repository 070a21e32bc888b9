// SHOW: its rows, then LIKE, WHERE and LIMIT.
#include "tidb/expr/bind.h"
#include "tidb/plan/planner.h"
#include "tidb/session/show_rows.h"
#include "tidb/session/statements.h"
#include "tidb/types/collation.h"
#include "tidb/types/convert.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

/// Names in the WHERE of a SHOW: the columns of its result.
class ResultScope : public BindScope {
 public:
  explicit ResultScope(const std::vector<TextColumn>& columns) : columns_(columns) {}
  std::string clause() const override { return "where clause"; }
  Result<ExprPtr> column(const ast::ColumnName& name) override {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (!equal_ignoring_case(columns_[i].name, name.name)) continue;
      return ExprPtr(std::make_unique<ColumnRef>(i, columns_[i].type, columns_[i].name));
    }
    return unknown_column(name.name, clause());
  }

 private:
  const std::vector<TextColumn>& columns_;
};

Status filter_where(Session& session, const ast::Expr& where, ShowResult* result) {
  EvalContext eval = session.make_eval_context(nullptr);
  ResultScope scope(result->columns);
  TBL_ASSIGN(const ExprPtr condition, bind_expr(where, scope, {eval}));
  std::vector<Row> kept;
  for (Row& row : result->rows) {
    TBL_ASSIGN(const bool pass, eval_condition(*condition, eval, row));
    if (pass) kept.push_back(std::move(row));
  }
  result->rows = std::move(kept);
  return ok_status();
}

Status filter_like(Session& session, const ast::Expr& pattern, ShowResult* result) {
  EvalContext eval = session.make_eval_context(nullptr);
  BindScope no_names;
  TBL_ASSIGN(const ExprPtr bound, bind_expr(pattern, no_names, {eval}));
  TBL_ASSIGN(const Value value, bound->eval(eval, {}));
  const std::string text = to_text(value);
  std::erase_if(result->rows, [&](const Row& row) {
    const Value& cell = row[result->like_column];
    return cell.is_null() || !matches_pattern(text, to_text(cell));
  });
  return ok_status();
}

Result<uint64_t> limit_value(Session& session, const ast::Expr& expr) {
  EvalContext eval = session.make_eval_context(nullptr);
  BindScope no_names;
  TBL_ASSIGN(const ExprPtr bound, bind_expr(expr, no_names, {eval}));
  TBL_ASSIGN(const Value value, bound->eval(eval, {}));
  return to_uint(value, eval.convert);
}

Status apply_limit(Session& session, const ast::Limit& limit, ShowResult* result) {
  uint64_t offset = 0;
  if (limit.offset) {
    TBL_ASSIGN(offset, limit_value(session, *limit.offset));
  }
  TBL_ASSIGN(const uint64_t count, limit_value(session, *limit.count));
  std::vector<Row>& rows = result->rows;
  rows.erase(rows.begin(), rows.begin() + static_cast<ptrdiff_t>(std::min(offset, rows.size())));
  if (count < rows.size()) rows.resize(count);
  return ok_status();
}

bool is_about_schema(ast::ShowKind kind) {
  using ast::ShowKind;
  switch (kind) {
    case ShowKind::kDatabases:
    case ShowKind::kTables:
    case ShowKind::kOpenTables:
    case ShowKind::kTableStatus:
    case ShowKind::kColumns:
    case ShowKind::kIndex:
    case ShowKind::kCreateTable:
    case ShowKind::kCreateView:
    case ShowKind::kCreateDatabase:
    case ShowKind::kCreateSequence:
    case ShowKind::kTableRegions:
      return true;
    default:
      return false;
  }
}

}  // namespace

Status run_show(Session& session, const ast::ShowStatement& show, SessionSink& sink) {
  auto result = is_about_schema(show.show) ? show_schema_rows(session, show)
                                           : show_server_rows(session, show);
  if (!result.ok()) return std::move(result).status();
  if (show.like) TBL_TRY(filter_like(session, *show.like, &*result));
  if (show.where) TBL_TRY(filter_where(session, *show.where, &*result));
  if (show.limit) TBL_TRY(apply_limit(session, *show.limit, &*result));
  if (show.show != ast::ShowKind::kWarnings && show.show != ast::ShowKind::kErrors) {
    return send_rows(session, result->columns, result->rows, sink);
  }
  // Clients ask for the warnings of whatever says it has some: what shows them says it has none.
  class Quiet : public SessionSink {
   public:
    explicit Quiet(SessionSink& next) : next_(next) {}
    void begin_statement(bool more) override { next_.begin_statement(more); }
    LoadDataInput* load_data() override { return next_.load_data(); }
    Status on_columns(const std::vector<ColumnMeta>& c) override { return next_.on_columns(c); }
    Status on_row(const Row& row) override { return next_.on_row(row); }
    Status on_ok(const OkInfo& info) override {
      OkInfo quiet = info;
      quiet.warnings = 0;
      return next_.on_ok(quiet);
    }

   private:
    SessionSink& next_;
  };
  Quiet quiet(sink);
  return send_rows(session, result->columns, result->rows, quiet);
}

}  // namespace tbl::tidb
