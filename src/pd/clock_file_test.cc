#include "pd/clock_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace tbl::pd {
namespace {

TEST(FileShiftedClock, FollowsItsFile) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("clock-" + std::to_string(::getpid()));
  std::ofstream(path) << "-86400000\n";
  FileShiftedClock clock(path);
  const auto shift = [&] { return clock.unix_ms() - system_clock().unix_ms(); };
  EXPECT_NEAR(shift(), -86'400'000, 1000);
  std::ofstream(path) << "5000000";
  clock.reread();
  EXPECT_NEAR(shift(), 5'000'000, 1000);
  std::ofstream(path) << "nonsense";
  clock.reread();
  EXPECT_NEAR(shift(), 5'000'000, 1000);
  std::filesystem::remove(path);
}

TEST(FileShiftedClock, WithoutFileIsTheSystemClock) {
  FileShiftedClock clock("");
  clock.reread();
  EXPECT_NEAR(clock.unix_ms() - system_clock().unix_ms(), 0, 1000);
}

}  // namespace
}  // namespace tbl::pd
