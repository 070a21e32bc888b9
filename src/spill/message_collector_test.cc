#include "spill/message_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/sim_env.h"
#include "base/test_seed.h"

namespace tbl::spill {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class MessageCollectorTest : public testing::Test {
 protected:
  MessageCollectorTest() { EXPECT_TRUE(dir_.prepare().ok()); }

  static std::string content(const Collected& message) {
    if (!message.file) return message.bytes;
    std::string out(message.file->size(), '\0');
    EXPECT_TRUE(message.file->read(0, out.size(), out.data()).ok());
    return out;
  }

  SimEnv disk_;
  SpillDir dir_{disk_, "spill", 1000};
  MessageCollector collector_{dir_};
};

TEST_F(MessageCollectorTest, AnyPiecesGiveTheMessages) {
  const uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::string message(random() % 3000, '\0');
    for (char& c : message) c = static_cast<char>(random() % 20);
    const bool compressed = random() % 2 == 0;
    const std::string wire = compressed ? rpc::gzip_compress(message) : message;
    std::optional<Collected> got;
    size_t at = 0;
    do {
      ASSERT_FALSE(got);
      const size_t n = std::min<size_t>(wire.size() - at, 1 + random() % 700);
      auto added = collector_.add({wire.substr(at, n), at + n == wire.size(), compressed});
      ASSERT_TRUE(added.ok()) << added.status().to_string();
      got = std::move(*added);
      at += n;
    } while (at < wire.size());
    ASSERT_TRUE(got);
    EXPECT_TRUE(content(*got) == message);
    EXPECT_TRUE(message.size() > 1000 || !got->file);
    EXPECT_THAT(*disk_.list("spill"), IsEmpty()) << "a file has no name";
  }
}

TEST_F(MessageCollectorTest, AFullDiskIsAnErrorThatNamesTheFile) {
  disk_.fail(SimOp::kWrite, 2, ENOSPC, 100);
  ASSERT_TRUE(collector_.add({std::string(900, 'x'), false}).ok());
  EXPECT_THAT(collector_.add({std::string(900, 'x'), true}).status().message(),
              HasSubstr("spill a large binlog: write spill/1.spill: No space left"));
}

TEST_F(MessageCollectorTest, ADiskThatLosesTheFileIsAnErrorAtOnce) {
  disk_.fail(SimOp::kSync, 1, EIO);
  ASSERT_TRUE(collector_.add({std::string(900, 'x'), false}).ok());
  EXPECT_FALSE(collector_.add({std::string(900, 'x'), true}).ok());
}

TEST_F(MessageCollectorTest, ACompressedMessageThatIsCutShortIsAnError) {
  std::string wire = rpc::gzip_compress(std::string(5000, 'x'));
  wire.resize(wire.size() - 3);
  EXPECT_THAT(collector_.add({wire, true, true}).status().message(), HasSubstr("unexpected end"));
}

TEST(SpillDirTest, LeftoversAreRemoved) {
  SimEnv disk;
  ASSERT_TRUE(disk.create_dirs("spill").ok());
  ASSERT_TRUE(disk.open_append("spill/9.spill").ok());
  SpillDir dir(disk, "spill", 1);
  ASSERT_TRUE(dir.prepare().ok());
  EXPECT_THAT(*disk.list("spill"), IsEmpty());
}

}  // namespace
}  // namespace tbl::spill
