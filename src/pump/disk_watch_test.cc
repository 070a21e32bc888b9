#include "pump/disk_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sim_env.h"

namespace tbl::pump {
namespace {

class DiskWatchTest : public testing::Test {
 protected:
  DiskWatchTest() {
    EXPECT_TRUE(disk_.create_dirs("d").ok());
    disk_.set_capacity(1000);
  }
  SimEnv disk_;
  PumpMetrics metrics_;
};

TEST_F(DiskWatchTest, StopsAtTheLimitAndGoesOn) {
  DiskWatch watch(disk_, "d", 200, metrics_);
  EXPECT_TRUE(watch.check().ok()) << "nothing is known yet";
  watch.refresh();
  EXPECT_TRUE(watch.check().ok());
  EXPECT_EQ(metrics_.writable.value(), 1);
  auto file = disk_.open_append("d/a");
  ASSERT_TRUE((*file)->append(std::string(800, 'x')).ok());
  watch.refresh();
  EXPECT_EQ(watch.check().message(),
            "no available space, available: 200, StopWriteAtAvailableSpace: 200");
  EXPECT_EQ(metrics_.writable.value(), 0);
  ASSERT_TRUE((*file)->truncate(799).ok());
  watch.refresh();
  EXPECT_TRUE(watch.check().ok());
  EXPECT_EQ(metrics_.writable.value(), 1);
}

TEST_F(DiskWatchTest, WhatIsWrittenBetweenTwoLooksCounts) {
  DiskWatch watch(disk_, "d", 200, metrics_);
  watch.refresh();
  watch.count(799);
  EXPECT_TRUE(watch.check().ok());
  watch.count(1);
  EXPECT_FALSE(watch.check().ok());
  watch.count(1'000'000);
  EXPECT_THAT(watch.check().message(), testing::HasSubstr("available: 0,"));
  watch.refresh();
  EXPECT_TRUE(watch.check().ok());
}

TEST_F(DiskWatchTest, NoLimitNeverStops) {
  disk_.set_capacity(0);
  DiskWatch watch(disk_, "d", 0, metrics_);
  watch.refresh();
  EXPECT_TRUE(watch.check().ok());
}

}  // namespace
}  // namespace tbl::pump
