#include "pump/inspect/print.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "codec/prewrite_value.h"
#include "pump/storage/storage_fixture.h"

namespace tbl::pump {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make_prewrite;
using ::testing::SizeIs;
using testing::write_and_wait;

class PrintTest : public testing::StorageTest {
 protected:
  std::vector<std::string> print(const std::string& range, PrintFormat format) {
    auto options = parse_print_range(range);
    EXPECT_TRUE(options.ok()) << options.status().message();
    options->format = format;
    std::vector<std::string> lines;
    bad_.clear();
    const Status status = print_binlogs(
        env_, "data", *options, [&](const std::string& line) { lines.push_back(line); },
        [&](const std::string& text) { bad_.push_back(text); });
    EXPECT_TRUE(status.ok()) << status.message();
    return lines;
  }

  void write_some() {
    segment_bytes_ = 200;
    open();
    codec::PrewriteValueWriter value;
    value.add_row(77, codec::kMutationInsert, "a");
    value.add_row(77, codec::kMutationInsert, "b");
    value.add_row(77, codec::kMutationUpdate, "c");
    value.add_row(78, codec::kMutationDeleteRow, "d");
    ASSERT_TRUE(write_and_wait(*storage_, make_prewrite(10, "k\x01", value.finish(27))).ok());
    commit(10, 20);
    prewrite(30);
    rollback(30);
    fake(50);
  }

  std::vector<std::string> bad_;
};

TEST_F(PrintTest, Text) {
  write_some();
  const auto lines = print("..", PrintFormat::kText);
  ASSERT_THAT(lines, SizeIs(5));
  EXPECT_THAT(lines[0], HasSubstr("000000.vlog:0 prewrite start=10 commit=0 "));
  EXPECT_THAT(lines[0], HasSubstr(" primary=6b01 schema_version=27 table=77 inserted=2 updated=1 "
                                  "deleted=0 table=78 inserted=0 updated=0 deleted=1"));
  EXPECT_THAT(lines[1], HasSubstr(" commit start=10 commit=20 "));
  EXPECT_THAT(lines[2], HasSubstr(" error="));  // "v" is no PrewriteValue
  EXPECT_THAT(lines[3], HasSubstr(" rollback start=30 "));
  EXPECT_THAT(lines[4], HasSubstr(" fake start=50 commit=50 "));
}

TEST_F(PrintTest, Json) {
  write_some();
  const auto lines = print("10", PrintFormat::kJson);
  ASSERT_THAT(lines, SizeIs(2));  // P and C of the transaction
  const auto line = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(line["type"], "prewrite");
  EXPECT_EQ(line["start_ts"], 10);
  EXPECT_EQ(line["primary_key"], "6b01");
  EXPECT_EQ(line["tables"][0]["inserted"], 2);
  EXPECT_EQ(line["tables"][1]["table_id"], 78);
  EXPECT_EQ(nlohmann::json::parse(lines[1])["commit_ts"], 20);
}

TEST_F(PrintTest, Range) {
  write_some();
  EXPECT_THAT(print("21..49", PrintFormat::kText), SizeIs(2));
  EXPECT_THAT(print("20..20", PrintFormat::kText), SizeIs(1));
  EXPECT_THAT(print("51..", PrintFormat::kText), IsEmpty());
  EXPECT_THAT(bad_, IsEmpty());
  EXPECT_FALSE(parse_print_range("").ok());
  EXPECT_FALSE(parse_print_range("x..y").ok());
  EXPECT_FALSE(parse_print_range("9..8").ok());
  EXPECT_FALSE(parse_print_format("yaml").ok());
}

TEST_F(PrintTest, DamageIsSaidAndPassed) {
  write_some();
  ASSERT_TRUE(storage_->close().ok());
  ASSERT_TRUE(env_.flip_bit("data/value/000000.vlog", 8 * 20));
  EXPECT_THAT(print("..", PrintFormat::kText), SizeIs(4));
  EXPECT_THAT(bad_, ElementsAre(HasSubstr("segment 000000.vlog bytes 0 to ")));
}

}  // namespace
}  // namespace tbl::pump
