// Pullers and the pump list against pumps that are servers of this process.
#include "drainer/puller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/queue.h"
#include "base/sim_env.h"
#include "drainer/pump_list.h"
#include "drainer/test_stream.h"
#include "proto/pump.pb.h"
#include "rpc/server.h"

namespace tbl::drainer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

/// Serves its binlogs above the offset asked for, then ends the stream or leaves it open.
class FakePump {
 public:
  FakePump() : server_(rpc::ServerOptions{}) {
    server_.add_stream("/binlog.Pump/PullBinlogs", [this](rpc::ServerCallPtr call) {
      return std::make_unique<Handler>(*this, std::move(call));
    });
    EXPECT_TRUE(server_.listen("127.0.0.1:0").ok());
    EXPECT_TRUE(server_.start().ok());
  }
  ~FakePump() { server_.stop(); }

  std::string address() const { return "127.0.0.1:" + std::to_string(server_.port()); }
  void add(const BinlogItem& item) {
    std::lock_guard lock(mutex_);
    binlogs_[item.commit_ts()] = *item.payload;
  }
  std::vector<int64_t> offsets() {
    std::lock_guard lock(mutex_);
    return offsets_;
  }

  bool end_streams = false;
  std::string gc_ts;

 private:
  class Handler final : public rpc::CallHandler {
   public:
    Handler(FakePump& pump, rpc::ServerCallPtr call) : pump_(pump), call_(std::move(call)) {}
    void on_message(std::string message) override {
      binlog::PullBinlogReq request;
      ASSERT_TRUE(request.ParseFromString(message));
      pump_.serve(*call_, request.startfrom().offset());
    }

   private:
    FakePump& pump_;
    rpc::ServerCallPtr call_;
  };

  void serve(rpc::ServerCall& call, int64_t offset) {
    std::lock_guard lock(mutex_);
    offsets_.push_back(offset);
    if (!gc_ts.empty()) call.add_header("pump-gc-ts", gc_ts);
    for (auto it = binlogs_.upper_bound(static_cast<uint64_t>(offset)); it != binlogs_.end();
         ++it) {
      binlog::PullBinlogResp response;
      response.mutable_entity()->set_payload(it->second);
      call.send(response.SerializeAsString());
    }
    if (end_streams) call.finish(ok_status());
  }

  std::mutex mutex_;
  std::map<uint64_t, std::string> binlogs_;
  std::vector<int64_t> offsets_;
  rpc::Server server_;
};

class PullerTest : public testing::Test {
 protected:
  PullerTest() {
    EXPECT_TRUE(spill_.prepare().ok());
    uint64_t start = 0;
    merger_.add_source("p", &start);
    merger_.open();
  }
  void pull_from(const std::string& address) {
    puller_ = std::make_unique<Puller>(
        PullerOptions{.node_id = "p", .cluster_id = 7, .start_ts = 100, .spill = &spill_}, address,
        merger_, connect(), [this](const Status& status) { fatal_.push(status, 1); });
  }
  Puller::Connect connect() {
    return [this](const std::string& address) { return runtime_.channel(address); };
  }
  uint64_t next_ts() { return next_item(merger_)->commit_ts(); }
  std::string fatal() { return fatal_.pop()->message(); }

  rpc::ClientRuntime runtime_;
  SimEnv disk_;
  spill::SpillDir spill_{disk_, "spill", 1 << 20};
  FakePump pump_;
  Merger merger_{100, 1 << 20};
  Queue<Status> fatal_{10};
  std::unique_ptr<Puller> puller_;
};

TEST_F(PullerTest, ResumesAfterTheLastBinlogReceived) {
  pump_.end_streams = true;
  pump_.add(rows_item(110, 1, 1));
  pump_.add(rows_item(120, 1, 1));
  pull_from(pump_.address());
  EXPECT_EQ(next_ts(), 110U);
  EXPECT_EQ(next_ts(), 120U);
  pump_.add(rows_item(130, 1, 1));
  EXPECT_EQ(next_ts(), 130U);
  auto offsets = pump_.offsets();
  ASSERT_GE(offsets.size(), 2U);
  EXPECT_EQ(offsets[0], 100);
  EXPECT_EQ(offsets[1], 120);
  puller_.reset();
}

TEST_F(PullerTest, FollowsThePumpToAnotherAddress) {
  pump_.add(rows_item(110, 1, 1));
  pull_from(pump_.address());
  EXPECT_EQ(next_ts(), 110U);
  FakePump moved;
  moved.add(rows_item(120, 1, 1));
  puller_->set_address(moved.address());
  EXPECT_EQ(next_ts(), 120U);
  EXPECT_THAT(moved.offsets(), ElementsAre(110));
  puller_.reset();
}

TEST_F(PullerTest, StopsWhenThePumpHasThrownAwayWhatIsNeeded) {
  pump_.gc_ts = "101";
  pump_.add(rows_item(110, 1, 1));
  pull_from(pump_.address());
  EXPECT_EQ(fatal(), "pump p: binlogs up to 101 are purged, but those above 100 are needed");
  EXPECT_EQ(next_ready(merger_), std::nullopt);
}

TEST_F(PullerTest, WhatWasThrownAwayBeforeDoesNotMatter) {
  pump_.gc_ts = "100";
  pump_.add(rows_item(110, 1, 1));
  pull_from(pump_.address());
  EXPECT_EQ(next_ts(), 110U);
}

TEST_F(PullerTest, BytesThatAreNoBinlogEndIt) {
  BinlogItem bad = rows_item(110, 1, 1);
  bad.payload = SharedBytes::of("\x32\x7f");
  pump_.add(bad);
  pull_from(pump_.address());
  EXPECT_THAT(fatal(), HasSubstr("pump p: unmarshal binlog failed: "));
}

TEST_F(PullerTest, StopsWhileThePumpIsSilentOrAway) {
  pull_from(pump_.address());
  puller_.reset();
  pull_from("127.0.0.1:1");
  puller_.reset();
}

TEST_F(PullerTest, APausedPumpIsNotRead) {
  pump_.add(rows_item(110, 1, 1));
  pull_from("127.0.0.1:1");
  puller_->set_paused(true);
  puller_->set_address(pump_.address());
  puller_->set_paused(false);
  EXPECT_EQ(next_ts(), 110U);
}

TEST_F(PullerTest, ALargeBinlogGoesToAFile) {
  const BinlogItem large = rows_item(110, 1, 1, 300000);
  pump_.add(large);
  pump_.add(rows_item(120, 1, 1));
  pull_from(pump_.address());
  auto item = next_item(merger_);
  EXPECT_EQ(item->commit_ts(), 110U);
  ASSERT_TRUE(item->large);
  EXPECT_EQ(item->large->bytes(), large.view.prewrite_value.size());
  EXPECT_LT(item->payload->size(), 100U);
  item = next_item(merger_);
  EXPECT_EQ(item->commit_ts(), 120U);
  EXPECT_FALSE(item->large);
  puller_.reset();
}

TEST_F(PullerTest, AFullDiskIsTriedAgain) {
  disk_.fail(SimOp::kWrite, 1, ENOSPC);
  pump_.add(rows_item(110, 1, 1, 300000));
  pull_from(pump_.address());
  EXPECT_EQ(next_ts(), 110U);
  EXPECT_THAT(pump_.offsets(), ElementsAre(100, 100));
  puller_.reset();
}

class PumpListTest : public testing::Test {
 protected:
  ~PumpListTest() override { list_.reset(); }
  void start() {
    auto list = [this]() -> Result<std::vector<cluster::NodeStatus>> {
      std::lock_guard lock(mutex_);
      if (!error_.ok()) return error_;
      return nodes_;
    };
    auto connect = [this](const std::string& address) { return runtime_.channel(address); };
    PumpListOptions options;
    options.spill = &spill_;
    options.interval = std::chrono::hours(1);  // only when asked
    list_ = std::make_unique<PumpList>(options, merger_, list, connect, [](const Status&) {});
    list_->start();
  }
  void set(const std::string& id, const FakePump& pump, std::string_view state) {
    std::lock_guard lock(mutex_);
    cluster::NodeStatus node;
    node.node_id = id;
    node.host = pump.address();
    node.state = state;
    std::erase_if(nodes_, [&](const auto& n) { return n.node_id == id; });
    nodes_.push_back(node);
  }
  std::vector<uint64_t> take(size_t count) {
    std::vector<uint64_t> got;
    while (got.size() < count) got.push_back(next_item(merger_)->commit_ts());
    return got;
  }

  rpc::ClientRuntime runtime_;
  SimEnv disk_;
  spill::SpillDir spill_{disk_, "spill", 1 << 20};
  FakePump a_;
  FakePump b_;
  Merger merger_{100, 1 << 20};
  std::mutex mutex_;
  std::vector<cluster::NodeStatus> nodes_;
  Status error_;
  std::unique_ptr<PumpList> list_;
};

TEST_F(PumpListTest, EveryPumpThatIsNotOfflineIsASource) {
  a_.add(rows_item(110, 1, 1));
  b_.add(rows_item(105, 1, 1));
  b_.add(fake_item(120));
  FakePump gone;
  set(" a\n", a_, "online");
  set("b", b_, "closing");
  set("gone", gone, "offline");
  set("odd", gone, "unheard of");
  start();
  ASSERT_TRUE(list_->refresh().ok());
  EXPECT_THAT(take(2), ElementsAre(105, 110));
  ASSERT_TRUE(list_->refresh().ok());
  EXPECT_THAT(*list_->positions(), ElementsAre(Pair("a", 110), Pair("b", 120)));
  EXPECT_THAT(gone.offsets(), IsEmpty());
}

TEST_F(PumpListTest, ANewPumpIsASourceWhenRefreshReturns) {
  set("a", a_, "online");
  start();
  ASSERT_TRUE(list_->refresh().ok());
  a_.add(rows_item(110, 1, 1));
  set("b", b_, "online");
  ASSERT_TRUE(list_->refresh().ok());
  uint64_t start = 0;
  EXPECT_FALSE(merger_.add_source("b", &start)) << "it is there already";
}

TEST_F(PumpListTest, AnOfflinePumpIsRemoved) {
  a_.add(rows_item(110, 1, 1));
  set("a", a_, "online");
  set("b", b_, "online");
  start();
  ASSERT_TRUE(list_->refresh().ok());
  set("b", b_, "offline");
  ASSERT_TRUE(list_->refresh().ok());
  EXPECT_THAT(take(1), ElementsAre(110));
}

TEST_F(PumpListTest, AFailedListingIsToldAndOpensNothing) {
  error_ = unavailable("no etcd");
  start();
  EXPECT_EQ(list_->refresh().message(), "no etcd");
  EXPECT_EQ(list_->positions(), std::nullopt);
  uint64_t start_ts = 0;
  merger_.add_source("x", &start_ts);
  ASSERT_TRUE(push_item(merger_, "x", rows_item(110, 1, 1), {}));
  EXPECT_EQ(next_ready(merger_), std::nullopt);
}

TEST_F(PumpListTest, SaysWhichPumpCannotBeRead) {
  set("a", a_, "online");
  set("b", b_, "paused");
  {
    std::lock_guard lock(mutex_);
    cluster::NodeStatus node;
    node.node_id = "away";
    node.host = "127.0.0.1:1";
    node.state = "online";
    nodes_.push_back(node);
  }
  start();
  const std::string paused = "pump b is paused: nothing is applied until it is online or offline";
  auto refreshed = [this] {
    EXPECT_TRUE(list_->refresh().ok());
    return list_->hold_ups();
  };
  while (refreshed().size() < 2) std::this_thread::yield();
  EXPECT_THAT(refreshed(), ElementsAre(paused, HasSubstr("pump away (online) cannot be read: "
                                                         "127.0.0.1:1: ")));
  {
    std::lock_guard lock(mutex_);
    error_ = unavailable("no etcd");
  }
  EXPECT_FALSE(list_->refresh().ok());
  EXPECT_THAT(list_->hold_ups(), ElementsAre("the registry of pumps cannot be read: no etcd"));
}

TEST_F(PumpListTest, StopEndsARefresh) {
  start();
  list_->stop();
  EXPECT_EQ(list_->refresh().code(), StatusCode::kCancelled);
}

}  // namespace
}  // namespace tbl::drainer
