#include "pd/tso_service.h"

#include <gtest/gtest.h>

#include <atomic>

#include "proto/pdpb.pb.h"
#include "rpc/client.h"

namespace tbl::pd {
namespace {

using std::chrono::milliseconds;

class StandingClock : public Clock {
 public:
  std::chrono::system_clock::time_point now() override {
    return std::chrono::system_clock::time_point(milliseconds(1'000'000));
  }
  std::chrono::steady_clock::time_point steady_now() override { return {}; }
};

class NoStorage : public TsoStorage {
 public:
  Result<int64_t> load() override { return int64_t{0}; }
  Status save(int64_t) override { return ok_status(); }
};

class Guard : public MethodGuard {
 public:
  uint64_t cluster_id() const override { return 7; }
  bool bootstrapped() const override { return false; }
  uint64_t leading_term() const override { return term; }
  std::atomic<uint64_t> term{1};
};

/// A clock that stands still: time moves only when the test updates the allocator.
class TsoServiceTest : public ::testing::Test {
 protected:
  TsoServiceTest()
      : tso(clock, storage, milliseconds(3000)), service(guard, tso, streams), server({}) {
    EXPECT_TRUE(tso.initialize().ok());
    service.register_methods(server);
    EXPECT_TRUE(server.listen("127.0.0.1:0").ok());
    EXPECT_TRUE(server.start().ok());
    channel = runtime.channel("127.0.0.1:" + std::to_string(server.port()));
    stream = channel->open("/pdpb.PD/Tso");
  }
  ~TsoServiceTest() override {
    stream.reset();
    server.stop();
  }

  void send(uint32_t count, uint64_t cluster_id = 7) {
    pdpb::TsoRequest request;
    request.mutable_header()->set_cluster_id(cluster_id);
    request.set_count(count);
    EXPECT_TRUE(stream->send(request.SerializeAsString()).ok());
  }
  /// "<physical>.<logical>/<count>", "end", or the error.
  std::string receive() {
    auto message = stream->receive_for(milliseconds(10'000));
    if (!message.ok()) return message.status().to_string();
    if (!*message) return "end";
    pdpb::TsoResponse response;
    EXPECT_TRUE(response.ParseFromString(**message));
    EXPECT_EQ(response.header().cluster_id(), 7u);
    return std::to_string(response.timestamp().physical()) + "." +
           std::to_string(response.timestamp().logical()) + "/" + std::to_string(response.count());
  }
  void tick() {
    EXPECT_TRUE(tso.update().ok());
    service.retry_waiting();
  }
  /// Ticks until an answer comes.
  std::string receive_ticking() {
    std::atomic<bool> done{false};
    Thread ticker("ticker", [&] {
      const StopSource never;
      while (!done) {
        tick();
        wait_for(never.get_token(), milliseconds(2));
      }
    });
    const std::string answer = receive();
    done = true;
    return answer;
  }

  StandingClock clock;
  NoStorage storage;
  Guard guard;
  TsoAllocator tso;
  LeaderStreams streams;
  TsoService service;
  rpc::Server server;
  rpc::ClientRuntime runtime;
  std::shared_ptr<rpc::Channel> channel;
  std::unique_ptr<rpc::ClientStream> stream;
};

TEST_F(TsoServiceTest, AnswersInOrder) {
  send(1);
  send(5);
  send(10);
  EXPECT_EQ(receive(), "1000000.1/1");
  EXPECT_EQ(receive(), "1000000.6/5");
  EXPECT_EQ(receive(), "1000000.16/10");
  stream->half_close();
  EXPECT_EQ(receive(), "end");
}

TEST_F(TsoServiceTest, WhatDoesNotFitWaitsAndKeepsItsPlace) {
  send(262143);
  EXPECT_EQ(receive(), "1000000.262143/262143");
  send(3);
  send(262143);
  send(2);
  EXPECT_EQ(receive_ticking(), "1000001.3/3");
  EXPECT_EQ(receive_ticking(), "1000002.262143/262143");
  stream->half_close();
  EXPECT_EQ(receive_ticking(), "1000003.2/2");
  EXPECT_EQ(receive(), "end");
}

TEST_F(TsoServiceTest, GivesUpAfterTenUpdates) {
  send(262144);
  EXPECT_EQ(receive_ticking(),
            "Unknown: [PD:tso:ErrGenerateTimestamp]generate timestamp failed, generate global tso "
            "maximum number of retries exceeded");
}

TEST_F(TsoServiceTest, AnotherClusterIsRefused) {
  send(1, 5);
  EXPECT_EQ(receive(), "FailedPrecondition: mismatch cluster id, need 7 but got 5");
}

TEST_F(TsoServiceTest, WhoDoesNotLeadGivesOutNothing) {
  guard.term = 0;
  send(1);
  EXPECT_EQ(receive(), "Unavailable: not leader");
}

TEST_F(TsoServiceTest, AStreamEndsWithTheLeadership) {
  send(1);
  EXPECT_NE(receive().find("/1"), std::string::npos);
  streams.end_all();
  EXPECT_EQ(receive(), "Unavailable: not leader");
}

TEST_F(TsoServiceTest, WhatWaitsIsNotAnsweredInAnotherTerm) {
  send(200000);
  receive();
  send(200000);
  send(1);
  guard.term = 0;
  EXPECT_EQ(receive_ticking(), "Unavailable: not leader");
}

TEST_F(TsoServiceTest, AStreamThatGoesAwayWhileItWaitsIsForgotten) {
  send(262143);
  receive();
  send(1);
  stream.reset();
  tick();
  tick();
  stream = channel->open("/pdpb.PD/Tso");
  send(1);
  EXPECT_NE(receive_ticking().find("/1"), std::string::npos);
}

}  // namespace
}  // namespace tbl::pd
