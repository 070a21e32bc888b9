#include "pd/safe_points.h"

#include "pd/etcd_fixture.h"

namespace tbl::pd {
namespace {

constexpr int64_t kForEver = INT64_MAX;

class SafePointsTest : public EtcdFixture {
 protected:
  SafePointsTest() : points(meta) {}
  /// "<service>@<safe point>" of the lowest one.
  std::string update(const std::string& id, int64_t ttl_s, uint64_t safe_point,
                     int64_t now_s = 1000) {
    const auto least = points.update_service({id, ttl_s, safe_point, now_s});
    if (!least.ok()) return least.status().to_string();
    return least->service_id + "@" + std::to_string(least->safe_point);
  }
  SafePoints points;
};

TEST_F(SafePointsTest, TheCollectorBeginsAtZero) {
  EXPECT_EQ(update("drainer_1", 300, 470), "gc_worker@0");
  EXPECT_EQ(**meta.get("gc/safe_point/service/gc_worker"),
            R"({"service_id":"gc_worker","expired_at":9223372036854775807,"safe_point":0})");
  EXPECT_EQ(**meta.get("gc/safe_point/service/drainer_1"),
            R"({"service_id":"drainer_1","expired_at":1300,"safe_point":470})");
}

TEST_F(SafePointsTest, TheLowestCounts) {
  update("a", 300, 500);
  EXPECT_EQ(update("gc_worker", kForEver, 800), "a@500");
  EXPECT_EQ(update("b", 300, 499), "a@500") << "below the lowest: not taken";
  EXPECT_FALSE(meta.get("gc/safe_point/service/b")->has_value());
  EXPECT_EQ(update("b", 300, 500), "a@500");
  EXPECT_EQ(update("a", 300, 900), "b@500");
  EXPECT_EQ(update("b", 0, 0), "gc_worker@800");
}

TEST_F(SafePointsTest, ServicesExpire) {
  update("gc_worker", kForEver, 10);
  update("a", 300, 20, 1000);
  update("gc_worker", kForEver, 30, 1000);
  EXPECT_EQ(update("b", 300, 40, 1300), "a@20");
  EXPECT_EQ(update("b", 300, 40, 1301), "gc_worker@30");
  EXPECT_FALSE(meta.get("gc/safe_point/service/a")->has_value());
}

TEST_F(SafePointsTest, AVeryLongTimeIsForEver) {
  update("a", kForEver - 500, 7, 1000);
  EXPECT_EQ(points.services().at(0).expired_at, kForEver);
}

TEST_F(SafePointsTest, RefusesWithPdsWords) {
  EXPECT_EQ(update("", 5, 7), "Unknown: service id of service safepoint cannot be empty");
  EXPECT_EQ(update("gc_worker", 5, 7),
            "Unknown: TTL of gc_worker's service safe point must be infinity");
  EXPECT_EQ(update("gc_worker", 0, 7), "Unknown: cannot remove service safe point of gc_worker");
}

TEST_F(SafePointsTest, TheGcSafePointNeverFallsAndIsKept) {
  EXPECT_EQ(*points.update_gc_safe_point(0xabc), 0xabcu);
  EXPECT_EQ(*points.update_gc_safe_point(5), 0xabcu);
  EXPECT_EQ(**meta.get("gc/safe_point"), "abc");
  update("a", 300, 500);
  SafePoints again(meta);
  ASSERT_TRUE(again.load().ok());
  EXPECT_EQ(again.gc_safe_point(), 0xabcu);
  EXPECT_EQ(again.services().size(), 2u);
}

TEST_F(SafePointsTest, DamagedRecordsAreErrors) {
  ASSERT_TRUE(meta.put("gc/safe_point", "xyz").ok());
  EXPECT_EQ(SafePoints(meta).load().code(), StatusCode::kDataLoss);
  ASSERT_TRUE(meta.put("gc/safe_point", "1f").ok());
  ASSERT_TRUE(meta.put("gc/safe_point/service/a", "[]").ok());
  EXPECT_EQ(SafePoints(meta).load().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace tbl::pd
