#include "tidb/exec/sql_test_session.h"

#include <gtest/gtest.h>

#include "tidb/ast/session.h"
#include "tidb/catalog/meta.h"
#include "tidb/kv/txn_meta_store.h"
#include "tidb/parser/parser.h"
#include "tidb/types/convert.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

class Collector : public ResultSink {
 public:
  explicit Collector(SqlOutcome& outcome) : outcome_(outcome) {}
  Status on_columns(const std::vector<ColumnMeta>& columns) override {
    outcome_.has_rows = true;
    outcome_.columns = columns;
    return ok_status();
  }
  Status on_row(const Row& row) override {
    std::vector<std::string> texts;
    for (size_t i = 0; i < row.size(); ++i) {
      texts.push_back(row[i].is_null() ? "NULL" : value_to_text(row[i], outcome_.columns[i].type));
    }
    outcome_.rows.push_back(std::move(texts));
    return ok_status();
  }
  Status on_ok(const OkInfo& ok) override {
    outcome_.ok = ok;
    return ok_status();
  }

 private:
  SqlOutcome& outcome_;
};

}  // namespace

Result<TypedValue> TestSessionHooks::system_variable(std::string_view name, VariableScope) {
  return unknown_system_variable(name);
}

SqlTestSession::SqlTestSession() {
  kv_ = std::make_unique<KvStore>(storage_, nullptr);
  ddl_storage_ = std::make_unique<KvDdlStorage>(*kv_);
  backfill_ = std::make_unique<TableBackfill>(*kv_);
  Ddl::Deps deps;
  deps.storage = ddl_storage_.get();
  deps.schemas = &schemas_;
  deps.backfill = backfill_.get();
  ddl_ = std::make_unique<Ddl>(deps, DdlOptions{});
  auto_ids_ = std::make_unique<AutoIds>(*kv_);
  Status started = ddl_->start();
  EXPECT_TRUE(started.ok()) << started.to_string();
  EXPECT_EQ(text("create database test"), "");
  current_db_ = "test";
}

SqlTestSession::~SqlTestSession() {
  open_.reset();
  ddl_->stop();
}

EvalContext SqlTestSession::eval_context() {
  EvalContext eval;
  eval.convert.sql_mode = sql_mode;
  eval.convert.warnings = &warnings_;
  eval.hooks = &hooks;
  eval.current_db = current_db_;
  eval.user = "root@localhost";
  eval.auth_user = "root@%";
  eval.last_insert_id = last_insert_id;
  eval.now_micros = 1600000000000000;
  return eval;
}

PlanContext SqlTestSession::plan_context(EvalContext& eval) const {
  return PlanContext{*schema_, virtuals, current_db_, eval};
}

SqlOutcome SqlTestSession::run_planned(const ast::Statement& statement) {
  SqlOutcome outcome;
  EvalContext eval = eval_context();
  eval.convert.strict = statement.kind != ast::StatementKind::kSelect && is_strict(sql_mode);
  schema_ = schemas_.current();
  auto run = [&]() -> Status {
    TBL_ASSIGN(auto plan, plan_statement(statement, plan_context(eval)));
    std::unique_ptr<Transaction> own;
    if (!open_) {
      TBL_ASSIGN(own, kv_->begin());
    }
    Transaction& txn = open_ ? *open_ : *own;
    txn.set_schema_version(schema_->version());
    ExecContext context{eval};
    context.transaction = &txn;
    context.schema = schema_.get();
    context.auto_ids = auto_ids_.get();
    context.load_data = load_data;
    context.client_found_rows = client_found_rows;
    context.memory = MemoryQuota(memory_limit);
    Collector sink(outcome);
    TBL_TRY(execute_plan(*plan, context, sink));
    if (!own) return ok_status();
    CommitOptions options;
    options.schemas = &schemas_;
    return own->commit(options).status();
  };
  outcome.status = run();
  if (outcome.status.ok() && outcome.ok.id_was_generated) {
    last_insert_id = outcome.ok.last_insert_id;
  }
  return outcome;
}

SqlOutcome SqlTestSession::run(const std::string& sql) {
  warnings_.clear();
  SqlOutcome outcome;
  auto parsed = parse_one(sql, ParseOptions{sql_mode});
  if (!parsed.ok()) {
    outcome.status = parsed.status();
    return outcome;
  }
  const ast::Statement& statement = **parsed;
  if (Ddl::handles(statement)) {
    EvalContext eval = eval_context();
    DdlSession session;
    session.eval = &eval;
    session.query = sql;
    outcome.status = ddl_->run(statement, session);
    return outcome;
  }
  switch (statement.kind) {
    case ast::StatementKind::kUse:
      current_db_ = ast::as<ast::UseStatement>(statement).database;
      return outcome;
    case ast::StatementKind::kBegin: {
      auto begun = kv_->begin();
      EXPECT_TRUE(begun.ok());
      open_ = std::move(*begun);
      return outcome;
    }
    case ast::StatementKind::kCommit:
      outcome.status = open_->commit().status();
      open_.reset();
      return outcome;
    case ast::StatementKind::kRollback:
      open_.reset();
      return outcome;
    case ast::StatementKind::kExplain: {
      schema_ = schemas_.current();
      EvalContext eval = eval_context();
      auto planned =
          plan_statement(*ast::as<ast::ExplainStatement>(statement).statement, plan_context(eval));
      outcome.status = planned.status();
      outcome.has_rows = true;
      if (planned.ok()) outcome.rows = explain_rows(**planned);
      return outcome;
    }
    default:
      return run_planned(statement);
  }
}

Result<std::unique_ptr<StatementPlan>> SqlTestSession::plan(const std::string& sql) {
  TBL_ASSIGN(auto parsed, parse_one(sql, ParseOptions{sql_mode}));
  schema_ = schemas_.current();
  EvalContext eval = eval_context();
  return plan_statement(*parsed, plan_context(eval));
}

std::string SqlTestSession::text(const std::string& sql) {
  SqlOutcome outcome = run(sql);
  if (!outcome.status.ok()) {
    SqlErrorText error = describe_sql_error(outcome.status);
    return "error " + std::to_string(error.code) + ": " + error.message;
  }
  std::string text;
  for (const auto& row : outcome.rows) {
    if (&row != &outcome.rows.front()) text += "\n";
    for (size_t i = 0; i < row.size(); ++i) text += (i ? "\t" : "") + row[i];
  }
  return text;
}

TEST(SqlTestSession, RunsTheWalkthroughsStatements) {
  SqlTestSession s;
  EXPECT_EQ(s.text("create database tidbtest"), "");
  EXPECT_EQ(s.text("use tidbtest"), "");
  EXPECT_EQ(s.text("create table t1 (id int unsigned not null auto_increment primary key)"), "");
  SqlOutcome inserted = s.run("insert into t1 () values (),(),(),(),()");
  EXPECT_TRUE(inserted.status.ok()) << inserted.status.to_string();
  EXPECT_EQ(inserted.ok.affected_rows, 5u);
  EXPECT_EQ(inserted.ok.last_insert_id, 1u);
  EXPECT_EQ(inserted.ok.message, "Records: 5  Duplicates: 0  Warnings: 0");
  EXPECT_EQ(s.text("select * from t1"), "1\n2\n3\n4\n5");
}

}  // namespace tbl::tidb
