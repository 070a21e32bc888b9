#include <gtest/gtest.h>

#include "base/clock.h"
#include "binlogctl/commands.h"

namespace tbl::binlogctl {
namespace {

// 2019-04-28 09:33:15 UTC
constexpr uint64_t kTs = make_tso(1556443995000, 7);

TEST(Savepoint, PlainIsOneLine) {
  EXPECT_EQ(savepoint_text(kTs, "").value(), "commitTS = " + std::to_string(kTs) + "\n");
}

TEST(Savepoint, TimesAreComments) {
  EXPECT_EQ(savepoint_text(kTs, "Asia/Shanghai").value(),
            "commitTS = " + std::to_string(kTs) +
                "\n# 2019-04-28 09:33:15 +0000 UTC\n# 2019-04-28 17:33:15 +0800 CST\n");
}

TEST(Savepoint, UnknownZoneIsNamed) {
  EXPECT_EQ(savepoint_text(kTs, "Mars/Olympus").status().message(),
            "unknown time zone Mars/Olympus");
  EXPECT_FALSE(savepoint_text(kTs, "../../../etc/passwd").ok());
}

}  // namespace
}  // namespace tbl::binlogctl
