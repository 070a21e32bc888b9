#include "pump/storage/message_builder.h"

#include <gtest/gtest.h>

#include "base/sim_env.h"
#include "pump/storage/segment_format.h"
#include "pump/storage/storage_testing.h"

namespace tbl::pump {
namespace {

using testing::make_client_commit;
using testing::make_prewrite;

class MessageBuilderTest : public ::testing::Test {
 protected:
  MessageBuilderTest() : segments_(env_, "value"), builder_(segments_) {
    EXPECT_TRUE(env_.create_dirs("value").ok());
    file_ = std::move(*env_.open_append("value/000000.vlog"));
  }

  Place append(const BinlogRecord& record) {
    const Place place{0, static_cast<uint32_t>(record.payload.size()), file_->size()};
    EXPECT_TRUE(file_->append(encode_record(record.payload)).ok());
    segments_.set({.id = 0, .size = file_->size()});
    return place;
  }

  IndexEntry append_txn(uint64_t start_ts, const std::string& value) {
    IndexEntry entry;
    entry.start_ts = start_ts;
    entry.commit_ts = start_ts + 5;
    entry.prewrite = append(make_prewrite(start_ts, "k", value));
    entry.commit = append(make_client_commit(start_ts, start_ts + 5, "k"));
    return entry;
  }

  /// What the message has to be, with the value written by hand.
  static std::string expected(uint64_t start_ts, const std::string& value) {
    std::string bytes = make_client_commit(start_ts, start_ts + 5, "k").payload;
    bytes.resize(bytes.size() - 4);
    put_bytes_prefix(bytes, kPrewriteValueField, value.size());
    return bytes + value + std::string("\x38\0\x40\0", 4);
  }

  SimEnv env_;
  SegmentSet segments_;
  MessageBuilder builder_;
  std::unique_ptr<WritableFile> file_;
};

TEST_F(MessageBuilderTest, ValuesOfAnyLength) {
  for (const size_t size : {0, 1, 127, 128, 100'000, 1 << 20, 3'000'000}) {
    std::string value(size, 'a');
    for (size_t i = 0; i < size; i += 997) value[i] = static_cast<char>('b' + i % 20);
    const auto message = builder_.build(append_txn(100 + size, value));
    ASSERT_TRUE(message.ok()) << message.status().message();
    EXPECT_EQ((*message)->size(), expected(100 + size, value).size());
    EXPECT_TRUE(*(*message)->read_all() == expected(100 + size, value)) << size;
  }
}

// Behind the end stands a group that is then cut off, and other records take its place.
TEST_F(MessageBuilderTest, WhatIsBehindTheEndIsNotReadAhead) {
  const IndexEntry first = append_txn(100, "one");
  const uint64_t end = file_->size();
  ASSERT_TRUE(file_->append(std::string(300, '\xEE')).ok());
  EXPECT_EQ(*(*builder_.build(first))->read_all(), expected(100, "one"));
  ASSERT_TRUE(file_->truncate(end).ok());
  const IndexEntry second = append_txn(200, "two");
  const auto message = builder_.build(second);
  ASSERT_TRUE(message.ok()) << message.status().message();
  EXPECT_EQ(*(*message)->read_all(), expected(200, "two"));
}

TEST_F(MessageBuilderTest, UnreadableRecordsAreNamed) {
  const IndexEntry entry = append_txn(100, "one");
  ASSERT_TRUE(env_.flip_bit("value/000000.vlog", 8 * (entry.commit.offset + 1)));
  EXPECT_EQ(builder_.build(entry).status().message(),
            "read binlog of commit ts 105: " + describe(entry.commit) + ": wrong magic");
  IndexEntry elsewhere = entry;
  elsewhere.prewrite.segment = 7;
  const Status status = builder_.build(elsewhere).status();
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_NE(status.message().find("000007.vlog"), std::string::npos);
}

}  // namespace
}  // namespace tbl::pump
