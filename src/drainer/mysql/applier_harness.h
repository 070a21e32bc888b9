// An applier over a private server, for tests.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "drainer/mysql/mysql_applier.h"
#include "drainer/mysql/private_server.h"
#include "drainer/schedule/test_transactions.h"

namespace tbl::mysql {

using schedule::integer;
using schedule::null;
using schedule::text;
using schedule::TransactionBuilder;

class ApplierTest : public testing::Test {
 protected:
  void SetUp() override {
    sql_ = PrivateServer::instance().connect();
    run("DROP DATABASE IF EXISTS tidb_binlog;DROP DATABASE IF EXISTS test;CREATE DATABASE test");
  }
  void TearDown() override { applier_.reset(); }

  MySqlApplierOptions options() const {
    MySqlApplierOptions out;
    out.to = PrivateServer::instance().options();
    out.cluster_id = 42;
    out.run = next_run_;
    out.initial_commit_ts = 100;
    out.node_id = "node";
    out.address = "127.0.0.1:8249";
    out.scheduler.workers = 1;
    out.lock_wait_s = 1;
    return out;
  }
  /// Each start is a run of its own.
  Result<schedule::StartPoint> start(MySqlApplierOptions options) {
    options.run = ++next_run_;
    applier_ = std::make_unique<MySqlApplier>(std::move(options), schedule::ApplierEvents());
    return applier_->start();
  }
  Result<schedule::StartPoint> start() { return start(options()); }
  /// The process dies: nothing more is saved.
  void crash() { applier_.reset(); }

  Status submit(TransactionBuilder& builder) { return applier_->submit(builder.build()); }

  void run(const std::string& sql) {
    Status status = sql_->exec(sql);
    ASSERT_TRUE(status.ok()) << status.to_string() << "\n" << sql;
  }
  /// Rows as "a,b;c,d".
  std::string rows(const std::string& sql) {
    auto result = sql_->query(sql);
    if (!result.ok()) return result.status().to_string();
    std::string out;
    for (const SqlRow& row : *result) {
      out += out.empty() ? "" : ";";
      for (size_t i = 0; i < row.size(); ++i) out += (i ? "," : "") + row[i].value_or("NULL");
    }
    return out;
  }
  std::string marks() { return rows("SELECT COUNT(*) FROM tidb_binlog.checkpoint_mark"); }

  schedule::DdlTask ddl(uint64_t ts, schema::ActionType type, const std::string& sql,
                        std::vector<schedule::TableName> touched) {
    schedule::DdlTask task;
    task.commit_ts = ts;
    task.schema_version = static_cast<int64_t>(ts);
    task.job_id = static_cast<int64_t>(ts);
    task.type = type;
    task.query = sql;
    task.schema = "test";
    task.touched = std::move(touched);
    return task;
  }

  std::unique_ptr<Connection> sql_;
  std::unique_ptr<MySqlApplier> applier_;
  uint64_t next_run_ = 1000;
};

}  // namespace tbl::mysql
