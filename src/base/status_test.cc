#include "base/status.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include <cerrno>

#include "base/clock.h"
#include "base/go_time.h"
#include "base/net_address.h"
#include "base/urls.h"

namespace tbl {
namespace {

TEST(StatusTest, ChainReadsFromTheOutside) {
  Status cause = data_loss("checksum mismatch");
  Status status = cause.wrap("read segment 3").wrap("open log");
  EXPECT_EQ(status.message(), "open log: read segment 3: checksum mismatch");
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_EQ(status.to_string(), "DataLoss: open log: read segment 3: checksum mismatch");
  EXPECT_EQ(cause.message(), "checksum mismatch");
  EXPECT_TRUE(ok_status().wrap("x").ok());
  EXPECT_EQ(ok_status().to_string(), "OK");
  EXPECT_EQ(Status(StatusCode::kOk, "ignored").message(), "");
}

TEST(StatusTest, DetailStaysWithTheError) {
  Status status = already_exists("Duplicate entry").with_detail(1062).wrap("insert");
  Status copy = status;
  EXPECT_EQ(copy.detail(), 1062);
  EXPECT_EQ(copy.message(), "insert: Duplicate entry");
  EXPECT_EQ(not_found("x").detail(), 0);
  EXPECT_EQ(ok_status().with_detail(1062).detail(), 0);
}

TEST(StatusTest, Errno) {
  EXPECT_EQ(errno_status(ENOENT, "open x").code(), StatusCode::kNotFound);
  EXPECT_EQ(errno_status(ENOSPC, "write x").to_string(),
            "ResourceExhausted: write x: No space left on device");
  EXPECT_EQ(errno_status(EIO, "x").code(), StatusCode::kUnknown);
}

Result<int> half(int n) {
  if (n % 2 != 0) return invalid_argument("odd");
  return n / 2;
}
Result<int> quarter(int n) {
  TBL_ASSIGN(int once, half(n));
  TBL_ASSIGN(int twice, half(once));
  return twice;
}
Status check_quarter(int n) {
  TBL_TRY(quarter(n).status());
  return ok_status();
}

TEST(StatusTest, Macros) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(6).status().message(), "odd");
  EXPECT_TRUE(check_quarter(4).ok());
  EXPECT_FALSE(check_quarter(3).ok());
}

TEST(GoTimeTest, LocalTimeWithOffsetAndName) {
  setenv("TZ", "CST-8", 1), tzset();
  EXPECT_EQ(format_go_time(1556443797), "2019-04-28 17:29:57 +0800 CST");
  setenv("TZ", "UTC0", 1), tzset();
  EXPECT_EQ(format_go_time(1556443797), "2019-04-28 09:29:57 +0000 UTC");
  EXPECT_EQ(format_tso_time(make_tso(1556443797999, 5)), "2019-04-28 09:29:57 +0000 UTC");
  unsetenv("TZ"), tzset();
}

TEST(NetAddressTest, IsAnAddress) {
  EXPECT_TRUE(parse_host_port(first_ipv4_address() + ":1").ok());
  EXPECT_FALSE(host_name().empty());
}

}  // namespace
}  // namespace tbl
