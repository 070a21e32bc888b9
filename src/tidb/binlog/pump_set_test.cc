#include "tidb/binlog/pump_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tbl::tidb {
namespace {

using ::testing::ElementsAre;

cluster::NodeStatus status_of(const std::string& id, const std::string& state = "online") {
  cluster::NodeStatus status;
  status.node_id = id;
  status.host = id + ":8250";
  status.state = state;
  return status;
}

std::string chosen(PumpSet& pumps, uint64_t start_ts, uint64_t retry = 0) {
  const PumpPtr pump = pumps.choose(start_ts, retry);
  return pump ? pump->node_id : "-";
}

TEST(PumpSet, RangeGoesRound) {
  PumpSet pumps(PumpStrategy::kRange, [](const std::string&) { return nullptr; });
  EXPECT_EQ(chosen(pumps, 1), "-");
  for (const char* id : {"a", "b", "c"}) pumps.put(status_of(id));
  std::string order;
  for (int i = 0; i < 5; ++i) order += chosen(pumps, 7);
  EXPECT_EQ(order, "abcab");
  // A change of the set begins anew.
  pumps.put(status_of("b", "paused"));
  EXPECT_EQ(chosen(pumps, 7) + chosen(pumps, 7) + chosen(pumps, 7), "aca");
}

TEST(PumpSet, HashGoesByStartTsAndRetry) {
  PumpSet pumps(PumpStrategy::kHash, [](const std::string&) { return nullptr; });
  for (const char* id : {"a", "b", "c"}) pumps.put(status_of(id));
  EXPECT_EQ(chosen(pumps, 3), "a");
  EXPECT_EQ(chosen(pumps, 3), "a");
  EXPECT_EQ(chosen(pumps, 4), "b");
  EXPECT_EQ(chosen(pumps, 4, 1), "c");
  EXPECT_EQ(chosen(pumps, 4, 2), "a");
}

TEST(PumpSet, ElevenFailuresInARowLeaveAPumpOut) {
  PumpSet pumps(PumpStrategy::kRange, [](const std::string&) { return nullptr; });
  pumps.put(status_of("a"));
  const PumpPtr a = pumps.choose(1, 0);
  for (int i = 0; i < 10; ++i) pumps.failed(*a);
  pumps.succeeded(*a);
  for (int i = 0; i < 10; ++i) pumps.failed(*a);
  EXPECT_EQ(pumps.available_count(), 1U);
  pumps.failed(*a);
  EXPECT_EQ(pumps.available_count(), 0U);
  EXPECT_EQ(pumps.lost().size(), 1U);
  EXPECT_EQ(chosen(pumps, 1), "a") << "better than none";
  pumps.put(status_of("b"));
  EXPECT_EQ(chosen(pumps, 1) + chosen(pumps, 1), "bb");
  pumps.remove("b");
  EXPECT_EQ(pumps.online().size(), 1U);
  // The registry saying the same again changes nothing; an answer does.
  pumps.put(status_of("a"));
  EXPECT_EQ(pumps.available_count(), 0U);
  pumps.succeeded(*a);
  EXPECT_EQ(pumps.available_count(), 1U);
  EXPECT_TRUE(pumps.lost().empty());
}

TEST(PumpSet, AMovedPumpIsConnectedAnew) {
  std::vector<std::string> connected;
  PumpSet pumps(PumpStrategy::kRange, [&](const std::string& address) {
    connected.push_back(address);
    return nullptr;
  });
  pumps.put(status_of("a"));
  pumps.put(status_of("a"));
  auto moved = status_of("a");
  moved.host = "elsewhere:1";
  pumps.put(moved);
  pumps.put(status_of("a", "offline"));
  EXPECT_THAT(connected, ElementsAre("a:8250", "elsewhere:1", "a:8250"));
  EXPECT_EQ(pumps.available_count(), 0U);
  pumps.replace({status_of("b")});
  EXPECT_EQ(chosen(pumps, 1), "b");
  pumps.remove("b");
  EXPECT_EQ(chosen(pumps, 1), "-");
}

}  // namespace
}  // namespace tbl::tidb
