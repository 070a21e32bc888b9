#include "pump/storage/storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>

#include "pump/storage/storage_fixture.h"

namespace tbl::pump {
namespace {

using testing::drop_and_wait;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kLong;
using testing::make_client_commit;
using testing::make_prewrite;
using testing::serve;
using testing::StorageTest;
using testing::write_and_wait;

TEST_F(StorageTest, ServesACommitWithItsPrewritesFields) {
  open();
  // Bytes of the original: P, C, what it serves.
  ASSERT_TRUE(write_and_wait(*storage_, *decode_binlog(testing::hex_bytes(
                                            "0800108280808cda9f86c406180022076c6976655f6b31"
                                            "2a0208013800")))
                  .ok());
  ASSERT_TRUE(write_and_wait(*storage_, *decode_binlog(testing::hex_bytes(
                                            "0801108280808cda9f86c406188480808cda9f86c406"
                                            "22076c6976655f6b313800")))
                  .ok());
  wait_for(470653638675529732);
  const auto all = serve(*storage_->feed(0));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(to_hex(all[0].bytes),
            "0801108280808cda9f86c406188480808cda9f86c40622076c6976655f6b312a02080138004000");
  EXPECT_EQ(all[0].start_ts, 470653638675529730u);
  EXPECT_EQ(all[0].commit_ts, 470653638675529732u);
}

TEST_F(StorageTest, ServesWhatTheResolverFoundWithoutAKey) {
  open();
  ASSERT_TRUE(write_and_wait(*storage_, *decode_binlog(testing::hex_bytes(
                                            "0800108280b080eaa486c406180022016b"
                                            "3215637265617465207461626c652079286120696e7429"
                                            "38bf843d4005")))
                  .ok());
  committed(470653814744809474, 470653814744809475);
  wait_for(470653814744809475);
  EXPECT_EQ(to_hex(serve(*storage_->feed(0))[0].bytes),
            "0801108280b080eaa486c406188380b080eaa486c406"
            "3215637265617465207461626c652079286120696e742938bf843d4005");
}

TEST_F(StorageTest, UnknownFieldsAndTypesOfTheCommitAreKept) {
  open();
  prewrite(100);
  ASSERT_TRUE(
      write_and_wait(*storage_, *decode_binlog(testing::hex_bytes("08091064186ea20603616263")))
          .ok());
  wait_for(110);
  EXPECT_EQ(to_hex(serve(*storage_->feed(0))[0].bytes), "08091064186e2a017638004000a20603616263");
}

TEST_F(StorageTest, FakeIsServedWhenItIsAhead) {
  open();
  fake(5);
  flush(10);
  prewrite(11);
  commit(11, 20);
  flush(30);
  const auto cursor = storage_->feed(0);
  const auto all = serve(*cursor);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].commit_ts, 20u);
  EXPECT_TRUE(all[1].is_fake());
  EXPECT_EQ(all[1].bytes, make_fake(30).payload);
  EXPECT_THAT(serve(*cursor), IsEmpty());
  EXPECT_THAT(serve(*storage_->feed(30)), IsEmpty());
  EXPECT_EQ(serve(*storage_->feed(25)).size(), 1u);
  EXPECT_THAT(serve(*storage_->feed(1000)), IsEmpty());
  prewrite(31);
  commit(31, 40);
  wait_for(40);
  EXPECT_EQ(serve(*cursor).size(), 1u);
}

TEST_F(StorageTest, ProbeIsAnsweredAndNotStored) {
  open();
  EXPECT_TRUE(write_and_wait(*storage_, *decode_binlog("")).ok());
  EXPECT_EQ(storage_->stats().log_bytes, 0u);
}

TEST_F(StorageTest, LongTransactionIsStreamed) {
  open();
  const std::string value(20'000'000, 'x');
  ASSERT_TRUE(write_and_wait(*storage_, make_prewrite(10, "k", value)).ok());
  commit(10, 20);
  wait_for(20);
  const auto cursor = storage_->feed(0);
  const auto message = cursor->next();
  ASSERT_TRUE(message.ok());
  const std::string expected = make_prewrite(10, "k", value).payload;
  std::string bytes;
  char buffer[50'000];
  while (true) {
    const auto n = (*message)->read(sizeof buffer, buffer);
    ASSERT_TRUE(n.ok());
    if (*n == 0) break;
    bytes.append(buffer, *n);
  }
  EXPECT_EQ(bytes.size(), (*message)->size());
  EXPECT_TRUE(bytes.ends_with(expected.substr(10))) << "value and what follows are the prewrite's";
}

TEST_F(StorageTest, UnreadablePrewriteEndsTheFeedWithItsName) {
  open();
  prewrite(10);
  commit(10, 20);
  prewrite(21);
  commit(21, 30);
  wait_for(30);
  ASSERT_TRUE(env_.flip_bit("data/value/000000.vlog", 8 * 20));
  const auto cursor = storage_->feed(0);
  for (int i = 0; i < 2; ++i) {  // it stays there
    const auto message = cursor->next();
    ASSERT_FALSE(message.ok());
    EXPECT_EQ(message.status().message(),
              "read binlog of commit ts 20: segment 000000.vlog offset 0: checksum mismatch");
  }
  EXPECT_THAT(served(20), ElementsAre(30));
}

TEST_F(StorageTest, SubscribersHearOfEveryRise) {
  open();
  std::atomic<int> calls = 0;
  auto handle = storage_->subscribe([&] { ++calls; });
  flush(10);
  wait_until([&] { return calls == 1; });
  handle.reset();
  flush(20);
  EXPECT_EQ(calls, 1);
  StopSource stop;
  stop.request_stop();
  EXPECT_FALSE(storage_->wait_published(20, stop.get_token(), kLong));
  EXPECT_FALSE(storage_->wait_published(20, {}, std::chrono::milliseconds(1)));
}

TEST_F(StorageTest, OrphanIsAskedForOnlyWhenSomethingWaits) {
  open();
  prewrite(10);
  wait_until([&] { return storage_->stats().unresolved == 1; });
  EXPECT_THAT(storage_->questions(10), IsEmpty());
  fake(20);
  wait_until([&] { return storage_->stats().front_ts == 20; });
  const auto questions = storage_->questions(10);
  ASSERT_EQ(questions.size(), 1u);
  EXPECT_EQ(questions[0].start_ts, 10u);
  EXPECT_EQ(questions[0].why, AskWhy::kOrphan);
  EXPECT_EQ(questions[0].primary_key, "key10");
  EXPECT_THAT(storage_->stats().blocking, ElementsAre(10));
  EXPECT_EQ(*storage_->read_prewrite(10), make_prewrite(10, "key10", "v").payload);
  committed(10, 15);
  wait_for(20);
  EXPECT_THAT(served(), ElementsAre(15));
  EXPECT_EQ(storage_->read_prewrite(10).status().code(), StatusCode::kNotFound);
}

TEST_F(StorageTest, RollbackIsAskedForAtOnce) {
  open();
  prewrite(10);
  EXPECT_FALSE(storage_->wait_question({}, std::chrono::milliseconds(1)));
  rollback(10);
  ASSERT_TRUE(storage_->wait_question({}, kLong));
  const auto questions = storage_->questions(10);
  ASSERT_EQ(questions.size(), 1u);
  EXPECT_EQ(questions[0].why, AskWhy::kRollback);
  EXPECT_FALSE(storage_->wait_question({}, std::chrono::milliseconds(1)));
  EXPECT_EQ(storage_->stats().unresolved, 1u);
  EXPECT_TRUE(drop_and_wait(*storage_, 10).ok());
  EXPECT_EQ(drop_and_wait(*storage_, 10).code(), StatusCode::kNotFound);
  EXPECT_EQ(storage_->stats().unresolved, 0u);
  EXPECT_EQ(storage_->stats().counters.dropped, 1u);
}

TEST_F(StorageTest, FailedVerdictDoesNotCount) {
  open();
  prewrite(10);
  wait_until([&] { return storage_->stats().unresolved == 1; });
  env_.fail(SimOp::kWrite, 1, ENOSPC);
  EXPECT_EQ(drop_and_wait(*storage_, 10).code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(storage_->stats().unresolved, 1u);
  EXPECT_TRUE(drop_and_wait(*storage_, 10).ok());
}

TEST_F(StorageTest, CountsWhatIsOdd) {
  open();
  prewrite(10);
  prewrite(10);
  commit(10, 20);
  commit(10, 20);
  commit(10, 21);
  commit(5, 25);
  flush(30);
  prewrite(12);
  commit(12, 28);
  flush(40);
  const StorageCounters counters = storage_->stats().counters;
  EXPECT_EQ(counters.duplicates, 2u);
  EXPECT_EQ(counters.conflicting_commits, 1u);
  EXPECT_EQ(counters.commits_without_p, 1u);
  EXPECT_EQ(counters.late_commits, 1u);
}

TEST_F(StorageTest, LockedDirectoryIsRefused) {
  open();
  StorageOptions options;
  options.dir = "data";
  options.env = &env_;
  const auto second = Storage::open(options);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.status().message(), HasSubstr("file already locked"));
}

TEST_F(StorageTest, ReadBinlog) {
  open();
  prewrite(10);
  commit(10, 20);
  fake(25);
  flush(30);
  prewrite(40);
  EXPECT_EQ(*storage_->read_binlog(10), make_prewrite(10, "key10", "v").payload);
  EXPECT_EQ(*storage_->read_binlog(20), make_client_commit(10, 20, "key10").payload);
  EXPECT_EQ(*storage_->read_binlog(25), make_fake(25).payload);
  EXPECT_EQ(*storage_->read_binlog(40), make_prewrite(40, "key40", "v").payload);
  EXPECT_EQ(storage_->read_binlog(11).status().code(), StatusCode::kNotFound);
}

TEST_F(StorageTest, CleanStopAndStart) {
  open();
  for (uint64_t ts = 10; ts < 3000; ts += 10) {
    prewrite(ts);
    commit(ts, ts + 5);
  }
  prewrite(5000);
  rollback(5000);
  flush(4000);
  const auto before = serve(*storage_->feed(0));
  ASSERT_TRUE(storage_->close().ok());
  storage_.reset();
  open();
  EXPECT_EQ(storage_->max_commit_ts(), 4000u);
  EXPECT_EQ(storage_->stats().unresolved, 1u);
  const auto after = serve(*storage_->feed(0));
  ASSERT_EQ(after.size(), before.size());
  for (size_t i = 0; i < after.size(); ++i) EXPECT_EQ(after[i].bytes, before[i].bytes);
  EXPECT_EQ(storage_->stats().log_segments, 1u) << "a small segment is continued";
  prewrite(10);
  commit(10, 15);
  flush(6000 - 1500);
  EXPECT_EQ(storage_->stats().counters.duplicates, 2u) << "known from the index";
}

TEST_F(StorageTest, WithoutSyncAnsweredAfterTheWrite) {
  StorageOptions options;
  options.dir = "data";
  options.env = &env_;
  options.sync_log = false;
  storage_ = std::move(*Storage::open(options));
  prewrite(10);
  commit(10, 20);
  wait_for(20);
  ASSERT_TRUE(storage_->close().ok());
  storage_.reset();
  env_.crash(5);  // a clean stop leaves everything durable
  open();
  EXPECT_EQ(storage_->corruption(), "");
  EXPECT_THAT(served(), ElementsAre(20));
}

TEST_F(StorageTest, WithoutSyncACrashLosesOnlyATail) {
  StorageOptions options;
  options.dir = "data";
  options.env = &env_;
  options.sync_log = false;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    env_.crash(seed);
    options.ask_after = std::chrono::milliseconds(0);
    storage_ = std::move(*Storage::open(options));
    EXPECT_EQ(storage_->corruption(), "");
    const uint64_t base = 100 * (seed + 1);
    fake(base - 1);
    while (!storage_->wait_published(base - 2, {}, std::chrono::milliseconds(1))) {
      // Commits were lost: TiKV is asked.
      for (const Question& question : storage_->questions(100)) {
        ASSERT_TRUE(drop_and_wait(*storage_, question.start_ts).ok());
      }
    }
    for (uint64_t ts = base; ts < base + 50; ts += 2) {
      prewrite(ts);
      commit(ts, ts + 1);
    }
    wait_for(base + 49);
    env_.lose_power_at(1);
    storage_.reset();
  }
}

}  // namespace
}  // namespace tbl::pump
