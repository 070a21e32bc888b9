// What a real TiDB wrote, through the storage, against what the original pump served of it.

#include <gtest/gtest.h>
#include <zstd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "pump/storage/storage.h"
#include "pump/storage/storage_testing.h"

namespace tbl::pump {
namespace {

namespace fs = std::filesystem;
using testing::serve;
using testing::Served;

fs::path captures() { return TBL_CAPTURES; }

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string decompress(const std::string& data) {
  std::string out;
  std::string buffer(ZSTD_DStreamOutSize(), '\0');
  ZSTD_DStream* stream = ZSTD_createDStream();
  ZSTD_inBuffer in{data.data(), data.size(), 0};
  while (in.pos < in.size) {
    ZSTD_outBuffer piece{buffer.data(), buffer.size(), 0};
    const size_t code = ZSTD_decompressStream(stream, &piece, &in);
    EXPECT_FALSE(ZSTD_isError(code)) << ZSTD_getErrorName(code);
    if (ZSTD_isError(code)) break;
    out.append(buffer.data(), piece.pos);
  }
  ZSTD_freeDStream(stream);
  return out;
}

/// The records of write.bin or pull.bin: each behind its length.
std::vector<std::string> read_records(const std::string& capture, const char* name) {
  const std::string bytes = decompress(read_file(captures() / capture / name));
  std::vector<std::string> records;
  ByteReader reader(bytes);
  uint32_t length = 0;
  Bytes record;
  while (reader.read_le32(&length) && reader.read_bytes(length, &record)) {
    records.emplace_back(record);
  }
  EXPECT_TRUE(reader.empty());
  return records;
}

class CaptureTest : public ::testing::TestWithParam<const char*> {
 protected:
  CaptureTest() {
    std::string name = (fs::temp_directory_path() / "pump-capture-XXXXXX").string();
    dir_ = mkdtemp(name.data());
  }
  ~CaptureTest() override {
    storage_.reset();
    fs::remove_all(dir_);
  }

  void open() {
    StorageOptions options;
    options.dir = (dir_ / "data").string();
    options.segment_bytes = 1 << 20;
    auto opened = Storage::open(options);
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    storage_ = std::move(*opened);
  }

  /// What the original served, fakes aside.
  std::vector<std::string> expected() {
    std::vector<std::string> wanted;
    for (std::string& record : read_records(GetParam(), "pull.bin.zst")) {
      auto decoded = decode_binlog(record);
      EXPECT_TRUE(decoded.ok());
      last_ts_ = decoded->header.commit_ts;
      if (!decoded->header.is_fake()) wanted.push_back(std::move(record));
    }
    return wanted;
  }

  std::vector<std::string> served() {
    std::vector<std::string> found;
    for (Served& one : serve(*storage_->feed(0))) {
      if (!one.is_fake()) found.push_back(std::move(one.bytes));
    }
    return found;
  }

  void expect_equal(const std::vector<std::string>& found, const std::vector<std::string>& wanted) {
    ASSERT_EQ(found.size(), wanted.size());
    for (size_t i = 0; i < found.size(); ++i) {
      ASSERT_EQ(to_hex(Bytes(found[i]).substr(0, 2000)), to_hex(Bytes(wanted[i]).substr(0, 2000)));
      ASSERT_TRUE(found[i] == wanted[i]) << i;
    }
  }

  fs::path dir_;
  std::unique_ptr<Storage> storage_;
  uint64_t last_ts_ = 0;
};

TEST_P(CaptureTest, ServesTheBytesOfTheOriginal) {
  open();
  const auto wanted = expected();
  std::atomic<int> failed = 0;
  for (std::string& payload : read_records(GetParam(), "write.bin.zst")) {
    auto record = decode_binlog(payload);
    ASSERT_TRUE(record.ok());
    EXPECT_EQ(record->payload, payload) << "the bytes of a current TiDB are stored as they are";
    storage_->write(std::move(*record), [&](const Status& status) { failed += !status.ok(); });
  }
  storage_->write(make_fake(last_ts_ + 1), [&](const Status& status) { failed += !status.ok(); });
  // TiKV would know nothing of those that rolled back.
  while (!storage_->wait_published(last_ts_, {}, std::chrono::milliseconds(5))) {
    for (const Question& question : storage_->questions(100)) {
      ASSERT_EQ(question.why, AskWhy::kRollback);
      ASSERT_TRUE(testing::drop_and_wait(*storage_, question.start_ts).ok());
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(storage_->stats().unresolved, 0u);
  expect_equal(served(), wanted);

  storage_.reset();
  open();
  expect_equal(served(), wanted);
  storage_.reset();
  fs::remove(dir_ / "data" / "sorter.snap");  // everything again from the segments
  open();
  storage_->write(make_fake(last_ts_ + 2), [](const Status&) {});
  while (!storage_->wait_published(last_ts_ + 1, {}, std::chrono::milliseconds(5))) {
    for (const Question& question : storage_->questions(100)) {
      ASSERT_TRUE(testing::drop_and_wait(*storage_, question.start_ts).ok());
    }
  }
  expect_equal(served(), wanted);
}

INSTANTIATE_TEST_SUITE_P(All, CaptureTest, ::testing::Values("types", "stress", "clustered"));

class OriginalDirectory : public CaptureTest {
 protected:
  OriginalDirectory() {
    fs::create_directories(dir_ / "data");
    fs::copy(captures() / "clustered" / "pump.data", dir_ / "data", fs::copy_options::recursive);
    for (const auto& entry : fs::recursive_directory_iterator(dir_)) {
      fs::permissions(entry, fs::perms::owner_all, fs::perm_options::add);
    }
  }
};

TEST_P(OriginalDirectory, IsTakenOverAndHandedBack) {
  const auto wanted = expected();
  open();
  EXPECT_FALSE(fs::exists(dir_ / "data" / "kv"));
  EXPECT_TRUE(fs::exists(dir_ / "data" / "kv.old" / "CURRENT"));
  EXPECT_GE(storage_->max_commit_ts(), last_ts_);
  EXPECT_EQ(storage_->stats().unresolved, 0u);
  expect_equal(served(), wanted);
  storage_->write(make_fake(last_ts_ + 1000), [](const Status&) {});
  ASSERT_TRUE(storage_->gc(last_ts_ - 5000).ok());
  const auto rest = testing::served_ts(*storage_, storage_->gc_ts());
  const uint64_t gc_ts = storage_->gc_ts();
  storage_.reset();

  ASSERT_TRUE(export_to_original((dir_ / "data").string(), posix_env()).ok());
  EXPECT_TRUE(fs::exists(dir_ / "data" / "kv" / "CURRENT"));
  EXPECT_FALSE(fs::exists(dir_ / "data" / "sorter.snap"));
  open();  // and back once more
  EXPECT_TRUE(fs::exists(dir_ / "data" / "kv.old.1"));
  EXPECT_EQ(storage_->gc_ts(), gc_ts);
  EXPECT_EQ(testing::served_ts(*storage_, gc_ts), rest);
}

TEST_P(OriginalDirectory, UnreadableIndexIsNamed) {
  fs::remove(dir_ / "data" / "kv" / "MANIFEST-000000");
  StorageOptions options;
  options.dir = (dir_ / "data").string();
  const auto opened = Storage::open(options);
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.status().message().find("/kv"), std::string::npos) << opened.status().message();
}

INSTANTIATE_TEST_SUITE_P(Clustered, OriginalDirectory, ::testing::Values("clustered"));

}  // namespace
}  // namespace tbl::pump
