// Test helper: SQL from text to rows over a store in memory: parser, DDL, planner, executors.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tidb/ddl/ddl.h"
#include "tidb/ddl/kv_storage.h"
#include "tidb/exec/executor.h"
#include "tidb/kv/kv_store.h"
#include "tidb/kv/mem_storage.h"
#include "tidb/table/auto_id.h"
#include "tidb/types/warnings.h"

namespace tbl::tidb {

class TestSessionHooks : public SessionHooks {
 public:
  std::optional<TypedValue> user_variable(std::string_view name) override {
    auto found = variables.find(std::string(name));
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }
  void set_user_variable(std::string_view name, TypedValue value) override {
    variables[std::string(name)] = std::move(value);
  }
  Result<TypedValue> system_variable(std::string_view name, VariableScope scope) override;
  Result<bool> get_lock(const std::string&, double) override { return true; }
  std::optional<bool> release_lock(const std::string&) override { return true; }
  uint64_t release_all_locks() override { return 0; }
  std::optional<uint64_t> lock_holder(const std::string&) override { return std::nullopt; }
  bool sleep(std::chrono::nanoseconds) override { return false; }
  bool killed() override { return is_killed; }

  std::map<std::string, TypedValue> variables;
  bool is_killed = false;
};

/// What a statement gave.
struct SqlOutcome {
  Status status;
  bool has_rows = false;
  std::vector<ColumnMeta> columns;
  std::vector<std::vector<std::string>> rows;  ///< as a client shows them; NULL is "NULL"
  OkInfo ok;
};

/// One server with one session, autocommit unless a transaction is begun.
class SqlTestSession {
 public:
  SqlTestSession();
  ~SqlTestSession();

  /// Runs one statement: DDL, DML, SELECT, EXPLAIN, USE, BEGIN, COMMIT, ROLLBACK.
  SqlOutcome run(const std::string& sql);
  /// Rows joined by tabs and newlines, or "error <number>: <text>".
  std::string text(const std::string& sql);
  /// A plan without running it.
  Result<std::unique_ptr<StatementPlan>> plan(const std::string& sql);
  Warnings& warnings() { return warnings_; }

  TestSessionHooks hooks;
  SqlMode sql_mode = kDefaultSqlMode;
  int64_t memory_limit = MemoryQuota::kUnlimited;
  bool client_found_rows = false;
  LoadDataInput* load_data = nullptr;
  const VirtualCatalog* virtuals = nullptr;
  uint64_t last_insert_id = 0;

 private:
  SqlOutcome run_planned(const ast::Statement& statement);
  EvalContext eval_context();
  PlanContext plan_context(EvalContext& eval) const;

  MemStorage storage_;
  std::unique_ptr<KvStore> kv_;
  SchemaHolder schemas_;
  std::unique_ptr<KvDdlStorage> ddl_storage_;
  std::unique_ptr<TableBackfill> backfill_;
  std::unique_ptr<Ddl> ddl_;
  std::unique_ptr<AutoIds> auto_ids_;
  std::unique_ptr<Transaction> open_;
  SchemaPtr schema_;
  std::string current_db_;
  Warnings warnings_;
};

}  // namespace tbl::tidb
