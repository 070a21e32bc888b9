#include "pump/wire.h"

#include <gtest/gtest.h>

#include "proto/pump.pb.h"
#include "pump/state.h"
#include "pump/write_gate.h"

namespace tbl::pump {
namespace {

TEST(WireTest, WriteRequest) {
  binlog::WriteBinlogReq message;
  message.set_clusterid(UINT64_MAX);
  message.set_payload(std::string("\x08\x00\x10\x64", 4));
  auto parsed = parse_write_request(message.SerializeAsString());
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->cluster_id, UINT64_MAX);
  EXPECT_EQ(parsed->payload, message.payload());

  auto empty = parse_write_request("");
  ASSERT_TRUE(empty.ok());
  EXPECT_EQ(empty->cluster_id, 0U);
  EXPECT_EQ(empty->payload, "");
}

TEST(WireTest, PayloadBeforeOtherFields) {
  auto parsed = parse_write_request(*from_hex("12 02 6162 25 01020304 29 0102030405060708 08 05"));
  ASSERT_TRUE(parsed.ok()) << parsed.status().message();
  EXPECT_EQ(parsed->cluster_id, 5U);
  EXPECT_EQ(parsed->payload, "ab");
}

TEST(WireTest, EveryTruncationIsAnError) {
  std::string whole = *from_hex("08 ff01 12 03 616263 25 01020304");
  int good = 0;
  for (size_t n = 0; n <= whole.size(); ++n) {
    auto parsed = parse_write_request(whole.substr(0, n));
    bool boundary = n == 0 || n == 3 || n == 8 || n == whole.size();
    EXPECT_EQ(parsed.ok(), boundary) << n;
    good += parsed.ok() ? 1 : 0;
  }
  EXPECT_EQ(good, 4);
  EXPECT_FALSE(parse_write_request("\x0c").ok());
  EXPECT_FALSE(parse_write_request(*from_hex("12 ffffffffffffffffff01")).ok());
}

TEST(WireTest, PullRequest) {
  binlog::PullBinlogReq message;
  message.set_clusterid(7);
  message.mutable_startfrom()->set_suffix(3);
  message.mutable_startfrom()->set_offset(412518831548007863);
  auto parsed = parse_pull_request(message.SerializeAsString());
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->cluster_id, 7U);
  EXPECT_EQ(parsed->offset, 412518831548007863);
  EXPECT_EQ(parse_pull_request("")->offset, 0);
  EXPECT_FALSE(parse_pull_request(*from_hex("12 02 10")).ok());
  EXPECT_FALSE(parse_pull_request(*from_hex("12 01 10")).ok());
}

/// protobuf's own encoder, told to write the empty sub-messages as Go does, is the oracle.
TEST(WireTest, PullEnvelope) {
  for (uint64_t size : {0, 1, 127, 128, 100000}) {
    for (uint64_t ts : {uint64_t{0}, uint64_t{1}, uint64_t{412518831548007863}}) {
      binlog::PullBinlogResp message;
      auto* entity = message.mutable_entity();
      entity->mutable_pos();
      entity->set_payload(std::string(size, 'p'));
      entity->mutable_meta()->set_startts(static_cast<int64_t>(ts));
      entity->mutable_meta()->set_committs(static_cast<int64_t>(ts) * 2);
      PullEnvelope envelope = make_pull_envelope(size, ts, ts * 2);
      std::string expected = message.SerializeAsString();
      std::string got = std::string(envelope.head.bytes()) + entity->payload();
      got += envelope.tail.bytes();
      if (size == 0) {  // proto3 leaves an empty payload out, we write its length
        binlog::PullBinlogResp back;
        ASSERT_TRUE(back.ParseFromString(got));
        EXPECT_EQ(back.SerializeAsString(), expected);
      } else {
        EXPECT_EQ(to_hex(got), to_hex(expected)) << size << " " << ts;
      }
    }
  }
}

TEST(WireTest, MismatchText) {
  EXPECT_EQ(cluster_mismatch(0, 42).message(), "cluster ID are mismatch, 0 vs 42");
  EXPECT_EQ(cluster_mismatch(0, 42).code(), StatusCode::kUnknown);
}

TEST(StateTest, OnlyFromTheExpectedState) {
  StateMachine state;
  EXPECT_EQ(state.name(), "offline");
  state.set(State::kOnline);
  EXPECT_TRUE(state.change(State::kOnline, State::kClosing));
  EXPECT_FALSE(state.change(State::kOnline, State::kPausing));
  EXPECT_EQ(state.name(), "closing");
}

TEST(WriteGateTest, WaitersRunWhenItOpens) {
  WriteGate gate;
  int ran = 0;
  auto count = [&ran](const Status& status) { ran += status.ok() ? 1 : 100; };
  EXPECT_FALSE(gate.pass_or_wait(count));
  EXPECT_FALSE(gate.pass_or_wait(count));
  EXPECT_FALSE(gate.open());
  EXPECT_EQ(ran, 0);
  gate.settle(ok_status());
  EXPECT_EQ(ran, 2);
  EXPECT_TRUE(gate.open());
  EXPECT_TRUE(gate.pass_or_wait(count));
  gate.settle(unknown_error("too late"));
  EXPECT_TRUE(gate.open());
  EXPECT_EQ(ran, 2);
}

TEST(WriteGateTest, GivenUp) {
  WriteGate gate;
  std::vector<std::string> said;
  auto note = [&said](const Status& status) { said.push_back(status.message()); };
  EXPECT_FALSE(gate.pass_or_wait(note));
  gate.settle(unknown_error("no online: offline"));
  EXPECT_FALSE(gate.pass_or_wait(note));
  EXPECT_FALSE(gate.open());
  EXPECT_EQ(said, (std::vector<std::string>{"no online: offline", "no online: offline"}));
}

}  // namespace
}  // namespace tbl::pump
