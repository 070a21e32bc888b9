#include "base/sim_env.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace tbl {
namespace {

std::unique_ptr<WritableFile> open(SimEnv& disk, const std::string& path) {
  auto file = disk.open_append(path);
  EXPECT_TRUE(file.ok()) << file.status().to_string();
  return std::move(file).value();
}

std::string content(SimEnv& disk, const std::string& path) {
  auto text = disk.read_file(path);
  return text.ok() ? *text : "<" + text.status().message() + ">";
}

/// d/a on a fresh disk: "safe", whatever happens.
std::unique_ptr<WritableFile> open_safe(SimEnv& disk) {
  EXPECT_TRUE(disk.create_dirs("d").ok());
  auto file = open(disk, "d/a");
  EXPECT_TRUE(file->append("safe").ok());
  EXPECT_TRUE(file->sync().ok());
  EXPECT_TRUE(disk.sync_dir("d").ok());
  return file;
}

class SimEnvTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(disk_.create_dirs("d/value").ok()); }
  SimEnv disk_;
};

TEST_F(SimEnvTest, ReadsWhatWasWritten) {
  auto file = open(disk_, "d/a");
  ASSERT_TRUE(file->append(std::vector<Bytes>{"one", "", "two"}).ok());
  EXPECT_EQ(content(disk_, "d/a"), "onetwo");
  EXPECT_EQ(*disk_.list("d"), (std::vector<std::string>{"a", "value"}));
  ASSERT_TRUE(file->truncate(4).ok());
  ASSERT_TRUE(file->append("!").ok());
  EXPECT_EQ(content(disk_, "d/a"), "onet!");
  EXPECT_EQ(disk_.open_append("x/a").status().code(), StatusCode::kNotFound);
}

TEST_F(SimEnvTest, WhatIsReservedReadsAsZerosUntilItIsWritten) {
  disk_.set_capacity(8);
  auto file = open(disk_, "d/a");
  ASSERT_TRUE(file->append("one").ok());
  file->reserve(6);
  EXPECT_EQ(content(disk_, "d/a"), "one") << "no room for it";
  file->reserve(5);
  EXPECT_EQ(file->size(), 3U);
  EXPECT_EQ(content(disk_, "d/a"), std::string("one\0\0\0\0\0", 8));
  ASSERT_TRUE(file->append("two").ok());
  EXPECT_FALSE(file->append("three").ok());
  EXPECT_EQ(content(disk_, "d/a"), "onetwoth");
  EXPECT_EQ(file->size(), 8U);
}

TEST_F(SimEnvTest, ACrashKeepsOrLosesWhatIsReserved) {
  std::set<std::string> outcomes;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    SimEnv disk;
    const auto file = open_safe(disk);
    file->reserve(2);
    disk.crash(seed);
    outcomes.insert(content(disk, "d/a"));
  }
  EXPECT_EQ(outcomes, (std::set<std::string>{"safe", std::string("safe\0\0", 6)}));
}

TEST_F(SimEnvTest, BytesOfAFailedSyncStayUnsafeUntilTheyAreWrittenOnceMore) {
  for (bool again : {false, true}) {
    size_t lost = 0;
    for (uint64_t seed = 0; seed < 50; ++seed) {
      SimEnv disk;
      ASSERT_TRUE(disk.create_dirs("d").ok());
      auto file = open(disk, "d/a");
      ASSERT_TRUE(disk.sync_dir("d").ok());
      ASSERT_TRUE(file->append("gone").ok());
      disk.fail(SimOp::kSync, 1, EIO);
      ASSERT_FALSE(file->sync().ok());
      ASSERT_TRUE(!again || file->rewrite(0, "gone").ok());
      ASSERT_TRUE(file->sync().ok());
      ASSERT_EQ(content(disk, "d/a"), "gone") << "the page cache still shows it";
      disk.crash(seed);
      lost += content(disk, "d/a") != "gone";
    }
    EXPECT_EQ(lost == 0, again);
  }
}

TEST_F(SimEnvTest, SyncedFileInSyncedDirectorySurvivesEveryCrash) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    SimEnv disk;
    const auto file = open_safe(disk);
    disk.crash(seed);
    EXPECT_EQ(content(disk, "d/a"), "safe") << "seed " << seed;
    EXPECT_FALSE(file->append("dead handle").ok());
  }
}

/// Over many seeds every outcome that the header names must appear.
TEST_F(SimEnvTest, UnsyncedBytesAreLostKeptAndTorn) {
  const std::string second(3 * SimInode::kSectorBytes, 'x');
  std::set<std::string> outcomes;
  bool hole = false;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SimEnv disk;
    ASSERT_TRUE(disk.create_dirs("d").ok());
    auto file = open(disk, "d/a");
    ASSERT_TRUE(disk.sync_dir("d").ok());
    ASSERT_TRUE(file->append("head").ok());
    ASSERT_TRUE(file->sync().ok());
    ASSERT_TRUE(file->append(second).ok());
    disk.crash(seed);
    std::string left = content(disk, "d/a");
    ASSERT_EQ(left.substr(0, 4), "head") << "seed " << seed;
    ASSERT_LE(left.size(), 4 + second.size());
    ASSERT_EQ(left.find_first_not_of(std::string("x\0", 2), 4), left.npos) << "seed " << seed;
    size_t zero = left.find('\0');
    hole |= zero != left.npos && left.find('x', zero) != left.npos;
    outcomes.insert(left);
  }
  EXPECT_TRUE(outcomes.contains("head"));
  EXPECT_TRUE(outcomes.contains("head" + second));
  EXPECT_TRUE(hole) << "a later sector was never kept without an earlier one";
  EXPECT_GT(outcomes.size(), 10U);
}

TEST_F(SimEnvTest, UnsyncedDirectoryEntriesMayVanishOrStay) {
  std::set<std::vector<std::string>> outcomes;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SimEnv disk;
    ASSERT_TRUE(disk.create_dirs("d").ok());
    ASSERT_TRUE(open(disk, "d/old")->sync().ok());
    ASSERT_TRUE(disk.sync_dir("d").ok());
    ASSERT_TRUE(open(disk, "d/new")->sync().ok());
    ASSERT_TRUE(disk.remove("d/old").ok());
    disk.crash(seed);
    outcomes.insert(*disk.list("d"));
  }
  EXPECT_EQ(outcomes, (std::set<std::vector<std::string>>{{}, {"new"}, {"old"}, {"new", "old"}}));
}

TEST_F(SimEnvTest, AtomicWriteIsOldOrNewAtEveryStepAndSeed) {
  SimEnv rehearsal;
  ASSERT_TRUE(rehearsal.create_dirs("d").ok());
  ASSERT_TRUE(rehearsal.write_file_atomically("d/a", "old").ok());
  uint64_t first = rehearsal.operations();
  ASSERT_TRUE(rehearsal.write_file_atomically("d/a", "new").ok());
  uint64_t steps = rehearsal.operations() - first;
  ASSERT_GE(steps, 5U);  // create, write, sync, rename, sync of the directory
  for (uint64_t step = 1; step <= steps + 1; ++step) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
      SimEnv disk;
      ASSERT_TRUE(disk.create_dirs("d").ok());
      ASSERT_TRUE(disk.write_file_atomically("d/a", "old").ok());
      disk.lose_power_at(step);
      bool done = disk.write_file_atomically("d/a", "new").ok();
      EXPECT_EQ(done, step > steps);
      disk.crash(seed);
      std::string left = content(disk, "d/a");
      EXPECT_TRUE(left == "new" || (!done && left == "old"))
          << left << " step " << step << " seed " << seed;
      ASSERT_TRUE(disk.write_file_atomically("d/a", "newer").ok()) << "leftovers are in the way";
      EXPECT_EQ(content(disk, "d/a"), "newer");
    }
  }
}

TEST_F(SimEnvTest, PlannedWriteFaultLeavesAPrefix) {
  auto file = open(disk_, "d/a");
  disk_.fail(SimOp::kWrite, 2, ENOSPC, 3);
  ASSERT_TRUE(file->append("first").ok());
  Status status = file->append(std::vector<Bytes>{"se", "cond"});
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(), "write d/a: No space left on device");
  EXPECT_EQ(file->size(), 8U);
  ASSERT_TRUE(file->append("!").ok());
  EXPECT_EQ(content(disk_, "d/a"), "firstsec!");
}

TEST_F(SimEnvTest, FullDisk) {
  disk_.set_capacity(10);
  auto file = open(disk_, "d/a");
  ASSERT_TRUE(file->append("12345678").ok());
  EXPECT_EQ(disk_.disk_space("d")->available_bytes, 2U);
  EXPECT_EQ(file->append("abc").code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(content(disk_, "d/a"), "12345678ab");
  disk_.set_capacity(20);
  EXPECT_TRUE(file->append("abc").ok());
}

TEST_F(SimEnvTest, LocksAndReadFaultsAndBitFlips) {
  auto lock = disk_.lock("d/.lock");
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(disk_.lock("d/.lock").status().message(), "d/.lock: file already locked");
  disk_.crash(1);
  EXPECT_TRUE(disk_.lock("d/.lock").ok());

  ASSERT_TRUE(disk_.write_file_atomically("d/a", "abc").ok());
  EXPECT_TRUE(disk_.flip_bit("d/a", 8));
  EXPECT_FALSE(disk_.flip_bit("d/a", 24));
  EXPECT_EQ(content(disk_, "d/a"), "acc");
  disk_.fail(SimOp::kRead, 1, EIO);
  EXPECT_EQ(content(disk_, "d/a"), "<read d/a: Input/output error>");
  EXPECT_EQ(content(disk_, "d/a"), "acc");
}

}  // namespace
}  // namespace tbl
