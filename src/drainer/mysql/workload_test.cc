
#include "base/test_seed.h"
#include "drainer/mysql/applier_harness.h"
#include "drainer/schedule/model_database.h"

namespace tbl::mysql {
namespace {

using schedule::CommitOrder;
using schedule::RandomStream;

/// Long random streams through the whole sink.
class Workload : public ApplierTest {
 protected:
  void SetUp() override {
    ApplierTest::SetUp();
    run("CREATE TABLE test.t(id BIGINT PRIMARY KEY, u BIGINT UNIQUE, v BIGINT)");
  }
  std::string model_rows(const RandomStream& stream) {
    std::string out;
    for (const auto& [id, row] : stream.database().rows()) {
      out += (out.empty() ? "" : ";") + std::to_string(id) + "," +
             (row.u ? std::to_string(*row.u) : "NULL") + "," + std::to_string(row.v);
    }
    return out;
  }
  std::string downstream_rows() { return rows("SELECT * FROM test.t ORDER BY id"); }
};

TEST_F(Workload, ManyWorkersGiveTheSerialResult) {
  unsigned seed = test_seed();
  for (CommitOrder order : {CommitOrder::kFree, CommitOrder::kUpstream}) {
    SetUp();
    RandomStream stream(seed);
    auto opt = options();
    opt.scheduler.workers = 6;
    opt.scheduler.batch_rows = 8;
    opt.scheduler.order = order;
    ASSERT_TRUE(start(opt).ok());
    for (int i = 0; i < 2000; ++i) ASSERT_TRUE(applier_->submit(stream.next()).ok());
    Status stopped = applier_->stop();
    ASSERT_TRUE(stopped.ok()) << stopped.to_string();
    EXPECT_EQ(downstream_rows(), model_rows(stream));
    EXPECT_EQ(applier_->stats().missed_rows, 0u);
  }
}

// Runs that die in the middle, each with another number of workers; all see the same stream from
// their start point on.
TEST_F(Workload, CrashesLoseAndRepeatNothing) {
  unsigned seed = test_seed();
  std::mt19937 random(seed);
  RandomStream stream(seed);
  std::vector<schedule::TransactionPtr> transactions;
  for (int i = 0; i < 600; ++i) transactions.push_back(stream.next());
  uint64_t until = 100;
  for (bool last = false; !last;) {
    auto opt = options();
    opt.scheduler.workers = 1 + random() % 5;
    opt.scheduler.batch_rows = 1 + random() % 10;
    opt.save_interval_ms = 5 + static_cast<uint32_t>(random() % 30);
    auto point = start(opt);
    ASSERT_TRUE(point.ok()) << point.status().to_string();
    ASSERT_EQ(point->unknown_until_ts, 0u);
    until += random() % 100;
    last = until >= transactions.back()->commit_ts;
    for (const auto& transaction : transactions) {
      if (transaction->commit_ts <= point->commit_ts) continue;
      if (!last && transaction->commit_ts > until) break;
      ASSERT_TRUE(applier_->submit(transaction).ok());
    }
    if (last) {
      Status stopped = applier_->stop();
      ASSERT_TRUE(stopped.ok()) << stopped.to_string();
    }
    EXPECT_EQ(applier_->stats().missed_rows, 0u);
    crash();
  }
  EXPECT_EQ(downstream_rows(), model_rows(stream));
  EXPECT_EQ(marks(), "0");
}

decode::TablePtr names_table() {
  using namespace schema;
  ColumnInfo name = decode::test_column(1, "name", kTypeVarchar, kFlagPrimaryKey | kFlagNotNull);
  name.type.collate = "utf8mb4_bin";
  TableInfo info =
      decode::test_table_info("names", {name, decode::test_column(2, "v", kTypeLongLong)});
  info.is_common_handle = true;
  info.indexes = {decode::test_primary_index({schedule::index_column("name", 0)})};
  return decode::test_table(std::move(info));
}

// Upstream takes 'a', 'A' and 'á' for three values, downstream for one: legal as long as they do
// not stand side by side, and then only if they keep their order.
TEST_F(Workload, ACoarserCollationDownstreamKeepsTheOrder) {
  run("CREATE TABLE test.names(name VARCHAR(20) PRIMARY KEY, v BIGINT) COLLATE utf8mb4_general_ci");
  auto table = names_table();
  auto opt = options();
  opt.scheduler.workers = 8;
  opt.scheduler.batch_rows = 1;
  ASSERT_TRUE(start(opt).ok());
  const std::vector<std::string> forms = {"a", "A", "a ", "\xc3\xa1", "\xc3\x81"};
  uint64_t ts = 110;
  for (int64_t i = 0; i < 300; ++i) {
    const std::string& form = forms[static_cast<size_t>(i) % forms.size()];
    ASSERT_TRUE(submit(TransactionBuilder(++ts).insert(table, {text(form), integer(i)})).ok());
    if (i == 299) break;
    ASSERT_TRUE(submit(TransactionBuilder(++ts).remove(table, {text(form), integer(i)})).ok());
  }
  Status stopped = applier_->stop();
  ASSERT_TRUE(stopped.ok()) << stopped.to_string();
  EXPECT_EQ(rows("SELECT HEX(name), v FROM test.names"), "C381,299");
  EXPECT_EQ(applier_->stats().missed_rows, 0u);
}

TEST_F(Workload, TwinsThatDownstreamCannotHoldStopIt) {
  run("CREATE TABLE test.names(name VARCHAR(20) PRIMARY KEY, v BIGINT) COLLATE utf8mb4_general_ci");
  auto table = names_table();
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(table, {text("a"), integer(1)})).ok());
  ASSERT_TRUE(submit(TransactionBuilder(120).insert(table, {text("A"), integer(2)})).ok());
  Status stopped = applier_->stop();
  EXPECT_EQ(stopped.code(), StatusCode::kAlreadyExists) << stopped.to_string();
  EXPECT_NE(stopped.message().find("commit ts 120"), std::string::npos) << stopped.to_string();
  EXPECT_EQ(rows("SELECT name, v FROM test.names"), "a,1");
}

TEST_F(Workload, ABusyRowIsWaitedFor) {
  run("INSERT INTO test.t VALUES(1,NULL,1)");
  auto opt = options();
  opt.to.params["innodb_lock_wait_timeout"] = "1";
  ASSERT_TRUE(start(opt).ok());
  auto other = PrivateServer::instance().connect();
  ASSERT_TRUE(other->exec("BEGIN; SELECT * FROM test.t FOR UPDATE").ok());
  auto t = schedule::keyed_table();
  ASSERT_TRUE(submit(TransactionBuilder(110).update(t, {integer(1), null(), integer(1)},
                                                    {integer(1), null(), integer(2)}))
                  .ok());
  std::thread release([&] {
    // Held until the first try has failed: its mark was rolled back and the next try waits again.
    while (rows("SELECT COUNT(*) FROM information_schema.global_status WHERE variable_name="
                "'innodb_row_lock_waits' AND variable_value >= 2") != "1") {
      std::this_thread::yield();
    }
    EXPECT_TRUE(other->exec("ROLLBACK").ok());
  });
  release.join();
  Status stopped = applier_->stop();
  ASSERT_TRUE(stopped.ok()) << stopped.to_string();
  EXPECT_EQ(rows("SELECT v FROM test.t"), "2");
}

TEST_F(Workload, LoopMarksComeWithEachTransaction) {
  auto opt = options();
  opt.loopback = true;
  opt.channel_id = 7;
  ASSERT_TRUE(start(opt).ok());
  auto t = schedule::keyed_table();
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(t, {integer(1), null(), integer(1)})).ok());
  while (rows("SELECT COUNT(*) FROM test.t") != "1") std::this_thread::yield();
  EXPECT_EQ(rows("SELECT id, channel_id, val FROM retl._drainer_repl_mark"), "0,7,2");
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT COUNT(*) FROM retl._drainer_repl_mark"), "0");
}

// The checkpoint in another place than the rows: here another schema of the same server, over
// connections of its own.
TEST_F(Workload, ACheckpointElsewhereIsWrittenBeforeMarksGo) {
  auto t = schedule::keyed_table();
  auto opt = options();
  opt.checkpoint_server = PrivateServer::instance().options();
  opt.save_interval_ms = 1000000;
  ASSERT_TRUE(start(opt).ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(t, {integer(1), null(), integer(1)})).ok());
  while (marks() != "1") std::this_thread::yield();
  crash();
  auto point = start(opt);
  ASSERT_TRUE(point.ok()) << point.status().to_string();
  EXPECT_EQ(point->commit_ts, 100u);
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(t, {integer(1), null(), integer(1)})).ok());
  ASSERT_TRUE(submit(TransactionBuilder(120).insert(t, {integer(2), null(), integer(1)})).ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT id FROM test.t ORDER BY id"), "1;2");
  EXPECT_EQ(marks(), "0");
  EXPECT_EQ(rows("SELECT checkPoint LIKE '%\"commitTS\":120,%' FROM tidb_binlog.checkpoint"), "1");
}

}  // namespace
}  // namespace tbl::mysql
