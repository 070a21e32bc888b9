#include "pd/regions.h"

#include <gtest/gtest.h>

namespace tbl::pd {
namespace {

RegionInfo region(uint64_t id, const std::string& start, const std::string& end,
                  uint64_t version = 1) {
  RegionInfo out;
  out.meta.set_id(id);
  out.meta.set_start_key(start);
  out.meta.set_end_key(end);
  out.meta.mutable_region_epoch()->set_conf_ver(1);
  out.meta.mutable_region_epoch()->set_version(version);
  return out;
}

std::string ids(const std::vector<const RegionInfo*>& regions) {
  std::string out;
  for (const auto* r : regions) out += std::to_string(r->meta.id()) + " ";
  return out;
}

class Regions : public ::testing::Test {
 protected:
  void SetUp() override {
    table.put(region(1, "", "b"));
    table.put(region(2, "b", "d"));
    table.put(region(3, "d", ""));
  }
  RegionTable table;
};

TEST_F(Regions, FindsByKey) {
  EXPECT_EQ(table.by_key("")->meta.id(), 1u);
  EXPECT_EQ(table.by_key("azz")->meta.id(), 1u);
  EXPECT_EQ(table.by_key("b")->meta.id(), 2u);
  EXPECT_EQ(table.by_key("zzz")->meta.id(), 3u);
  EXPECT_EQ(RegionTable().by_key("x"), nullptr);
}

TEST_F(Regions, FindsThePreviousOne) {
  EXPECT_EQ(table.before("a"), nullptr);
  EXPECT_EQ(table.before("c")->meta.id(), 1u);
  EXPECT_EQ(table.before("d")->meta.id(), 2u);
}

TEST_F(Regions, Scans) {
  EXPECT_EQ(ids(table.scan("", "", 0)), "1 2 3 ");
  EXPECT_EQ(ids(table.scan("c", "", 1)), "2 ");
  EXPECT_EQ(ids(table.scan("a", "b", 0)), "1 ");
  EXPECT_EQ(ids(table.scan("c", "d1", 0)), "2 3 ");
}

TEST_F(Regions, ASplitReplacesWhatItOverlaps) {
  EXPECT_TRUE(table.put(region(2, "b", "c", 2)));
  EXPECT_EQ(table.by_key("c"), nullptr);
  EXPECT_TRUE(table.put(region(4, "c", "d", 2)));
  EXPECT_EQ(ids(table.scan("", "", 0)), "1 2 4 3 ");
  EXPECT_EQ(table.by_id(2)->meta.end_key(), "c");
}

TEST_F(Regions, RefusesOldNews) {
  EXPECT_TRUE(table.put(region(2, "b", "c", 2)));
  EXPECT_FALSE(table.put(region(2, "b", "d", 1)));
  EXPECT_EQ(table.by_id(2)->meta.end_key(), "c");
  EXPECT_EQ(table.size(), 3u);
}

TEST_F(Regions, AMergeReplacesItsNeighbour) {
  EXPECT_TRUE(table.put(region(3, "b", "", 2)));
  EXPECT_EQ(ids(table.scan("", "", 0)), "1 3 ");
  EXPECT_EQ(table.by_id(2), nullptr);
  EXPECT_FALSE(table.put(region(2, "b", "d", 1))) << "the merged one's last words";
}

TEST_F(Regions, ALeaderOfAnEarlierTermIsLate) {
  RegionInfo later = region(2, "b", "d");
  later.term = 8;
  later.leader.set_id(22);
  EXPECT_TRUE(table.put(later));
  RegionInfo earlier = later;
  earlier.term = 7;
  earlier.leader.set_id(21);
  EXPECT_FALSE(table.put(earlier));
  EXPECT_EQ(table.by_id(2)->leader.id(), 22u);
  earlier.meta.mutable_region_epoch()->set_version(2);
  EXPECT_FALSE(table.put(earlier));
  later.meta.mutable_region_epoch()->set_version(2);
  EXPECT_TRUE(table.put(later));
}

TEST(RegionTable, AGapIsNobodys) {
  RegionTable table;
  table.put(region(7, "m", "n"));
  EXPECT_EQ(table.by_key("a"), nullptr);
  EXPECT_EQ(table.by_key("n"), nullptr);
  EXPECT_EQ(table.before("m"), nullptr);
  EXPECT_EQ(ids(table.scan("a", "", 0)), "7 ");
}

}  // namespace
}  // namespace tbl::pd
