#include "drainer/relay/relay_log.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "base/sim_env.h"
#include "drainer/relay/files.h"

namespace tbl::relay {
namespace {

constexpr char kDir[] = "/relay";

std::string payload(uint64_t ts) { return "transaction " + std::to_string(ts); }

/// Writes `ts` durably.
Status write(RelayLog& log, uint64_t ts) {
  TBL_TRY(log.begin_record().status());
  TBL_TRY(log.append(payload(ts), ts));
  return log.sync();
}

Result<std::vector<std::string>> read_all(Env& env) {
  TBL_ASSIGN(auto reader, RelayReader::open(env, kDir));
  std::vector<std::string> out;
  while (true) {
    TBL_ASSIGN(const auto record, reader.next(nullptr));
    if (!record) return out;
    out.emplace_back(*record);
  }
}

std::unique_ptr<RelayLog> open(SimEnv& disk, uint64_t max_file_bytes = 100) {
  auto log = RelayLog::open(disk, kDir, max_file_bytes);
  EXPECT_TRUE(log.ok()) << log.status().to_string();
  return log.ok() ? std::move(*log) : nullptr;
}

TEST(RelayLogTest, FilesAreCutAndRemovedOnceAllIsApplied) {
  SimEnv disk;
  auto log = open(disk);
  for (uint64_t ts = 1; ts <= 9; ++ts) ASSERT_TRUE(write(*log, ts).ok());
  auto files = *list_files(disk, kDir);
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files[0].name.substr(0, 24), "binlog-0000000000000000-");
  EXPECT_EQ(files[2].index, 2u);
  EXPECT_EQ(read_all(disk)->size(), 9u);
  log->forget_until(2);
  log->trim();
  EXPECT_EQ(list_files(disk, kDir)->size(), 3u) << "3 and 4 stand in the first file, too";
  log->forget_until(100);
  log->trim();
  files = *list_files(disk, kDir);
  ASSERT_EQ(files.size(), 1u) << "the one that is written stays";
  EXPECT_EQ(files[0].index, 2u);
}

TEST(RelayLogTest, TheNextRunGoesOnInAnotherFile) {
  SimEnv disk;
  ASSERT_TRUE(write(*open(disk), 1).ok());
  auto log = open(disk);
  EXPECT_TRUE(*log->begin_record());
  ASSERT_TRUE(write(*log, 2).ok());
  EXPECT_EQ(*read_all(disk), (std::vector<std::string>{payload(1), payload(2)}));
}

TEST(RelayLogTest, TwoCannotShareADirectory) {
  SimEnv disk;
  const auto log = open(disk);
  EXPECT_NE(RelayLog::open(disk, kDir, 100).status().message().find("locked"), std::string::npos);
}

TEST(RelayLogTest, AMissingFileIsTold) {
  SimEnv disk;
  auto log = open(disk);
  for (uint64_t ts = 1; ts <= 9; ++ts) ASSERT_TRUE(write(*log, ts).ok());
  log.reset();
  ASSERT_TRUE(disk.remove(join_path(kDir, list_files(disk, kDir)->at(1).name)).ok());
  EXPECT_NE(read_all(disk).status().message().find("binlogger: content is corruption"),
            std::string::npos);
}

TEST(RelayLogTest, ATornRecordIsTheEndOfTheLastFileOnly) {
  SimEnv disk;
  auto log = open(disk);
  for (uint64_t ts = 1; ts <= 5; ++ts) ASSERT_TRUE(write(*log, ts).ok());
  log.reset();
  const auto cut = [&disk](size_t at) {
    const std::string path = join_path(kDir, list_files(disk, kDir)->at(at).name);
    const auto file = std::move(disk.open_append(path)).value();
    ASSERT_TRUE(file->truncate(file->size() - 1).ok());
  };
  cut(1);
  EXPECT_EQ(read_all(disk)->size(), 4u);
  cut(0);
  EXPECT_NE(read_all(disk).status().message().find("unexpected EOF"), std::string::npos);
}

TEST(RelayLogTest, AFullDiskNamesTheFile) {
  SimEnv disk;
  auto log = open(disk);
  ASSERT_TRUE(write(*log, 1).ok());
  disk.fail(SimOp::kWrite, 1, ENOSPC, 3);
  const Status status = write(*log, 2);
  EXPECT_NE(status.message().find("relay log"), std::string::npos) << status.message();
  EXPECT_NE(status.message().find("binlog-0000000000000000"), std::string::npos);
  EXPECT_NE(status.message().find("No space left"), std::string::npos);
  log.reset();
  // The next run cuts off what was written of it.
  ASSERT_TRUE(write(*open(disk), 3).ok());
  EXPECT_EQ(*read_all(disk), (std::vector<std::string>{payload(1), payload(3)}));
}

/// The power goes at every step: what was synced and not forgotten is there, in order.
TEST(RelayLogTest, LosesNothingThatWasSynced) {
  const char* given = std::getenv("TBL_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::printf("TBL_SEED=%lu\n", static_cast<unsigned long>(seed));
  for (uint64_t step = 1; step < 120; ++step) {
    SimEnv disk;
    uint64_t synced = 0;
    {
      auto log = open(disk);
      disk.lose_power_at(step);
      for (uint64_t ts = 1; ts <= 20; ++ts) {
        if (!write(*log, ts).ok()) break;
        synced = ts;
        log->forget_until(ts / 2);
        log->trim();
      }
    }
    disk.crash(seed + step);
    ASSERT_NE(open(disk), nullptr) << step;
    const auto found = read_all(disk);
    ASSERT_TRUE(found.ok()) << step << ": " << found.status().to_string();
    for (uint64_t ts = synced / 2 + 1; ts <= synced; ++ts) {
      EXPECT_NE(std::find(found->begin(), found->end(), payload(ts)), found->end())
          << "step " << step << " lost " << ts;
    }
  }
}

}  // namespace
}  // namespace tbl::relay
