// What a power cut leaves of the engine's files: always a prefix of what was written, and
// everything that was said to be on disk. The disk is a file system that keeps of each log what was
// synced and, by chance, some whole appends after it.
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <thread>

#include "base/test_seed.h"
#include "tikv/mvcc/test_store.h"

namespace tbl::tikv {
namespace {

/// What the disk knows. Whoever changes files shares `world`; the power cut takes it whole, so that
/// it finds all files as they were at one moment.
struct DiskState {
  struct Log {
    std::vector<uint64_t> ends{0};  ///< where its appends end
    uint64_t synced = 0;
  };
  std::shared_mutex world;
  std::mutex mutex;
  std::map<std::string, Log> logs;
};

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

class DiskFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  DiskFile(std::unique_ptr<rocksdb::FSWritableFile> file, DiskState& state, std::string name)
      : FSWritableFileOwnerWrapper(std::move(file)), state_(state), name_(std::move(name)) {
    if (!is_log()) return;
    std::lock_guard lock(state_.mutex);
    state_.logs[name_] = {};
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* context) override {
    std::shared_lock world(state_.world);
    note_append(data.size());
    return target()->Append(data, options, context);
  }
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& verification,
                  IODebugContext* context) override {
    std::shared_lock world(state_.world);
    note_append(data.size());
    return target()->Append(data, options, verification, context);
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    std::lock_guard lock(state_.mutex);
    if (is_log()) state_.logs[name_].synced = state_.logs[name_].ends.back();
    return IOStatus::OK();
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
    return Sync(options, context);
  }

 private:
  bool is_log() const { return name_.ends_with(".log"); }
  void note_append(uint64_t bytes) {
    if (!is_log()) return;
    std::lock_guard lock(state_.mutex);
    auto& ends = state_.logs[name_].ends;
    ends.push_back(ends.back() + bytes);
  }

  DiskState& state_;
  const std::string name_;
};

class Disk : public rocksdb::FileSystemWrapper {
 public:
  explicit Disk(DiskState& state)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), state_(state) {}
  static const char* kClassName() { return "Disk"; }
  const char* Name() const override { return kClassName(); }
  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* context) override {
    std::shared_lock world(state_.world);
    auto status = target()->NewWritableFile(name, options, file, context);
    if (status.ok()) *file = std::make_unique<DiskFile>(std::move(*file), state_, name);
    return status;
  }
  IOStatus DeleteFile(const std::string& name, const IOOptions& options,
                      IODebugContext* context) override {
    std::shared_lock world(state_.world);
    return target()->DeleteFile(name, options, context);
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* context) override {
    std::shared_lock world(state_.world);
    return target()->RenameFile(from, to, options, context);
  }

 private:
  DiskState& state_;
};

uint64_t seed() {
  const char* given = std::getenv("TBL_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : test_seed();
}

class PowerCut : public ::testing::Test {
 protected:
  PowerCut() : disk_(std::make_shared<Disk>(state_)), env_(rocksdb::NewCompositeEnv(disk_)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "power-XXXXXX").string();
    dir_ = mkdtemp(pattern.data());
  }
  ~PowerCut() override { std::filesystem::remove_all(dir_); }

  EngineOptions options(const std::string& name) {
    EngineOptions options;
    options.dir = dir_ + "/" + name;
    options.memtable_bytes = 4000;
    options.env = env_.get();
    return options;
  }

  /// The files as the power cut leaves them, in a directory of their own: of each log what was
  /// synced, and as much more as `random` says (null: nothing).
  void cut(const std::string& from, const std::string& to, std::mt19937_64* random) {
    std::unique_lock world(state_.world);
    std::filesystem::copy(dir_ + "/" + from, dir_ + "/" + to);
    std::lock_guard lock(state_.mutex);
    for (const auto& [name, log] : state_.logs) {
      const std::filesystem::path path(name);
      const auto copy = dir_ + "/" + to + "/" + path.filename().string();
      if (path.parent_path() != dir_ + "/" + from || !std::filesystem::exists(copy)) continue;
      std::vector<uint64_t> possible;
      for (const uint64_t end : log.ends) {
        if (end >= log.synced) possible.push_back(end);
      }
      std::filesystem::resize_file(
          copy, random == nullptr ? log.synced : possible[(*random)() % possible.size()]);
    }
  }

  DiskState state_;
  std::shared_ptr<Disk> disk_;
  std::unique_ptr<rocksdb::Env> env_;
  std::string dir_;
};

std::string name_of(int i) { return "z" + std::to_string(i); }

TEST_F(PowerCut, LeavesAPrefixWithAllThatWasOnDisk) {
  const uint64_t s = seed();
  std::cout << "TBL_SEED=" << s << "\n";
  std::mt19937_64 random(s);
  auto engine = std::move(Engine::open(options("db"))).value();
  int written = 0;
  int on_disk = 0;
  for (int round = 0; round < 40; ++round) {
    const int count = static_cast<int>(random() % 60);
    for (int i = 0; i < count; ++i) {
      WriteSet edits;
      edits.put(static_cast<Cf>(random() % kCfCount), name_of(written),
                std::string(random() % 300, 'v'));
      const bool wait = random() % 8 == 0;
      const Status status = wait ? engine->write(edits) : engine->write_lazily(edits);
      ASSERT_TRUE(status.ok()) << status.to_string();
      ++written;
      if (wait) on_disk = written;
    }
    const std::string copy = "cut" + std::to_string(round);
    cut("db", copy, &random);
    auto left = std::move(Engine::open(options(copy))).value();
    const Snapshot snapshot(*left);
    int found = 0;
    bool hole = false;
    for (int i = 0; i < written; ++i) {
      bool here = false;
      for (int cf = 0; cf < kCfCount; ++cf) {
        here = here || snapshot.get(static_cast<Cf>(cf), name_of(i)).value().has_value();
      }
      if (here && i != found) hole = true;
      if (here) ++found;
    }
    EXPECT_FALSE(hole) << "round " << round << ", found " << found << " of " << written;
    EXPECT_GE(found, on_disk) << "round " << round;
  }
}

TEST_F(PowerCut, WritersAtOnceShareSyncsAndLoseNothing) {
  auto engine = std::move(Engine::open(options("db"))).value();
  constexpr int kThreads = 4;
  constexpr int kWrites = 50;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kWrites; ++i) {
        WriteSet edits;
        edits.put(Cf::kWrite, name_of(t * kWrites + i), std::string(100, 'v'));
        EXPECT_TRUE(engine->write(edits).ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  cut("db", "cut", nullptr);
  auto left = std::move(Engine::open(options("cut"))).value();
  const Snapshot snapshot(*left);
  for (int i = 0; i < kThreads * kWrites; ++i) {
    EXPECT_TRUE(snapshot.get(Cf::kWrite, name_of(i)).value().has_value()) << i;
  }
}

TEST_F(PowerCut, ACommitThatWasAnsweredStaysWithAllItsKeys) {
  {
    auto engine = std::move(Engine::open(options("db"))).value();
    Store store(*engine);
    for (const uint64_t start_ts : {10, 20}) {
      kvrpcpb::PrewriteRequest prewrite;
      prewrite.set_start_version(start_ts);
      prewrite.set_primary_lock("p" + std::to_string(start_ts));
      for (const char* name : {"p", "s"}) {
        auto* mutation = prewrite.add_mutations();
        mutation->set_key(name + std::to_string(start_ts));
        mutation->set_value("v");
      }
      EXPECT_EQ(run<kvrpcpb::PrewriteResponse>(tikv::prewrite, store, prewrite).errors_size(), 0);
      if (start_ts == 20) break;
      kvrpcpb::CommitRequest commit;
      commit.set_start_version(start_ts);
      commit.set_commit_version(start_ts + 1);
      commit.add_keys("p10");
      EXPECT_FALSE(run<kvrpcpb::CommitResponse>(tikv::commit, store, commit).has_error());
    }
    cut("db", "cut", nullptr);
  }
  auto engine = std::move(Engine::open(options("cut"))).value();
  Store store(*engine);
  kvrpcpb::GetRequest get;
  get.set_version(100);
  get.set_key("p10");
  EXPECT_EQ(run<kvrpcpb::GetResponse>(tikv::get, store, get).value(), "v");
  get.set_key("s10");
  EXPECT_EQ(run<kvrpcpb::GetResponse>(tikv::get, store, get).error().locked().primary_lock(),
            "p10");
  // The second transaction was never promised anything: it is as if it had not been.
  get.set_key("p20");
  EXPECT_TRUE(run<kvrpcpb::GetResponse>(tikv::get, store, get).not_found());
}

}  // namespace
}  // namespace tbl::tikv
