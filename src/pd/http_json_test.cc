#include "pd/http_json.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

namespace tbl::pd {
namespace {

TEST(PdHttpJson, Sizes) {
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_size(1023), "1023B");
  EXPECT_EQ(format_size(252ULL << 30), "252GiB");
  EXPECT_EQ(format_size(40'960'000), "39.06MiB");
  EXPECT_EQ(format_size(3ULL << 50), "3PiB");
}

TEST(PdHttpJson, Times) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  EXPECT_EQ(format_rfc3339(1'577'934'245'000'000'000), "2020-01-02T03:04:05Z");
  EXPECT_EQ(format_rfc3339(1'577'934'245'120'000'000), "2020-01-02T03:04:05.12Z");
  ::setenv("TZ", "Asia/Kolkata", 1);
  ::tzset();
  EXPECT_EQ(format_rfc3339(1'577'934'245'000'000'000), "2020-01-02T08:34:05+05:30");
  ::unsetenv("TZ");
  ::tzset();
}

TEST(PdHttpJson, RegionKeysAreUpperCaseHex) {
  RegionInfo region;
  region.meta.set_id(10);
  region.meta.set_start_key(std::string("t\0\xfa", 3));
  region.meta.mutable_region_epoch()->set_conf_ver(1);
  region.meta.mutable_region_epoch()->set_version(5);
  auto* peer = region.meta.add_peers();
  peer->set_id(11);
  peer->set_store_id(1);
  EXPECT_FALSE(region_json(region).contains("leader")) << "nobody reported yet";
  region.leader = *peer;
  const auto json = region_json(region);
  EXPECT_EQ(json["start_key"], "7400FA");
  EXPECT_EQ(json["end_key"], "");
  EXPECT_EQ(json["epoch"].dump(), R"({"conf_ver":1,"version":5})");
  EXPECT_EQ(json["peers"].dump(), R"([{"id":11,"store_id":1,"role_name":"Voter"}])");
  EXPECT_EQ(json["leader"]["id"], 11);
}

TEST(PdHttpJson, Stores) {
  StoreInfo store;
  store.meta.set_id(1);
  store.meta.set_address("127.0.0.1:20160");
  store.meta.set_version("5.4.3");
  store.stats.set_capacity(10ULL << 30);
  RegionInfo region;
  region.leader.set_store_id(1);
  region.approximate_size_mb = 7;
  const auto json = store_json(store, {region});
  EXPECT_EQ(json["store"]["state_name"], "Up");
  EXPECT_EQ(json["store"]["address"], "127.0.0.1:20160");
  EXPECT_EQ(json["status"]["capacity"], "10GiB");
  EXPECT_EQ(json["status"]["leader_count"], 1);
  EXPECT_EQ(json["status"]["region_size"], 7);
}

}  // namespace
}  // namespace tbl::pd
