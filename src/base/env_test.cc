#include "base/env.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>

namespace tbl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PosixEnvTest : public testing::Test {
 protected:
  PosixEnvTest() {
    std::string name = testing::TempDir() + "env_test_XXXXXX";
    dir_ = mkdtemp(name.data());
  }
  ~PosixEnvTest() override { std::filesystem::remove_all(dir_); }
  std::string path(const std::string& name) const { return join_path(dir_, name); }

  Env& env_ = posix_env();
  std::string dir_;
};

TEST_F(PosixEnvTest, AppendReopenTruncate) {
  auto file = env_.open_append(path("a"), 0640);
  ASSERT_TRUE(file.ok());
  std::vector<Bytes> pieces(3000, "xy");  // more than one writev takes
  pieces[1] = "";
  ASSERT_TRUE((*file)->append(pieces).ok());
  EXPECT_EQ((*file)->size(), 5998U);
  ASSERT_TRUE((*file)->sync().ok());
  ASSERT_TRUE((*file)->truncate(2).ok());
  ASSERT_TRUE((*file)->append("z").ok());
  ASSERT_TRUE((*file)->close().ok());
  struct stat info {};
  ASSERT_EQ(stat(path("a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640U);

  auto again = env_.open_append(path("a"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ((*again)->size(), 3U);
  ASSERT_TRUE((*again)->append("!").ok());
  EXPECT_EQ(*env_.read_file(path("a")), "xyz!");
}

TEST_F(PosixEnvTest, WhatIsReservedReadsAsZerosUntilItIsWritten) {
  auto file = env_.open_append(path("a"));
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->append("one").ok());
  (*file)->reserve(5);
  EXPECT_EQ((*file)->size(), 3U);
  EXPECT_EQ(*env_.read_file(path("a")), std::string("one\0\0\0\0\0", 8));
  ASSERT_TRUE((*file)->append("two").ok());
  ASSERT_TRUE((*file)->append("three").ok());
  EXPECT_EQ(*env_.read_file(path("a")), "onetwothree");
  (*file)->reserve(100);
  ASSERT_TRUE((*file)->truncate((*file)->size()).ok());
  ASSERT_TRUE((*file)->append("!").ok());
  EXPECT_EQ(*env_.read_file(path("a")), "onetwothree!");
}

TEST_F(PosixEnvTest, WhatIsWrittenOnceMoreStaysWhereItIs) {
  auto file = env_.open_append(path("a"));
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->append("one two").ok());
  ASSERT_TRUE((*file)->rewrite(4, "two").ok());
  EXPECT_EQ((*file)->size(), 7U);
  ASSERT_TRUE((*file)->append("!").ok());
  EXPECT_EQ(*env_.read_file(path("a")), "one two!");
}

TEST_F(PosixEnvTest, ReadAt) {
  ASSERT_TRUE(env_.write_file_atomically(path("a"), "0123456789").ok());
  auto file = env_.open_read(path("a"));
  ASSERT_TRUE(file.ok());
  char buffer[16];
  EXPECT_EQ(*(*file)->read(7, 16, buffer), 3U);
  EXPECT_EQ(std::string(buffer, 3), "789");
  EXPECT_EQ(*(*file)->read(10, 1, buffer), 0U);
  EXPECT_EQ(*(*file)->size(), 10U);
}

TEST_F(PosixEnvTest, AtomicWriteReplacesAndLeavesNothingBehind) {
  ASSERT_TRUE(env_.write_file_atomically(path("a.tmp"), "left by a crash").ok());
  ASSERT_TRUE(env_.write_file_atomically(path("a"), "one").ok());
  ASSERT_TRUE(env_.write_file_atomically(path("a"), "two").ok());
  EXPECT_EQ(*env_.read_file(path("a")), "two");
  EXPECT_THAT(*env_.list(dir_), ElementsAre("a"));
}

TEST_F(PosixEnvTest, DirectoriesAndNames) {
  ASSERT_TRUE(env_.create_dirs(path("x/y/z"), 0700).ok());
  ASSERT_TRUE(env_.create_dirs(path("x/y/z"), 0700).ok());
  ASSERT_TRUE(env_.write_file_atomically(path("x/f"), "").ok());
  EXPECT_THAT(*env_.list(path("x")), ElementsAre("f", "y"));
  EXPECT_TRUE(env_.exists(path("x/f")));
  ASSERT_TRUE(env_.rename(path("x/f"), path("x/g")).ok());
  ASSERT_TRUE(env_.sync_dir(path("x")).ok());
  ASSERT_TRUE(env_.remove(path("x/g")).ok());
  EXPECT_FALSE(env_.exists(path("x/g")));
  ASSERT_TRUE(env_.write_file_atomically(path("file"), "").ok());
  EXPECT_THAT(env_.create_dirs(path("file/x")).message(), HasSubstr(path("file")));
}

TEST_F(PosixEnvTest, ErrorsNameThePath) {
  std::string missing = path("missing/a");
  EXPECT_EQ(env_.open_read(missing).status().message(),
            "open " + missing + ": No such file or directory");
  EXPECT_EQ(env_.open_read(missing).status().code(), StatusCode::kNotFound);
  EXPECT_THAT(env_.open_append(missing).status().message(), HasSubstr(missing));
  EXPECT_THAT(env_.remove(missing).message(), HasSubstr(missing));
  EXPECT_THAT(env_.rename(missing, path("b")).message(), HasSubstr(missing));
  EXPECT_THAT(env_.list(missing).status().message(), HasSubstr(missing));
  EXPECT_THAT(env_.sync_dir(missing).message(), HasSubstr(missing));
  EXPECT_THAT(env_.disk_space(missing).status().message(), HasSubstr(missing));
  EXPECT_THAT(env_.lock(missing).status().message(), HasSubstr(missing));
}

TEST_F(PosixEnvTest, LockIsExclusiveUntilDropped) {
  auto lock = env_.lock(path(".lock"));
  ASSERT_TRUE(lock.ok());
  struct stat info {};
  ASSERT_EQ(stat(path(".lock").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  EXPECT_EQ(env_.lock(path(".lock")).status().message(), path(".lock") + ": file already locked");
  lock = unknown_error("drop it");
  EXPECT_TRUE(env_.lock(path(".lock")).ok());
}

TEST_F(PosixEnvTest, DiskSpace) {
  auto space = env_.disk_space(dir_);
  ASSERT_TRUE(space.ok());
  EXPECT_GT(space->capacity_bytes, 0U);
  EXPECT_LE(space->available_bytes, space->capacity_bytes);
}

bool append_under_size_limit(const std::string& path) {
  signal(SIGXFSZ, SIG_IGN);
  rlimit limit{10, 10};
  setrlimit(RLIMIT_FSIZE, &limit);
  auto file = posix_env().open_append(path);
  bool failed = !(*file)->append(std::vector<Bytes>{"123456", "7890123"}).ok();
  return failed && (*file)->size() == 10;
}

/// A file size limit makes write() short, then fail: in a child, since it holds for the process.
TEST_F(PosixEnvTest, SizeTellsWhatAFailedAppendLeft) {
  EXPECT_EXIT(std::_Exit(append_under_size_limit(path("a")) ? 0 : 1), testing::ExitedWithCode(0),
              "");
  EXPECT_EQ(*env_.read_file(path("a")), "1234567890");
}

TEST(JoinPathTest, OneSlash) {
  EXPECT_EQ(join_path("a", "b"), "a/b");
  EXPECT_EQ(join_path("a/", "b"), "a/b");
  EXPECT_EQ(join_path("", "b"), "b");
}

}  // namespace
}  // namespace tbl
