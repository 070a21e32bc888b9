#include "pump/storage/commit_index.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <random>

#include "base/sim_env.h"
#include "base/test_seed.h"

namespace tbl::pump {
namespace {

IndexEntry entry(uint64_t commit_ts) {
  const auto n = static_cast<uint32_t>(commit_ts);
  return {commit_ts,
          commit_ts - 1,
          {n / 100, n, commit_ts * 7},
          {n / 99, n + 1, commit_ts * 11},
          commit_ts % 3 == 0};
}

/// Entries of commit ts first, first + 2, ...
std::vector<IndexEntry> entries(uint64_t first, size_t count) {
  std::vector<IndexEntry> made;
  for (size_t i = 0; i < count; ++i) made.push_back(entry(first + 2 * i));
  return made;
}

std::vector<IndexEntry> read_all(const CommitIndex& index, uint64_t after_ts) {
  std::vector<IndexEntry> all;
  uint64_t hint = 0;
  while (true) {
    auto part = index.read_after(after_ts, &hint);
    EXPECT_TRUE(part.ok()) << part.status().message();
    if (!part.ok() || part->empty()) return all;
    all.insert(all.end(), part->begin(), part->end());
    after_ts = all.back().commit_ts;
  }
}

constexpr size_t kPerFile = kBlocksPerIndexFile * kEntriesPerBlock;

TEST(IndexFormat, BlockRoundTrip) {
  const auto made = entries(10, kEntriesPerBlock);
  const std::string block = encode_index_block(made.data());
  ASSERT_EQ(block.size(), kIndexBlockBytes);
  EXPECT_EQ(*decode_index_block(block), made);
}

TEST(IndexFormat, EveryDamagedByteIsFound) {
  const auto made = entries(10, kEntriesPerBlock);
  const std::string block = encode_index_block(made.data());
  for (size_t i = 0; i < block.size(); ++i) {
    std::string damaged = block;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    ASSERT_FALSE(decode_index_block(damaged).ok()) << i;
  }
  EXPECT_FALSE(decode_index_block(Bytes(block).substr(1)).ok());
}

TEST(IndexFormat, EntriesMustAscend) {
  auto made = entries(10, kEntriesPerBlock);
  made[50].commit_ts = made[49].commit_ts;
  EXPECT_EQ(decode_index_block(encode_index_block(made.data())).status().message(),
            "index block is not in commit order");
}

TEST(CommitIndex, ReadsWhatWasAppended) {
  SimEnv env;
  CommitIndex index(env, "index");
  ASSERT_TRUE(index.open({}).ok());
  EXPECT_TRUE(read_all(index, 0).empty());
  const auto made = entries(10, 1000);
  for (size_t i = 0; i < made.size(); i += 10) {
    index.append(
        {made.begin() + static_cast<ptrdiff_t>(i), made.begin() + static_cast<ptrdiff_t>(i) + 10});
  }
  EXPECT_EQ(index.last_ts(), 2008u);
  EXPECT_EQ(index.entry_count(), 1000u);
  EXPECT_EQ(index.end().blocks, 11u);
  EXPECT_EQ(index.end().tail.size(), 1000 - 11 * kEntriesPerBlock);
  for (uint64_t after = 0; after <= 2010; ++after) {
    const size_t skipped = after < 10 ? 0 : std::min<size_t>(1000, (after - 10) / 2 + 1);
    ASSERT_EQ(read_all(index, after),
              std::vector(made.begin() + static_cast<ptrdiff_t>(skipped), made.end()))
        << after;
  }
}

TEST(CommitIndex, ReaderGoesOnWhileTheIndexGrows) {
  SimEnv env;
  CommitIndex index(env, "index");
  ASSERT_TRUE(index.open({}).ok());
  const auto made = entries(10, 500);
  uint64_t hint = 0;
  uint64_t after = 0;
  std::vector<IndexEntry> read;
  for (const IndexEntry& one : made) {
    index.append({one});
    if (one.commit_ts % 7 != 0) continue;
    for (const IndexEntry& found : *index.read_after(after, &hint)) {
      read.push_back(found);
      after = found.commit_ts;
    }
  }
  while (read.size() < made.size()) {
    const auto part = index.read_after(after, &hint);
    ASSERT_TRUE(part.ok() && !part->empty());
    read.insert(read.end(), part->begin(), part->end());
    after = read.back().commit_ts;
  }
  EXPECT_EQ(read, made);
}

TEST(CommitIndex, FindAndReadLast) {
  SimEnv env;
  CommitIndex index(env, "index");
  ASSERT_TRUE(index.open({}).ok());
  const auto made = entries(10, 300);
  index.append(made);
  EXPECT_EQ(*index.find(10), made[0]);
  EXPECT_EQ(*index.find(300), made[145]);
  EXPECT_EQ(*index.find(608), made[299]);
  for (const uint64_t ts : {1u, 9u, 11u, 607u, 609u}) {
    EXPECT_EQ(index.find(ts).status().code(), StatusCode::kNotFound) << ts;
  }
  for (const size_t n : {0u, 1u, 84u, 85u, 86u, 299u, 300u, 1000u}) {
    const size_t count = std::min<size_t>(n, 300);
    EXPECT_EQ(*index.read_last(n),
              std::vector(made.end() - static_cast<ptrdiff_t>(count), made.end()));
  }
}

TEST(CommitIndex, OpensAtASnapshotsEndAfterACrash) {
  const uint64_t first_seed = test_seed();
  for (uint64_t seed = first_seed; seed < first_seed + 100; ++seed) {
    std::mt19937_64 random(seed);
    SimEnv env;
    const size_t before = random() % 600;
    IndexEnd end;
    {
      CommitIndex index(env, "index");
      ASSERT_TRUE(index.open({}).ok());
      index.append(entries(10, before));
      ASSERT_TRUE(index.sync().ok());
      end = index.end();
      index.append(entries(5000, random() % 600));  // after the snapshot: lost or not
    }
    env.crash(seed);
    CommitIndex index(env, "index");
    ASSERT_TRUE(index.open(end).ok());
    EXPECT_EQ(read_all(index, 0), entries(10, before));
    index.append(entries(9000, 200));
    auto expected = entries(10, before);
    const auto more = entries(9000, 200);
    expected.insert(expected.end(), more.begin(), more.end());
    EXPECT_EQ(read_all(index, 0), expected);
  }
}

TEST(CommitIndex, ShorterThanTheSnapshotIsDataLoss) {
  SimEnv env;
  CommitIndex index(env, "index");
  ASSERT_TRUE(index.open({}).ok());
  index.append(entries(10, 200));
  IndexEnd end = index.end();
  end.blocks = 3;
  CommitIndex shorter(env, "index");
  EXPECT_EQ(shorter.open(end).code(), StatusCode::kDataLoss);
  end.blocks = 2;
  end.tail[0].commit_ts = 12;
  CommitIndex unordered(env, "index");
  EXPECT_EQ(unordered.open(end).code(), StatusCode::kDataLoss);
  ASSERT_TRUE(env.flip_bit("index/000000.idx", 8 * (kIndexBlockBytes + 100)));
  CommitIndex damaged(env, "index");
  EXPECT_EQ(damaged.open({2, {}}).code(), StatusCode::kDataLoss);
  ASSERT_TRUE(damaged.reset().ok());
  EXPECT_TRUE(read_all(damaged, 0).empty());
}

TEST(CommitIndex, FullDiskIsTriedAgain) {
  SimEnv env;
  CommitIndex index(env, "index");
  ASSERT_TRUE(index.open({}).ok());
  env.fail(SimOp::kWrite, 1, ENOSPC, 100);
  env.fail(SimOp::kWrite, 3, ENOSPC, 5000);
  for (size_t i = 0; i < 10; ++i) {
    index.append(entries(10 + 200 * i, 100));
    ASSERT_EQ(read_all(index, 0), entries(10, 100 * (i + 1)));
  }
  EXPECT_TRUE(index.sync().ok());
  CommitIndex again(env, "index");
  ASSERT_TRUE(again.open(index.end()).ok());
  EXPECT_EQ(read_all(again, 0), entries(10, 1000));
}

TEST(CommitIndex, FailedSyncIsNeverForgotten) {
  SimEnv env;
  CommitIndex index(env, "index");
  ASSERT_TRUE(index.open({}).ok());
  index.append(entries(10, 100));
  env.fail(SimOp::kSync, 1, EIO);
  EXPECT_FALSE(index.sync().ok());
  EXPECT_FALSE(index.sync().ok());
}

TEST(CommitIndex, ManyFilesAndRemoval) {
  SimEnv env;
  CommitIndex index(env, "index");
  ASSERT_TRUE(index.open({}).ok());
  const auto made = entries(10, 2 * kPerFile + 100);
  index.append(made);
  EXPECT_EQ(env.list("index")->size(), 3u);
  EXPECT_EQ(index.find(made[kPerFile].commit_ts)->commit_ts, made[kPerFile].commit_ts);
  uint64_t hint = 0;
  ASSERT_EQ(index.read_after(made[kPerFile - 2].commit_ts, &hint)->front(), made[kPerFile - 1]);

  ASSERT_TRUE(index.remove_until(made[kPerFile - 1].commit_ts - 1).ok());
  EXPECT_EQ(env.list("index")->size(), 3u);
  ASSERT_TRUE(index.remove_until(made[kPerFile - 1].commit_ts).ok());
  EXPECT_EQ(env.list("index")->size(), 2u);
  EXPECT_EQ(index.entry_count(), kPerFile + 100);
  // A reader that stood in the removed file goes on behind it.
  uint64_t old_hint = 5;
  EXPECT_EQ(index.read_after(made[300].commit_ts, &old_hint)->front(), made[kPerFile]);
  hint = 0;
  EXPECT_EQ(index.read_after(0, &hint)->front(), made[kPerFile]);

  ASSERT_TRUE(index.sync().ok());
  CommitIndex again(env, "index");
  ASSERT_TRUE(again.open(index.end()).ok());
  EXPECT_EQ(again.entry_count(), kPerFile + 100);
  // The newest file stays, whatever is asked for.
  ASSERT_TRUE(again.remove_until(UINT64_MAX).ok());
  EXPECT_EQ(env.list("index")->size(), 1u);
  EXPECT_EQ(again.last_ts(), made.back().commit_ts);
}

}  // namespace
}  // namespace tbl::pump
