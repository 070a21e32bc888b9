#include "pump/storage/log_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <thread>

#include "base/sim_env.h"
#include "pump/storage/segment_format.h"
#include "pump/storage/segment_scan.h"
#include "pump/storage/segment_window.h"
#include "pump/storage/storage_testing.h"

namespace tbl::pump {
namespace {

using testing::make_prewrite;

class LogWriterTest : public ::testing::Test {
 protected:
  LogWriterTest() : segments_(env_, "value") { EXPECT_TRUE(env_.create_dirs("value").ok()); }

  void start(uint64_t segment_bytes = 1 << 20) {
    LogWriterOptions options;
    options.env = &env_;
    options.lend = lend_;
    options.segment_bytes = segment_bytes;
    options.on_group = [this](const GroupWritten& group) { written_ += group.records; };
    writer_ = std::make_unique<LogWriter>(options, segments_, [this](std::vector<LogItem> items) {
      std::lock_guard lock(mutex_);
      items_.insert(items_.end(), items.begin(), items.end());
    });
  }

  Status write(uint64_t start_ts, size_t value_bytes = 10) {
    return testing::wait_for_answer([&](WriteDone done) {
      writer_->write(make_prewrite(start_ts, "k", std::string(value_bytes, 'v')), std::move(done));
    });
  }

  /// Start ts of the good records of a segment on disk.
  std::vector<uint64_t> on_disk(uint32_t id) {
    std::vector<uint64_t> found;
    const std::string path = segments_.path(id);
    const uint64_t size = env_.read_file(path)->size();
    auto file = std::make_shared<SegmentFile>(id, path, std::move(*env_.open_read(path)));
    EXPECT_TRUE(scan_segment(
                    file, 0, size,
                    [&](const LogItem& item) { found.push_back(item.header.start_ts); },
                    [](const BadRange&) {})
                    .ok());
    return found;
  }

  std::vector<uint64_t> seen() {
    std::lock_guard lock(mutex_);
    std::vector<uint64_t> found;
    for (const LogItem& item : items_) found.push_back(item.header.start_ts);
    return found;
  }

  SimEnv env_;
  SegmentSet segments_;
  std::function<bool(const std::function<bool()>&)> lend_;
  std::mutex mutex_;
  std::vector<LogItem> items_;
  std::atomic<size_t> written_ = 0;
  std::unique_ptr<LogWriter> writer_;  // last: its thread uses the others
};

using Ts = std::vector<uint64_t>;

TEST_F(LogWriterTest, AnsweredIsDurable) {
  start();
  for (uint64_t ts = 1; ts <= 10; ++ts) ASSERT_TRUE(write(ts).ok());
  env_.crash(7);
  EXPECT_EQ(on_disk(0), (Ts{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

TEST_F(LogWriterTest, PlacesAreWhereTheRecordsAre) {
  start();
  for (const size_t size : {0, 10, 16'000, 17'000, 3'000'000, 5}) {
    ASSERT_TRUE(write(100 + size, size).ok());
  }
  writer_->close();
  ASSERT_EQ(items_.size(), 6u);
  for (const LogItem& item : items_) {
    const size_t size = item.header.start_ts - 100;
    EXPECT_EQ(*load_payload(segments_, item.place),
              make_prewrite(item.header.start_ts, "k", std::string(size, 'v')).payload);
  }
}

TEST_F(LogWriterTest, OneThreadsRecordsStayInOrder) {
  start(2000);
  std::vector<std::thread> threads;
  std::atomic<int> failed = 0;
  for (uint64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (uint64_t i = 1; i <= 200; ++i) {
        writer_->write(make_prewrite(thread << 32 | i, "k", "v"),
                       [&](const Status& status) { failed += !status.ok(); });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  writer_->close();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(written_, 800u);
  EXPECT_EQ(writer_->queued_bytes(), 0u);
  Ts last(4);
  Ts disk;
  for (const uint64_t ts : seen()) {
    ASSERT_EQ(ts & 0xFFFFFFFF, ++last[ts >> 32]);
  }
  for (const SegmentInfo& segment : segments_.list()) {
    const Ts part = on_disk(segment.id);
    disk.insert(disk.end(), part.begin(), part.end());
  }
  EXPECT_EQ(disk, seen());
}

TEST_F(LogWriterTest, ALentThreadWritesGroupAfterGroup) {
  std::vector<std::function<bool()>> lent;
  lend_ = [&](const std::function<bool()>& work) {
    lent.push_back(work);
    return true;
  };
  start();
  int answered = 0;
  const auto write_one = [&](uint64_t ts) {
    writer_->write(make_prewrite(ts, "k", "v"), [&](const Status& status) {
      EXPECT_TRUE(status.ok());
      if (++answered == 2) {  // while the first group is answered, the log is awake still
        writer_->write(make_prewrite(9, "k", "v"), [&](const Status&) { ++answered; });
      }
    });
  };
  write_one(1);
  write_one(2);
  ASSERT_EQ(lent.size(), 1u) << "one thread at a time";
  EXPECT_EQ(answered, 0);
  EXPECT_TRUE(lent[0]()) << "another came meanwhile";
  EXPECT_EQ(answered, 2);
  EXPECT_FALSE(lent[0]());
  EXPECT_EQ(answered, 3);
  write_one(3);
  ASSERT_EQ(lent.size(), 2u);
  // close() waits for the thread that was lent.
  std::thread closer([&] { writer_->close(); });
  EXPECT_FALSE(lent[1]());
  closer.join();
  EXPECT_EQ(on_disk(0), (Ts{1, 2, 9, 3}));
  EXPECT_EQ(seen(), (Ts{1, 2, 9, 3}));
}

TEST_F(LogWriterTest, OwnThreadWritesWhatNobodyTakes) {
  lend_ = [](const std::function<bool()>&) { return false; };
  start();
  for (uint64_t ts = 1; ts <= 3; ++ts) ASSERT_TRUE(write(ts).ok());
  writer_->close();
  EXPECT_EQ(on_disk(0), (Ts{1, 2, 3}));
}

TEST_F(LogWriterTest, SegmentsAreSealedAtTheirSize) {
  start(100);
  for (const uint64_t ts : {50, 40, 60, 70, 10}) ASSERT_TRUE(write(ts).ok());
  const auto segments = segments_.list();
  ASSERT_EQ(segments.size(), 2u);
  EXPECT_TRUE(segments[0].sealed);
  EXPECT_EQ(segments[0].max_ts, 60u);
  SegmentSet loaded(env_, "value");
  ASSERT_TRUE(loaded.load().ok());
  EXPECT_TRUE(loaded.list()[0].sealed);
  EXPECT_EQ(loaded.list()[0].max_ts, 60u);
  EXPECT_FALSE(loaded.list()[1].sealed);
  EXPECT_EQ(loaded.list()[0].size, segments[0].size);
}

TEST_F(LogWriterTest, CloseSealsOnlyALargeSegment) {
  start();
  ASSERT_TRUE(write(5, 10).ok());
  writer_->close();
  EXPECT_FALSE(segments_.list()[0].sealed);
  LogWriterOptions options;
  options.env = &env_;
  options.segment_bytes = 1 << 20;
  options.segment = segments_.list()[0];
  writer_ = std::make_unique<LogWriter>(options, segments_, [](std::vector<LogItem>) {});
  ASSERT_TRUE(write(6, kMinSealedBytes).ok());
  writer_->close();
  EXPECT_TRUE(segments_.list()[0].sealed);
  EXPECT_EQ(segments_.list()[0].max_ts, 6u);
  EXPECT_EQ(on_disk(0), (Ts{5, 6}));
  EXPECT_EQ(write(7).code(), StatusCode::kUnavailable);
}

// A write error, a short write, a failed sync: the record is refused and leaves no trace, the next
// one goes to a new segment.
TEST_F(LogWriterTest, FailedWriteClosesTheSegment) {
  start();
  ASSERT_TRUE(write(1).ok());
  env_.fail(SimOp::kWrite, 1, ENOSPC, 9);
  EXPECT_EQ(write(2).code(), StatusCode::kResourceExhausted);
  ASSERT_TRUE(write(3).ok());
  env_.fail(SimOp::kSync, 1, EIO);
  EXPECT_FALSE(write(4).ok());
  ASSERT_TRUE(write(5).ok());
  writer_->close();
  EXPECT_EQ(seen(), (Ts{1, 3, 5}));
  EXPECT_EQ(writer_->failed_groups(), 2u);
  EXPECT_EQ(on_disk(0), (Ts{1}));
  EXPECT_EQ(on_disk(1), (Ts{3}));
  EXPECT_EQ(on_disk(2), (Ts{5}));
  EXPECT_TRUE(segments_.list()[0].sealed);
  env_.crash(3);
  EXPECT_EQ(on_disk(0), (Ts{1}));
  EXPECT_THAT(on_disk(1), ::testing::AnyOf(Ts{3}, Ts{3, 4})) << "the disk may have kept it";
  EXPECT_EQ(on_disk(2), (Ts{5}));
}

TEST_F(LogWriterTest, TornBytesStayWhenTheDiskRefusesToCutThem) {
  start();
  ASSERT_TRUE(write(1).ok());
  const uint64_t good = segments_.list()[0].size;
  env_.fail(SimOp::kWrite, 1, EIO, 9);
  env_.fail(SimOp::kTruncate, 1, EIO);
  EXPECT_FALSE(write(2).ok());
  ASSERT_TRUE(write(3).ok());
  EXPECT_FALSE(segments_.list()[0].sealed);
  EXPECT_EQ(segments_.list()[0].size, good);
  EXPECT_EQ(env_.read_file("value/000000.vlog")->substr(good, 4), std::string("\xe8\x56\x3a\x82"));
  EXPECT_EQ(on_disk(0), (Ts{1}));
  EXPECT_EQ(on_disk(1), (Ts{3}));
}

TEST_F(LogWriterTest, WhatIsReservedGoesAtTheEnd) {
  start();
  ASSERT_TRUE(write(1).ok());
  const uint64_t first = segments_.list()[0].size;
  EXPECT_EQ(env_.read_file("value/000000.vlog")->size(), first + (1 << 20));
  ASSERT_TRUE(write(2).ok());
  EXPECT_EQ(segments_.total_bytes(), 2 * first) << "what is reserved does not count";
  auto file = segments_.open(0);
  ASSERT_TRUE(file.ok());
  std::string buffer(3 * first, '\0');
  EXPECT_EQ(*(*file)->read(first, buffer.size(), buffer.data()), first) << "nor is it read";
  ASSERT_TRUE(write(3, kReservedBytes / 2).ok());
  EXPECT_TRUE(segments_.list()[0].sealed);
  EXPECT_EQ(env_.read_file("value/000000.vlog")->size(), segments_.list()[0].size);
  ASSERT_TRUE(write(4).ok());
  writer_->close();
  EXPECT_EQ(env_.read_file("value/000001.vlog")->size(), first);
  EXPECT_EQ(on_disk(0), (Ts{1, 2, 3}));
}

TEST_F(LogWriterTest, FullDiskDoesNotPileUpSegments) {
  // No room to reserve any.
  env_.set_capacity(encode_record(make_prewrite(1, "k", std::string(10, 'v')).payload).size() + 20);
  start();
  ASSERT_TRUE(write(1).ok());
  for (uint64_t ts = 2; ts < 50; ++ts) EXPECT_FALSE(write(ts).ok());
  EXPECT_LE(env_.list("value")->size(), 2u);
  env_.set_capacity(1 << 30);
  ASSERT_TRUE(write(50).ok());
  writer_->close();
  EXPECT_EQ(seen(), (Ts{1, 50}));
}

}  // namespace
}  // namespace tbl::pump
