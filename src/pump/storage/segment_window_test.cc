#include "pump/storage/segment_window.h"

#include <gtest/gtest.h>

#include <random>

#include "base/sim_env.h"
#include "base/test_seed.h"

namespace tbl::pump {
namespace {

class SegmentWindowTest : public ::testing::Test {
 protected:
  SegmentWindowTest() : segments_(env_, "value") {
    EXPECT_TRUE(env_.create_dirs("value").ok());
    file_ = std::move(*env_.open_append("value/000000.vlog"));
  }

  void append(size_t n) {
    std::string more(n, '\0');
    for (char& c : more) c = static_cast<char>(random_());
    ASSERT_TRUE(file_->append(more).ok());
    bytes_ += more;
    segments_.set({.id = 0, .size = file_->size()});
  }

  SimEnv env_;
  SegmentSet segments_;
  std::mt19937_64 random_{test_seed()};
  std::string bytes_;
  std::unique_ptr<WritableFile> file_;
};

// Forwards, to and fro, jumps, views larger than the buffer, a file that grows: the bytes are the
// file's.
TEST_F(SegmentWindowTest, ShowsTheFile) {
  append(1 << 20);
  SegmentWindow window;
  window.use(*segments_.open(0));
  uint64_t at = 0;
  for (int i = 0; i < 3000; ++i) {
    const uint64_t kind = random_() % 100;
    if (kind == 0) at = random_() % bytes_.size();
    if (kind == 1) append(random_() % 100'000);
    const uint64_t back = std::min<uint64_t>(at, random_() % 50'000);
    const size_t n = kind == 2 ? random_() % 1'500'000 : random_() % 3000;
    const auto view = window.view(at - back, n);
    ASSERT_TRUE(view.ok());
    ASSERT_TRUE(*view == Bytes(bytes_).substr(at - back, n)) << i << ": " << at - back << " " << n;
    at = (at + random_() % 4000) % bytes_.size();
  }
}

TEST_F(SegmentWindowTest, WhatIsABitBehindIsStillThere) {
  append(3 << 20);
  SegmentWindow window;
  window.use(*segments_.open(0));
  constexpr size_t kStep = 1000;
  for (uint64_t at = 0; at + kStep <= bytes_.size(); at += kStep) {
    ASSERT_TRUE(window.view(at, kStep).ok());
    const uint64_t behind =
        at > SegmentWindow::kKeptBehind ? at - SegmentWindow::kKeptBehind + kStep : 0;
    ASSERT_TRUE(window.holds(behind, at + kStep - behind)) << at;
  }
}

TEST_F(SegmentWindowTest, BehindTheEndIsNothing) {
  append(1000);
  SegmentWindow window;
  window.use(*segments_.open(0));
  EXPECT_EQ(window.view(990, 100)->size(), 10u);
  EXPECT_EQ(window.view(1000, 100)->size(), 0u);
  EXPECT_EQ(window.view(5000, 100)->size(), 0u);
  append(50);
  EXPECT_EQ(window.view(990, 100)->size(), 60u);
}

}  // namespace
}  // namespace tbl::pump
