#include "drainer/binlog_item.h"

#include <gtest/gtest.h>

#include <random>

#include "base/sim_env.h"
#include "base/test_seed.h"
#include "drainer/test_stream.h"
#include "proto/pump.pb.h"

namespace tbl::drainer {
namespace {

std::string response_with(Bytes payload) {
  binlog::PullBinlogResp response;
  response.mutable_entity()->mutable_pos();
  response.mutable_entity()->set_payload(std::string(payload));
  response.mutable_entity()->mutable_meta()->set_committs(99);
  return response.SerializeAsString();
}

TEST(BinlogItemTest, PayloadIsCutOutOfTheResponse) {
  const BinlogItem sent = rows_item(40, 5, 3, 2);
  auto item = parse_pull_response(SharedBytes::of(response_with(*sent.payload)));
  ASSERT_TRUE(item.ok()) << item.status().to_string();
  EXPECT_EQ(*item->payload, *sent.payload);
  EXPECT_EQ(item->commit_ts(), 40U) << "that of the payload, not the one beside it";
  EXPECT_EQ(item->view.prewrite_value, sent.view.prewrite_value);
  EXPECT_GE(item->view.prewrite_value.data(), item->payload->data());
  EXPECT_FALSE(item->is_fake());
  EXPECT_TRUE(fake_item(7).is_fake());
}

TEST(BinlogItemTest, AMissingPayloadIsAnEmptyBinlog) {
  for (const std::string& message : {std::string(), response_with("")}) {
    auto item = parse_pull_response(SharedBytes::of(message));
    ASSERT_TRUE(item.ok());
    EXPECT_EQ(item->commit_ts(), 0U);
  }
}

TEST(BinlogItemTest, RowsOfAMessageInAFileStayThere) {
  SimEnv disk;
  const BinlogItem sent = rows_item(40, 5, 3, 200);
  auto file = *spill::SpillFile::create(disk, "x");
  ASSERT_TRUE(file->append(response_with(*sent.payload)).ok());
  ASSERT_TRUE(file->seal().ok());
  auto item = parse_pull_response(std::move(file));
  ASSERT_TRUE(item.ok()) << item.status().to_string();
  EXPECT_EQ(item->commit_ts(), 40U);
  EXPECT_EQ(item->start_ts(), 39U);
  EXPECT_TRUE(item->view.prewrite_value.empty());
  EXPECT_EQ(item->large->schema_version(), 3);
  ASSERT_EQ(item->large->mutations().size(), 1U);
  EXPECT_EQ(item->large->mutations()[0].table_id, 5);
  EXPECT_EQ(item->large->mutations()[0].row_count, 200U);
}

TEST(BinlogItemTest, DamageInAFileIsAnErrorOrAnotherBinlog) {
  const unsigned seed = test_seed();
  std::mt19937 random(seed);
  const std::string good = response_with(*rows_item(40, 5, 3, 2).payload);
  SimEnv disk;
  size_t damaged = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string bytes = good;
    bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 2) bytes.resize(random() % bytes.size());
    auto file = *spill::SpillFile::create(disk, "x");
    ASSERT_TRUE(file->append(bytes).ok());
    ASSERT_TRUE(file->seal().ok());
    auto item = parse_pull_response(std::move(file));
    if (!item.ok()) {
      ++damaged;
      EXPECT_EQ(item.status().code(), StatusCode::kDataLoss) << item.status().to_string();
    }
  }
  EXPECT_GT(damaged, 100U);
}

TEST(BinlogItemTest, RequestIsWhatProtobufMakes) {
  binlog::PullBinlogReq request;
  request.set_clusterid(7096473213093248991ULL);
  request.mutable_startfrom()->set_offset(412518831548007863LL);
  EXPECT_EQ(make_pull_request(7096473213093248991ULL, 412518831548007863ULL),
            request.SerializeAsString());
  request.mutable_startfrom()->set_offset(0);
  EXPECT_EQ(make_pull_request(7096473213093248991ULL, 0), request.SerializeAsString());
}

TEST(BinlogItemTest, DamageIsAnErrorOrAnotherBinlog) {
  const unsigned seed = test_seed();
  std::mt19937 random(seed);
  const std::string good = response_with(*rows_item(40, 5, 3, 2).payload);
  for (int i = 0; i < 5000; ++i) {
    std::string bytes = good;
    bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 2) bytes.resize(random() % bytes.size());
    binlog::PullBinlogResp response;
    auto item = parse_pull_response(SharedBytes::of(bytes));
    if (item.ok() && response.ParseFromString(bytes)) {
      EXPECT_EQ(*item->payload, response.entity().payload());
    }
  }
}

}  // namespace
}  // namespace tbl::drainer
