// A whole SQL server without network, over a store in memory; included by tests only.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "tidb/ddl/bootstrap.h"
#include "tidb/ddl/ddl.h"
#include "tidb/ddl/kv_storage.h"
#include "tidb/kv/kv_store.h"
#include "tidb/kv/mem_storage.h"
#include "tidb/memtable/virtual_tables.h"
#include "tidb/privilege/privilege_manager.h"
#include "tidb/session/internal_sql.h"
#include "tidb/session/session.h"
#include "tidb/session/user_locks.h"
#include "tidb/table/auto_id.h"
#include "tidb/types/convert.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

/// Bootstrapped, with database test.
class TestServer {
 public:
  TestServer() : kv_(storage_, nullptr), ddl_storage_(kv_), backfill_(kv_), auto_ids_(kv_) {
    const auto forget = [this](int64_t table_id) { auto_ids_.forget(table_id); };
    ddl_ = std::make_unique<Ddl>(Ddl::Deps{&ddl_storage_, &schemas_, &backfill_, nullptr, forget},
                                 DdlOptions());
    const Status started = ddl_->start();
    EXPECT_TRUE(started.ok()) << started.to_string();
    VirtualSources sources;
    sources.privileges = &privileges_;
    virtuals_ = make_virtual_catalog(std::move(sources));
    domain_.store = &kv_;
    domain_.schemas = &schemas_;
    domain_.auto_ids = &auto_ids_;
    domain_.ddl = ddl_.get();
    domain_.globals = &globals_;
    domain_.processes = &processes_;
    domain_.user_locks = &user_locks_;
    domain_.privileges = &privileges_;
    domain_.virtuals = virtuals_.get();
    domain_.facts.server_version = "5.7.25-TiDB-test";
    Runner runner(domain_);
    const Status done = bootstrap(ddl_storage_, runner, {});
    EXPECT_TRUE(done.ok()) << done.to_string();
    const Status loaded = privileges_.reload(query_runner(domain_));
    EXPECT_TRUE(loaded.ok()) << loaded.to_string();
  }
  ~TestServer() { ddl_->stop(); }

  Domain& domain() { return domain_; }
  MemStorage& storage() { return storage_; }
  uint64_t next_connection() { return ++connections_; }

 private:
  class Runner : public SqlRunner {
   public:
    explicit Runner(Domain& domain) : domain_(domain) {}
    Status execute(std::string_view sql) override { return run_internal(domain_, sql); }
    Result<bool> any_row(std::string_view sql) override {
      TBL_ASSIGN(const TextResult result, query_internal(domain_, sql));
      return !result.rows.empty();
    }

   private:
    Domain& domain_;
  };

  MemStorage storage_;
  KvStore kv_;
  SchemaHolder schemas_;
  KvDdlStorage ddl_storage_;
  TableBackfill backfill_;
  AutoIds auto_ids_;
  std::unique_ptr<Ddl> ddl_;
  GlobalVariables globals_;
  ProcessList processes_;
  UserLocks user_locks_;
  PrivilegeManager privileges_{false};
  std::unique_ptr<VirtualCatalog> virtuals_;
  Domain domain_;
  std::atomic<uint64_t> connections_ = 0;
};

/// A session and what its statements gave, as text.
class TestConnection : private SessionSink {
 public:
  explicit TestConnection(TestServer& server, const std::string& user = "root")
      : session_(server.domain(), {server.next_connection(), false, {}}) {
    session_.set_user({user, "127.0.0.1", user, "%"});
    EXPECT_EQ(session_.use("test").ok(), user == "root");
  }
  Session& session() { return session_; }

  /// "a,b;c,d" for rows, "ok <affected>" without, "error <number> <text>"; of several statements
  /// joined by " | ".
  std::string run(const std::string& sql) {
    out_.clear();
    const Status status = session_.execute(sql, *this);
    return finish(status);
  }
  std::string execute(uint32_t id, std::vector<Value> parameters) {
    out_.clear();
    const Status status = session_.execute_prepared(id, std::move(parameters), *this);
    return finish(status);
  }

 private:
  std::string finish(const Status& status) {
    if (status.ok()) return out_;
    return out_ + "error " + std::to_string(describe_sql_error(status).code) + " " +
           describe_sql_error(status).message;
  }
  void begin_statement(bool) override {
    if (!out_.empty()) out_ += " | ";
    columns_.clear();
    first_row_ = true;
  }
  LoadDataInput* load_data() override { return nullptr; }
  Status on_columns(const std::vector<ColumnMeta>& columns) override {
    columns_ = columns;
    return tbl::ok_status();
  }
  Status on_row(const Row& row) override {
    if (!first_row_) out_ += ";";
    first_row_ = false;
    for (size_t i = 0; i < row.size(); ++i) {
      out_ += (i > 0 ? "," : "") +
              (row[i].is_null() ? "NULL" : value_to_text(row[i], columns_[i].type));
    }
    return tbl::ok_status();
  }
  Status on_ok(const OkInfo& ok) override {
    if (columns_.empty()) out_ += "ok " + std::to_string(ok.affected_rows);
    return tbl::ok_status();
  }

  Session session_;
  std::string out_;
  std::vector<ColumnMeta> columns_;
  bool first_row_ = true;
};

/// Tests on one server, bootstrapped once: every test has tables of its own.
class TestServerSuite : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new TestServer(); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  inline static TestServer* server_ = nullptr;
};

}  // namespace tbl::tidb
