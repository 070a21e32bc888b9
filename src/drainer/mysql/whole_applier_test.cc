#include "drainer/mysql/whole_applier.h"

#include "drainer/mysql/cut_harness.h"

namespace tbl::mysql {
namespace {

/// Parts that are there from the beginning; says when each is asked for.
class Parts : public schedule::PartSource {
 public:
  explicit Parts(std::vector<schedule::TransactionPtr> parts) : parts_(std::move(parts)) {}

  uint64_t commit_ts() const override { return parts_[0]->commit_ts; }
  int64_t schema_version() const override { return 7; }
  Result<schedule::TransactionPtr> next() override {
    on_next(next_);
    TBL_TRY(fails);
    return next_ < parts_.size() ? parts_[next_++] : nullptr;
  }
  void rewind() override { next_ = 0; }

  std::function<void(size_t)> on_next = [](size_t) {};
  Status fails;

 private:
  std::vector<schedule::TransactionPtr> parts_;
  size_t next_ = 0;
};

class Whole : public CutTest {
 protected:
  void SetUp() override {
    CutTest::SetUp();
    make_tables();
  }
  void make_tables() {
    run("DROP DATABASE IF EXISTS tidb_binlog;DROP DATABASE IF EXISTS test;CREATE DATABASE test;"
        "CREATE TABLE test.t(id BIGINT PRIMARY KEY, u BIGINT UNIQUE, v BIGINT);"
        "CREATE TABLE test.n(a BIGINT, b VARCHAR(20))");
  }
  MySqlApplierOptions whole() const {
    auto opt = options();
    opt.whole_transactions = true;
    opt.scheduler.workers = 2;
    opt.save_interval_ms = 1000000;
    return opt;
  }
  /// Three parts of two rows each, one row with a key and one without; the last moves the unique
  /// value of the first.
  Parts large(uint64_t ts) const {
    std::vector<schedule::TransactionPtr> parts;
    for (int64_t i = 0; i < 3; ++i) {
      TransactionBuilder builder(ts);
      builder.part(static_cast<uint64_t>(i) * 2, i == 2).insert(n_, {integer(1), text("x")});
      if (i < 2) builder.insert(t_, {integer(i), integer(i), integer(0)});
      if (i == 2) {
        builder.update(t_, {integer(0), integer(0), integer(0)},
                       {integer(0), integer(10), integer(0)});
      }
      parts.push_back(builder.build());
    }
    return Parts(std::move(parts));
  }
  Status submit_small(uint64_t ts) {
    return applier_->submit(TransactionBuilder(ts).insert(n_, {integer(1), text("x")}).build());
  }
  std::string counts() {
    return rows("SELECT COUNT(*) FROM test.n") + " " + rows("SELECT COUNT(*) FROM test.t");
  }
  void expect_large_once(const std::string& keyless_rows) {
    EXPECT_EQ(rows("SELECT COUNT(*) FROM test.n"), keyless_rows);
    EXPECT_EQ(rows("SELECT id, u FROM test.t ORDER BY id"), "0,10;1,1");
  }

  decode::TablePtr t_ = schedule::keyed_table();
  decode::TablePtr n_ = schedule::keyless_table();
};

TEST_F(Whole, ReadersSeeAllOfItOrNothing) {
  ASSERT_TRUE(start(whole()).ok());
  ASSERT_TRUE(submit_small(110).ok());
  Parts parts = large(120);
  size_t asked = 0;
  parts.on_next = [&](size_t) {
    ++asked;
    EXPECT_EQ(counts(), "1 0") << "what came before is there, and nothing of the parts";
  };
  Status submitted = applier_->submit_parts(parts);
  ASSERT_TRUE(submitted.ok()) << submitted.to_string();
  EXPECT_EQ(asked, 4u);
  expect_large_once("4");
  EXPECT_EQ(rows("SELECT COUNT(*) FROM tidb_binlog.checkpoint_mark WHERE high_ts = 120"), "1");
  EXPECT_EQ(rows("SELECT workers FROM tidb_binlog.checkpoint_run"), "3");
  ASSERT_TRUE(submit_small(130).ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT COUNT(*) FROM test.n"), "5");
  EXPECT_EQ(rows("SELECT checkPoint LIKE '%\"commitTS\":130,%\"schema-version\":7,%' FROM "
                 "tidb_binlog.checkpoint"),
            "1");
  EXPECT_EQ(marks(), "0");
}

TEST_F(Whole, ByDefaultAPartIsDurableBeforeTheNextIsAskedFor) {
  auto opt = whole();
  opt.whole_transactions = false;
  ASSERT_TRUE(start(opt).ok());
  Parts parts = large(120);
  parts.on_next = [&](size_t part) {
    while (part == 1 && marks() == "0") std::this_thread::yield();
  };
  ASSERT_TRUE(applier_->submit_parts(parts).ok());
  ASSERT_TRUE(applier_->stop().ok());
  expect_large_once("3");
}

// An earlier run had another configuration, in both directions.
TEST_F(Whole, WhatARunBeforeAppliedIsLeftOut) {
  auto split = whole();
  split.whole_transactions = false;
  ASSERT_TRUE(start(split).ok());
  Parts parts = large(120);
  auto first = parts.next();
  ASSERT_TRUE(applier_->submit(*first).ok());
  while (marks() != "1") std::this_thread::yield();
  crash();
  ASSERT_TRUE(start(whole()).ok());
  ASSERT_TRUE(applier_->submit_parts(parts).ok());
  expect_large_once("3");
  crash();
  ASSERT_TRUE(start(split).ok());
  parts.rewind();
  ASSERT_TRUE(applier_->submit_parts(parts).ok());
  ASSERT_TRUE(applier_->stop().ok());
  expect_large_once("3");
  EXPECT_EQ(marks(), "0");
}

TEST_F(Whole, CarriesALoopMarkOfItsOwn) {
  auto opt = whole();
  opt.loopback = true;
  opt.channel_id = 7;
  ASSERT_TRUE(start(opt).ok());
  Parts parts = large(120);
  ASSERT_TRUE(applier_->submit_parts(parts).ok());
  EXPECT_EQ(rows("SELECT id, val FROM retl._drainer_repl_mark WHERE channel_id = 7 ORDER BY id"),
            "0,1;1,1;2,2");
  ASSERT_TRUE(applier_->stop().ok());
}

TEST_F(Whole, ALockThatIsHeldIsWaitedFor) {
  run("INSERT INTO test.t VALUES(1,NULL,1)");
  auto other = PrivateServer::instance().connect();
  ASSERT_TRUE(other->exec("BEGIN; DELETE FROM test.t").ok());
  auto opt = whole();
  opt.to.params["innodb_lock_wait_timeout"] = "1";
  ASSERT_TRUE(start(opt).ok());
  Parts parts = large(120);
  int tries = 0;
  parts.on_next = [&](size_t part) {
    if (part != 0 || ++tries != 2) return;
    EXPECT_TRUE(other->exec("COMMIT").ok());
  };
  Status submitted = applier_->submit_parts(parts);
  ASSERT_TRUE(submitted.ok()) << submitted.to_string();
  EXPECT_EQ(tries, 2);
  ASSERT_TRUE(applier_->stop().ok());
  expect_large_once("3");
}

TEST_F(Whole, ATableThatIsAnotherIsReadAgain) {
  auto opt = whole();
  opt.to.strict = false;  // columns of one side alone are left out
  ASSERT_TRUE(start(opt).ok());
  TransactionBuilder before(110);
  before.insert(t_, {integer(5), integer(5), integer(5)});
  ASSERT_TRUE(submit(before).ok());
  while (rows("SELECT COUNT(*) FROM test.t") != "1") std::this_thread::yield();
  run("ALTER TABLE test.t DROP COLUMN v");
  Parts parts = large(120);
  Status submitted = applier_->submit_parts(parts);
  ASSERT_TRUE(submitted.ok()) << submitted.to_string();
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT id, u FROM test.t ORDER BY id"), "0,10;1,1;5,5");
}

TEST_F(Whole, ADuplicateStopsOrIsReplaced) {
  run("INSERT INTO test.t VALUES(1,50,1)");
  ASSERT_TRUE(start(whole()).ok());
  Parts parts = large(120);
  Status refused = applier_->submit_parts(parts);
  EXPECT_EQ(refused.code(), StatusCode::kAlreadyExists) << refused.to_string();
  EXPECT_NE(refused.message().find("commit ts 120"), std::string::npos) << refused.to_string();
  EXPECT_EQ(counts(), "0 1");
  crash();
  auto opt = whole();
  opt.replace_duplicates = true;
  ASSERT_TRUE(start(opt).ok());
  ASSERT_TRUE(applier_->submit_parts(parts).ok());
  ASSERT_TRUE(applier_->stop().ok());
  expect_large_once("3");
}

TEST_F(Whole, AnErrorOfTheSourceOrAStopLeavesNothing) {
  for (bool stopped : {false, true}) {
    ASSERT_TRUE(start(whole()).ok());
    Parts parts = large(120);
    parts.on_next = [&](size_t part) {
      if (part < 2) return;
      if (stopped) applier_->abort();
      if (!stopped) parts.fails = data_loss("the file ends early");
    };
    Status submitted = applier_->submit_parts(parts);
    EXPECT_EQ(submitted.code(), stopped ? StatusCode::kCancelled : StatusCode::kDataLoss);
    crash();
    EXPECT_EQ(counts(), "0 0");
  }
}

/// A large transaction between two small ones under every cut.
class LargeCut : public Whole {
 protected:
  MySqlApplierOptions options_of_start() override {
    auto out = whole();
    out.whole_transactions = keeps_whole_;
    return out;
  }
  void cut_everywhere(bool dies) {
    auto play = [&](uint64_t from_ts) -> Status {
      if (from_ts < 110) TBL_TRY(submit_small(110));
      Parts parts = large(120);
      if (from_ts < 120) TBL_TRY(applier_->submit_parts(parts));
      if (from_ts < 130) TBL_TRY(submit_small(130));
      return applier_->stop();
    };
    auto check = [&] {
      expect_large_once("5");
      EXPECT_EQ(marks(), "0");
    };
    CutTest::cut_everywhere(
        dies, [&] { make_tables(); }, play, check);
  }
  bool keeps_whole_ = true;
};

TEST_F(LargeCut, WholeWhenConnectionsAreCutAtEveryStatement) { cut_everywhere(false); }
TEST_F(LargeCut, WholeWhenTheProcessDiesAtEveryStatement) { cut_everywhere(true); }
TEST_F(LargeCut, SplitWhenTheProcessDiesAtEveryStatement) {
  keeps_whole_ = false;
  cut_everywhere(true);
}

}  // namespace
}  // namespace tbl::mysql
