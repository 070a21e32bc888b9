#include "pump/inspect/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/test_seed.h"
#include "pump/storage/storage_fixture.h"

namespace tbl::pump {
namespace {

using ::testing::Contains;
using testing::drop_and_wait;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::write_and_wait;

/// Files of a directory, by path.
using Files = std::map<std::string, std::string>;

struct Checked {
  Result<CheckSummary> summary = unknown_error("not run");
  std::vector<std::string> damages;
  std::vector<std::string> notes;
};

Checked check(Env& env) {
  Checked out;
  out.summary = check_data_dir(env, "data", [&](const Finding& finding) {
    auto& list = finding.kind == Finding::Kind::kDamage ? out.damages : out.notes;
    list.push_back(finding.text);
  });
  return out;
}

class CheckTest : public testing::StorageTest {
 protected:
  /// Several segments, a full index block, open transactions, a verdict; cleanly stopped.
  void write_everything() {
    segment_bytes_ = 3 << 10;
    open();
    for (uint64_t ts = 100; ts < 500; ts += 4) {
      prewrite(ts);
      commit(ts, ts + 1);
    }
    flush(510);
    prewrite(600);
    prewrite(610);
    commit(610, 620);
    prewrite(640);
    // Refused until the sorter has seen the prewrite.
    bool dropped = false;
    wait_until([&] { return dropped = dropped || drop_and_wait(*storage_, 640).ok(); });
    ASSERT_TRUE(storage_->close().ok());
    storage_.reset();
  }

  Files files() {
    Files found;
    for (const char* dir : {"data", "data/value", "data/index"}) {
      for (const std::string& name : *env_.list(dir)) {
        const std::string path = join_path(dir, name);
        if (auto bytes = env_.read_file(path); bytes.ok()) found[path] = *bytes;
      }
    }
    return found;
  }

  static void write(Env& env, const Files& files) {
    for (const char* dir : {"data", "data/value", "data/index"}) {
      ASSERT_TRUE(env.create_dirs(dir).ok());
    }
    for (const auto& [path, bytes] : files) {
      ASSERT_TRUE(env.write_file_atomically(path, bytes).ok());
    }
  }
};

TEST_F(CheckTest, ACleanStopIsSound) {
  write_everything();
  const Checked checked = check(env_);
  ASSERT_TRUE(checked.summary.ok()) << checked.summary.status().message();
  EXPECT_THAT(checked.damages, IsEmpty());
  EXPECT_THAT(checked.notes, IsEmpty());
  EXPECT_GE(checked.summary->segments, 2u);
  EXPECT_EQ(checked.summary->records, 205u);
  EXPECT_EQ(checked.summary->index_entries, 100u);
  EXPECT_EQ(checked.summary->max_commit_ts, 510u);
  EXPECT_EQ(checked.summary->first_ts, 100u);
  EXPECT_EQ(checked.summary->last_ts, 640u);
  EXPECT_EQ(checked.summary->unresolved, 1u);
}

TEST_F(CheckTest, EveryFlippedByteIsFound) {
  write_everything();
  const uint64_t seed = test_seed();
  RecordProperty("seed", std::to_string(seed));
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const Files all = files();
  size_t flips = 0;
  for (const auto& [path, bytes] : all) {
    if (path.ends_with(".lock") || bytes.empty()) continue;
    SimEnv disk;
    write(disk, all);
    for (uint64_t at = random() % 3; at < bytes.size(); at += 1 + random() % 5) {
      const uint64_t bit = at * 8 + random() % 8;
      ASSERT_TRUE(disk.flip_bit(path, bit));
      const Checked checked = check(disk);
      ASSERT_TRUE(checked.summary.ok()) << path << " " << at;
      // The footer of the last segment may as well be torn: nobody counts on it yet.
      EXPECT_FALSE(checked.damages.empty() && checked.notes.empty()) << path << " " << at;
      ASSERT_TRUE(disk.flip_bit(path, bit));
      ++flips;
    }
  }
  EXPECT_GT(flips, 1000u);
}

TEST_F(CheckTest, EveryTruncationIsFound) {
  write_everything();
  const uint64_t seed = test_seed();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const Files all = files();
  for (const auto& [path, bytes] : all) {
    if (path.ends_with(".lock") || bytes.empty()) continue;
    for (int i = 0; i < 20; ++i) {
      Files cut = all;
      cut[path].resize(random() % bytes.size());
      SimEnv disk;
      write(disk, cut);
      const Checked checked = check(disk);
      ASSERT_TRUE(checked.summary.ok());
      EXPECT_FALSE(checked.damages.empty() && checked.notes.empty())
          << path << " cut to " << cut[path].size();
    }
  }
}

TEST_F(CheckTest, EveryLostFileOfLogAndIndexIsFound) {
  write_everything();
  for (const auto& [path, bytes] : files()) {
    if (!path.ends_with(".vlog") && !path.ends_with(".idx")) continue;
    Files rest = files();
    rest.erase(path);
    SimEnv disk;
    write(disk, rest);
    EXPECT_FALSE(check(disk).damages.empty()) << path;
  }
}

TEST_F(CheckTest, SaysWhereAndWhich) {
  write_everything();
  ASSERT_TRUE(env_.flip_bit("data/value/000000.vlog", 8 * 20));  // the first record's payload
  const Checked checked = check(env_);
  ASSERT_TRUE(checked.summary.ok());
  EXPECT_FALSE(checked.summary->sound());
  EXPECT_THAT(checked.damages, Contains(HasSubstr("segment 000000.vlog bytes 0 to 37: ")));
  EXPECT_THAT(checked.damages, Contains(HasSubstr("checksum mismatch, between ts 0 and 101")));
  EXPECT_THAT(checked.damages,
              Contains("commit ts 101 cannot be served: segment 000000.vlog offset 0: checksum "
                       "mismatch"));
}

TEST_F(CheckTest, AKilledPumpLeavesOnlyNotes) {
  const uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  segment_bytes_ = 4 << 10;
  open();
  uint64_t ts = 100;
  for (uint64_t run = 0; run < 40; ++run) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed << " run " << run);
    for (uint64_t i = random() % 30; i > 0; --i, ts += 4) {
      prewrite(ts);
      if (random() % 4 != 0) commit(ts, ts + 1);
    }
    env_.lose_power_at(1 + random() % 2);
    (void)write_and_wait(*storage_, testing::make_prewrite(ts, "k", std::string(100, 'v')));
    ts += 4;
    storage_.reset();
    env_.crash(seed + run);
    const Checked checked = check(env_);
    ASSERT_TRUE(checked.summary.ok());
    EXPECT_THAT(checked.damages, IsEmpty());
    open();
  }
}

TEST_F(CheckTest, GarbageCollectionLeavesItSound) {
  segment_bytes_ = 2 << 10;
  open();
  for (uint64_t ts = 100; ts < 2000; ts += 4) {
    prewrite(ts);
    commit(ts, ts + 1);
  }
  flush(2010);
  ASSERT_TRUE(storage_->gc(1000).ok());
  ASSERT_TRUE(storage_->close().ok());
  storage_.reset();
  const Checked checked = check(env_);
  ASSERT_TRUE(checked.summary.ok());
  EXPECT_THAT(checked.damages, IsEmpty());
  EXPECT_EQ(checked.summary->gc_ts, 1000u);
}

TEST_F(CheckTest, ALateCommitIsNoted) {
  open();
  prewrite(10);
  rollback(10);
  wait_until([&] { return storage_->stats().unresolved == 1; });
  ASSERT_TRUE(drop_and_wait(*storage_, 10).ok());
  flush(50);
  prewrite(20);
  commit(20, 30);
  flush(60);
  ASSERT_TRUE(storage_->close().ok());
  storage_.reset();
  const Checked checked = check(env_);
  EXPECT_THAT(checked.damages, IsEmpty());
  EXPECT_THAT(checked.notes,
              Contains(HasSubstr("commit ts 30 of start ts 20 is not in the index")));
}

TEST_F(CheckTest, ARunningPumpIsLeftAlone) {
  open();
  const Checked checked = check(env_);
  ASSERT_FALSE(checked.summary.ok());
  EXPECT_THAT(checked.summary.status().message(), HasSubstr("a pump runs on this directory"));
}

TEST(Check, ADirectoryWithoutLogIsAnError) {
  SimEnv disk;
  EXPECT_FALSE(check(disk).summary.ok());
}

}  // namespace
}  // namespace tbl::pump
