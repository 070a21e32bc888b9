#include "drainer/relay/relayed_applier.h"

#include "base/sim_env.h"
#include "drainer/relay/replay.h"
#include "drainer/schedule/test_transactions.h"

namespace tbl::relay {
namespace {

using schedule::TransactionBuilder;

constexpr char kDir[] = "/relay";

/// Notes what it is given; looks first whether that stands in the relay log.
class Inner : public schedule::Applier {
 public:
  Inner(SimEnv& disk, std::vector<std::string>& seen, uint64_t start_ts = 0)
      : disk_(disk), seen_(seen), start_ts_(start_ts) {}

  Result<schedule::StartPoint> start() override {
    schedule::StartPoint start;
    start.commit_ts = start_ts_;
    return start;
  }
  Status submit(schedule::TransactionPtr transaction) override {
    note("rows " + std::to_string(transaction->commit_ts) + "." +
             std::to_string(transaction->first_row),
         transaction->commit_ts);
    return ok_status();
  }
  /// Reads a whole one twice, as after a lost connection.
  Status submit_parts(schedule::PartSource& parts) override {
    for (int tries = 0; tries < 2; ++tries) {
      parts.rewind();
      while (true) {
        TBL_ASSIGN(const auto part, parts.next());
        if (!part) break;
        if (tries == 1) TBL_TRY(submit(part));
        if (part->is_last_part && expects_record) {
          EXPECT_EQ((*span_of(disk_, kDir))->last_ts, part->commit_ts);
        }
      }
    }
    return ok_status();
  }
  Status execute_ddl(const schedule::DdlTask& task) override {
    note("ddl " + std::to_string(task.commit_ts), task.commit_ts);
    return ok_status();
  }
  void note_progress(uint64_t commit_ts, int64_t) override {
    seen_.push_back("progress " + std::to_string(commit_ts));
  }
  Status stop() override { return ok_status(); }
  void abort() override {}
  Status first_error() const override { return ok_status(); }

  bool expects_record = true;

 private:
  void note(const std::string& what, uint64_t commit_ts) {
    seen_.push_back(what);
    if (!expects_record) return;
    const auto span = span_of(disk_, kDir);
    ASSERT_TRUE(span.ok() && *span) << span.status().to_string();
    EXPECT_GE(std::max((*span)->last_ts, (*span)->incomplete_ts), commit_ts) << what;
  }

  SimEnv& disk_;
  std::vector<std::string>& seen_;
  const uint64_t start_ts_;
};

class Relayed : public ::testing::Test {
 protected:
  std::unique_ptr<RelayedApplier> make() {
    auto log = RelayLog::open(disk, kDir, 10 << 20);
    EXPECT_TRUE(log.ok()) << log.status().to_string();
    return std::make_unique<RelayedApplier>(RelayedApplier::Parts{
        std::move(*log), RecordEncoder(7, {}), std::make_unique<Inner>(disk, seen, start_ts),
        keeps_whole, [this](const Status& status) { errors.push_back(status); }});
  }
  schedule::TransactionPtr rows(uint64_t commit_ts, uint64_t first_row = 0, bool last = true,
                                uint64_t end_row = 0) {
    return TransactionBuilder(commit_ts)
        .part(first_row, last)
        .end(end_row)
        .insert(table, {schedule::integer(1)})
        .build();
  }
  static schedule::DdlTask ddl(uint64_t commit_ts) {
    schedule::DdlTask task;
    task.commit_ts = commit_ts;
    return task;
  }
  /// What a replay from there gives.
  std::vector<std::string> replayed(uint64_t commit_ts, uint64_t gap_ts = 0) {
    std::vector<std::string> out;
    Inner applier(disk, out);
    applier.expects_record = false;
    const auto end = replay(disk, kDir, commit_ts, applier);
    EXPECT_TRUE(end.ok()) << end.status().to_string();
    EXPECT_EQ(end->gap_ts, gap_ts);
    return out;
  }

  SimEnv disk;
  bool keeps_whole = false;
  uint64_t start_ts = 0;
  decode::TablePtr table = decode::test_table(
      decode::test_table_info("t", {decode::test_column(1, "a", schema::kTypeLong)}));
  std::vector<std::string> seen;
  std::vector<Status> errors;
};

using Seen = std::vector<std::string>;

TEST_F(Relayed, EverythingIsHandedOnInOrderAndStandsInTheLogBefore) {
  auto applier = make();
  ASSERT_TRUE(applier->submit(rows(1)).ok());
  applier->note_progress(2, 0);
  ASSERT_TRUE(applier->submit(rows(3)).ok());
  ASSERT_TRUE(applier->execute_ddl(ddl(4)).ok());
  ASSERT_TRUE(applier->submit(rows(5)).ok());
  ASSERT_TRUE(applier->stop().ok());
  EXPECT_EQ(seen, (Seen{"rows 1.0", "progress 2", "rows 3.0", "ddl 4", "rows 5.0"}));
  EXPECT_EQ(replayed(0), (Seen{"rows 1.0", "rows 3.0", "ddl 4", "rows 5.0", "progress 5"}));
  EXPECT_EQ(replayed(3), (Seen{"ddl 4", "rows 5.0", "progress 5"}));
  EXPECT_EQ(replayed(5), Seen());
}

TEST_F(Relayed, WithoutTheLogNothingIsApplied) {
  auto applier = make();
  ASSERT_TRUE(applier->submit(rows(1)).ok());
  disk.set_capacity(0);
  (void)applier->submit(rows(2));
  (void)applier->submit(rows(3));
  EXPECT_NE(applier->stop().message().find("No space left"), std::string::npos);
  EXPECT_FALSE(applier->execute_ddl(ddl(4)).ok());
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_NE(errors[0].message().find("relay log"), std::string::npos);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), "rows 2.0"), 0);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), "rows 3.0"), 0);
}

TEST_F(Relayed, ATransactionWhoseEndIsMissingIsNotReplayed) {
  auto applier = make();
  ASSERT_TRUE(applier->submit(rows(1)).ok());
  ASSERT_TRUE(applier->submit(rows(2, 0, false)).ok());
  ASSERT_TRUE(applier->submit(rows(2, 1, false)).ok());
  ASSERT_TRUE(applier->stop().ok());
  applier.reset();
  EXPECT_EQ((*span_of(disk, kDir))->incomplete_ts, 2u);
  EXPECT_EQ(replayed(0), (Seen{"rows 1.0", "progress 1"}));
  // The next run begins the transaction anew.
  applier = make();
  ASSERT_TRUE(applier->submit(rows(2, 0, false)).ok());
  ASSERT_TRUE(applier->submit(rows(2, 1, false)).ok());
  ASSERT_TRUE(applier->submit(rows(2, 2, true)).ok());
  ASSERT_TRUE(applier->stop().ok());
  EXPECT_EQ(replayed(0), (Seen{"rows 1.0", "rows 2.0", "rows 2.1", "rows 2.2", "progress 2"}));
}

/// The parts from memory.
class Given final : public schedule::PartSource {
 public:
  explicit Given(std::vector<schedule::TransactionPtr> parts) : parts_(std::move(parts)) {}
  uint64_t commit_ts() const override { return parts_[0]->commit_ts; }
  int64_t schema_version() const override { return 0; }
  Result<schedule::TransactionPtr> next() override {
    return at_ < parts_.size() ? parts_[at_++] : schedule::TransactionPtr();
  }
  void rewind() override { at_ = 0; }

 private:
  std::vector<schedule::TransactionPtr> parts_;
  size_t at_ = 0;
};

TEST_F(Relayed, ATransactionThatIsKeptWholeIsWrittenOnceAndGivenWhole) {
  keeps_whole = true;
  auto applier = make();
  ASSERT_TRUE(applier->submit(rows(1)).ok());
  Given parts({rows(2, 0, false), rows(2, 1, false), rows(2, 2, true)});
  ASSERT_TRUE(applier->submit_parts(parts).ok());
  ASSERT_TRUE(applier->submit(rows(3)).ok());
  ASSERT_TRUE(applier->stop().ok());
  const Seen whole{"rows 1.0", "rows 2.0", "rows 2.1", "rows 2.2", "rows 3.0"};
  EXPECT_EQ(seen, whole);
  Seen again = whole;
  again.push_back("progress 3");
  EXPECT_EQ(replayed(0), again);
}

TEST_F(Relayed, AWholeTransactionIsNotAppliedWithoutTheLog) {
  keeps_whole = true;
  auto applier = make();
  ASSERT_TRUE(applier->submit(rows(1)).ok());
  ASSERT_TRUE(applier->execute_ddl(ddl(2)).ok());
  disk.set_capacity(0);
  Given parts({rows(3, 0, false), rows(3, 1, true)});
  EXPECT_NE(applier->submit_parts(parts).message().find("No space left"), std::string::npos);
  EXPECT_EQ(errors.size(), 1u);
  EXPECT_EQ(seen, (Seen{"rows 1.0", "ddl 2"}));
}

TEST_F(Relayed, PartsOfAnotherSizeAfterACrashAreNoHoles) {
  auto applier = make();
  ASSERT_TRUE(applier->submit(rows(2, 0, false)).ok());
  ASSERT_TRUE(applier->submit(rows(2, 1, false)).ok());
  ASSERT_TRUE(applier->stop().ok());
  applier.reset();
  applier = make();
  ASSERT_TRUE(applier->submit(rows(2, 0, false, 2)).ok());
  ASSERT_TRUE(applier->submit(rows(2, 2, true)).ok());
  ASSERT_TRUE(applier->stop().ok());
  EXPECT_EQ(replayed(0), (Seen{"rows 2.0", "rows 2.2", "progress 2"}));
}

TEST_F(Relayed, WhatTheLogDoesNotReachBackToIsAGap) {
  start_ts = 100;
  auto applier = make();
  ASSERT_TRUE(applier->start().ok());
  ASSERT_TRUE(applier->submit(rows(150)).ok());
  ASSERT_TRUE(applier->submit(rows(160)).ok());
  ASSERT_TRUE(applier->stop().ok());
  EXPECT_EQ(replayed(100), (Seen{"rows 150.0", "rows 160.0", "progress 160"}));
  EXPECT_EQ(replayed(155), (Seen{"rows 160.0", "progress 160"}));
  EXPECT_EQ(replayed(90, 150), Seen());
  // A run that began there has what is missing, behind what the one before has written.
  applier.reset();
  start_ts = 90;
  applier = make();
  ASSERT_TRUE(applier->start().ok());
  ASSERT_TRUE(applier->submit(rows(95)).ok());
  ASSERT_TRUE(applier->submit(rows(150)).ok());
  ASSERT_TRUE(applier->stop().ok());
  EXPECT_EQ(replayed(90), (Seen{"rows 95.0", "rows 150.0", "rows 160.0", "progress 160"}));
}

TEST_F(Relayed, AnEmptyLogHasNoSpan) {
  EXPECT_FALSE(span_of(disk, kDir)->has_value());
  make();
  EXPECT_FALSE(span_of(disk, kDir)->has_value());
}

}  // namespace
}  // namespace tbl::relay
