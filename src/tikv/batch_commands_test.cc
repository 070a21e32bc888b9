#include "tikv/batch_commands.h"

#include <gtest/gtest.h>

#include "proto/tikvpb.pb.h"

namespace tbl::tikv {
namespace {

TEST(BatchCommands, ReadsWhatPumpSends) {
  // Recorded: one CheckTxnStatus with id 0.
  const std::string frame = *from_hex("0a08 ca0105 1a03616263 120100");
  const auto requests = parse_batch(frame);
  ASSERT_TRUE(requests.ok()) << requests.status().to_string();
  ASSERT_EQ(requests->size(), 1u);
  EXPECT_EQ(requests->at(0).id, 0u);
  EXPECT_EQ(requests->at(0).command, 25u);
  EXPECT_EQ(to_hex(requests->at(0).bytes), "1a03616263");
}

TEST(BatchCommands, ReadsFramesOfTheGeneratedClass) {
  tikvpb::BatchCommandsRequest message;
  message.add_requests()->mutable_get()->set_key("a");
  message.add_request_ids(11);
  message.add_requests()->mutable_scan()->set_limit(7);
  message.add_request_ids(UINT64_MAX);
  message.add_requests()->mutable_empty()->set_test_id(9);
  message.add_request_ids(13);
  const std::string frame = message.SerializeAsString();
  const auto requests = parse_batch(frame);
  ASSERT_TRUE(requests.ok());
  ASSERT_EQ(requests->size(), 3u);
  EXPECT_EQ(requests->at(0).command, 1u);
  EXPECT_EQ(requests->at(1).id, UINT64_MAX);
  EXPECT_EQ(requests->at(2).command, 255u);
  EXPECT_EQ(to_hex(requests->at(2).bytes), "0809");
}

TEST(BatchCommands, ReadsUnpackedIds) {
  const auto requests = parse_batch(*from_hex("0a020a00 1005"));
  ASSERT_TRUE(requests.ok());
  EXPECT_EQ(requests->at(0).id, 5u);
  EXPECT_EQ(requests->at(0).command, 1u);
}

TEST(BatchCommands, RefusesBrokenFrames) {
  EXPECT_FALSE(parse_batch(*from_hex("0a05")).ok());
  EXPECT_FALSE(parse_batch(*from_hex("0a020a00")).ok());
  EXPECT_FALSE(parse_batch(*from_hex("0a020a00 12020102")).ok());
  EXPECT_FALSE(parse_batch(*from_hex("0a020a00 1201ff")).ok());
  EXPECT_FALSE(parse_batch(*from_hex("0a020801 120101")).ok());
}

TEST(BatchCommands, WritesRecordedAnswers) {
  EXPECT_EQ(to_hex(encode_batch({{13, 255, *from_hex("0809")}})),
            to_hex(*from_hex("0a05fa0f020809 12010d")));
  EXPECT_EQ(to_hex(encode_batch({{11, 1, *from_hex("1a027676")}})),
            to_hex(*from_hex("0a060a041a027676 12010b")));
  EXPECT_EQ(to_hex(encode_batch({{12, 1, ""}})), to_hex(*from_hex("0a020a00 12010c")));
}

TEST(BatchCommands, WritesFramesOfTheGeneratedClass) {
  kvrpcpb::GetResponse get;
  get.set_value(std::string(1000, 'v'));
  tikvpb::BatchCommandsResponse message;
  ASSERT_TRUE(
      message.ParseFromString(encode_batch({{300, 1, get.SerializeAsString()}, {0, 4, ""}})));
  ASSERT_EQ(message.responses_size(), 2);
  EXPECT_EQ(message.responses(0).get().value(), get.value());
  EXPECT_TRUE(message.responses(1).has_commit());
  EXPECT_EQ(message.request_ids(0), 300u);
  EXPECT_EQ(message.request_ids(1), 0u);
}

}  // namespace
}  // namespace tbl::tikv
