#include "pump/ingest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/pump.pb.h"
#include "pump/fake_writer.h"
#include "pump/test_storage.h"

namespace tbl::pump {
namespace {

constexpr uint64_t kCluster = 77;

class IngestTest : public testing::Test {
 protected:
  IngestTest() {
    state_.set(State::kOnline);
    gate_.settle(ok_status());
  }

  /// The reply's message; "" when the write succeeded.
  std::string write(const std::string& payload, uint64_t cluster = kCluster) {
    return write_to(ingest_, payload, cluster);
  }
  static std::string write_to(Ingest& ingest, const std::string& payload,
                              uint64_t cluster = kCluster) {
    std::promise<Status> done;
    ingest.write(request(payload, cluster), [&done](const Status& s) { done.set_value(s); });
    Status status = done.get_future().get();
    if (!status.ok()) {
      EXPECT_EQ(status.code(), StatusCode::kUnknown) << status.message();
    }
    return status.message();
  }
  static std::string request(const std::string& payload, uint64_t cluster = kCluster) {
    binlog::WriteBinlogReq message;
    message.set_clusterid(cluster);
    message.set_payload(payload);
    return message.SerializeAsString();
  }
  static std::string prewrite(uint64_t ts, const std::string& value = "v") {
    return binlog_bytes(binlog::Prewrite, ts, 0, "k", value);
  }
  static std::string commit(uint64_t start_ts, uint64_t commit_ts) {
    return binlog_bytes(binlog::Commit, start_ts, commit_ts);
  }
  uint64_t log_bytes() { return store_.storage->stats().log_bytes; }

  PumpMetrics metrics_;
  TestStorage store_;
  StateMachine state_;
  WriteGate gate_;
  DiskWatch disk_{store_.disk, "data", 1000, metrics_};
  IngestParts parts_{*store_.storage, state_, gate_, disk_, metrics_};
  Ingest ingest_{IngestOptions{.cluster_id = kCluster}, parts_};
};

TEST_F(IngestTest, WritesAndServes) {
  EXPECT_EQ(write(prewrite(10)), "");
  EXPECT_EQ(write(commit(10, 20)), "");
  store_.wait_released(20);
  EXPECT_EQ(ingest_.calls(), 2U);
}

TEST_F(IngestTest, WrongCluster) {
  EXPECT_EQ(write(prewrite(10), 1), "cluster ID are mismatch, 1 vs 77");
  EXPECT_EQ(write(prewrite(10), 0), "cluster ID are mismatch, 0 vs 77");
}

TEST_F(IngestTest, NotABinlog) {
  EXPECT_EQ(write("\x2a\x05"
                  "ab"),
            "unexpected EOF");
  EXPECT_EQ(ingest_.calls(), 1U) << "refused calls count too";
}

TEST_F(IngestTest, ProbeIsAnsweredAndNotStored) {
  uint64_t before = log_bytes();
  EXPECT_EQ(write(""), "");
  EXPECT_EQ(log_bytes(), before);
}

TEST_F(IngestTest, OnlyPrewritesNeedTheOnlineState) {
  EXPECT_EQ(write(prewrite(10)), "");
  state_.set(State::kClosing);
  EXPECT_EQ(write(prewrite(11)), "no online: closing");
  EXPECT_EQ(write(""), "no online: closing");
  EXPECT_EQ(write(commit(10, 20)), "");
  EXPECT_EQ(write(binlog_bytes(binlog::Rollback, 11, 0)), "");
  state_.set(State::kPaused);
  EXPECT_EQ(write(prewrite(11)), "no online: paused");
}

TEST_F(IngestTest, FullDiskTakesOnlyFakes) {
  uint64_t used = store_.disk.disk_space("data")->capacity_bytes -
                  store_.disk.disk_space("data")->available_bytes;
  store_.disk.set_capacity(used + 900);
  disk_.refresh();
  std::string refusal = "no available space, available: 900, StopWriteAtAvailableSpace: 1000";
  EXPECT_EQ(write(prewrite(10)), refusal);
  EXPECT_EQ(write(commit(9, 10)), refusal);
  EXPECT_EQ(write(""), refusal);
  EXPECT_EQ(write(binlog_bytes(binlog::Rollback, 30, 30)), "");
  store_.disk.set_capacity(1ULL << 40);
  disk_.refresh();
  EXPECT_EQ(write(prewrite(10)), "");
}

TEST_F(IngestTest, PrewritesWaitAtTheGate) {
  WriteGate gate;
  IngestParts parts{*store_.storage, state_, gate, disk_, metrics_};
  Ingest ingest(IngestOptions{.cluster_id = kCluster}, parts);
  std::promise<Status> answered;
  bool called = false;
  ingest.write(request(prewrite(10)), [&](const Status& status) {
    called = true;
    answered.set_value(status);
  });
  EXPECT_EQ(write_to(ingest, commit(5, 6)), "") << "commits do not wait";
  EXPECT_FALSE(called);
  gate.settle(ok_status());
  EXPECT_TRUE(answered.get_future().get().ok());
}

TEST_F(IngestTest, ClosedGateRefusesPrewrites) {
  WriteGate gate;
  gate.settle(unknown_error("no online: offline"));
  IngestParts parts{*store_.storage, state_, gate, disk_, metrics_};
  Ingest ingest(IngestOptions{.cluster_id = kCluster}, parts);
  EXPECT_EQ(write_to(ingest, prewrite(10)), "no online: offline");
}

TEST_F(IngestTest, FailedWriteIsReportedAndCounted) {
  double lost = metrics_.lost_binlogs.value();
  store_.disk.fail(SimOp::kWrite, 1, 5 /* EIO */);
  EXPECT_THAT(write(prewrite(10)), testing::HasSubstr("Input/output error"));
  EXPECT_EQ(metrics_.lost_binlogs.value(), lost + 1);
  EXPECT_EQ(write(prewrite(10)), "") << "the next segment works";
}

TEST_F(IngestTest, HugeBinlogPassesAlone) {
  Ingest ingest(IngestOptions{.cluster_id = kCluster, .memory_limit_bytes = 100}, parts_);
  EXPECT_EQ(write_to(ingest, prewrite(10, std::string(100000, 'x'))), "");
}

TEST_F(IngestTest, FakesRaiseTheMaxTsWhileIdle) {
  FakeTso tso;
  tso.last = 100;
  FakeWriter fakes(ingest_, tso, *store_.storage);
  fakes.tick();  // no call since the start
  store_.wait_released(101);
  EXPECT_EQ(write(prewrite(110)), "");
  EXPECT_EQ(write(commit(110, 120)), "");
  store_.wait_released(120);
  uint64_t before = tso.last;
  fakes.tick();
  EXPECT_EQ(tso.last, before) << "binlogs came and brought progress";
  tso.last = 200;
  fakes.tick();
  store_.wait_released(201);
  EXPECT_EQ(ingest_.calls(), 2U) << "fakes are not calls";
}

TEST_F(IngestTest, FakesAlsoWhenCallsBringNoProgress) {
  FakeTso tso;
  tso.last = 100;
  FakeWriter fakes(ingest_, tso, *store_.storage);
  EXPECT_EQ(write(""), "");
  fakes.tick();
  EXPECT_EQ(tso.last, 101U);
}

TEST_F(IngestTest, FakeNeedsPd) {
  FakeTso tso;
  tso.broken = true;
  FakeWriter fakes(ingest_, tso, *store_.storage);
  EXPECT_EQ(fakes.write().status().message(), "no PD");
  fakes.tick();
  EXPECT_EQ(store_.storage->max_commit_ts(), 0U);
}

}  // namespace
}  // namespace tbl::pump
