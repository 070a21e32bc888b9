#include "pd/topology.h"

#include "pd/etcd_fixture.h"

namespace tbl::pd {
namespace {

constexpr int64_t kNow = 1'795'402'086'000'000'000;

class TopologyTest : public EtcdFixture {
 protected:
  TopologyTest() : topology(meta, cluster_id()) {
    store.set_id(1);
    store.set_address("127.0.0.1:20160");
    region.set_id(2);
    region.mutable_region_epoch()->set_conf_ver(1);
    region.mutable_region_epoch()->set_version(1);
    auto* peer = region.add_peers();
    peer->set_id(3);
    peer->set_store_id(1);
  }
  std::string refusal() {
    const Status status = topology.bootstrap(store, region, kNow);
    EXPECT_EQ(status.code(), StatusCode::kUnknown);
    return status.message();
  }
  RegionInfo report(uint64_t version) const {
    RegionInfo out{region, region.peers(0), 5, 100};
    out.meta.mutable_region_epoch()->set_version(version);
    return out;
  }

  Topology topology;
  metapb::Store store;
  metapb::Region region;
};

TEST_F(TopologyTest, StartsEmpty) {
  ASSERT_TRUE(topology.load().ok());
  EXPECT_FALSE(topology.bootstrapped());
  EXPECT_FALSE(topology.region_by_key("x"));
  EXPECT_EQ(topology.store(7).status().message(), "invalid store ID 7, not found");
}

TEST_F(TopologyTest, RefusesABadBootstrap) {
  const std::string tail = " for bootstrap " + std::to_string(cluster_id());
  store.set_id(0);
  EXPECT_EQ(refusal(), "invalid zero store id");
  store.set_id(1);
  region.set_id(0);
  EXPECT_EQ(refusal(), "invalid zero region id");
  region.set_id(2);
  region.set_end_key("z");
  EXPECT_EQ(refusal(), "invalid first region key range, must all be empty" + tail);
  region.clear_end_key();
  region.mutable_peers(0)->set_store_id(9);
  EXPECT_EQ(refusal(), "invalid peer store id 9 != 1" + tail);
  region.clear_peers();
  EXPECT_EQ(refusal(), "invalid first region peer count 0, must be 1" + tail);
  EXPECT_FALSE(meta.get("raft")->has_value());
}

TEST_F(TopologyTest, BootstrapsOnceAndRemembers) {
  ASSERT_TRUE(topology.bootstrap(store, region, kNow).ok());
  EXPECT_EQ(topology.bootstrap(store, region, kNow).code(), StatusCode::kAlreadyExists);
  Topology again(meta, cluster_id());
  EXPECT_FALSE(again.bootstrapped());
  ASSERT_TRUE(again.load().ok());
  EXPECT_TRUE(again.bootstrapped());
  EXPECT_EQ(again.bootstrap_time_ns(), kNow);
  EXPECT_EQ(again.cluster().max_peer_count(), 3u);
  EXPECT_EQ(again.region_by_key("any")->meta.SerializeAsString(), region.SerializeAsString());
  EXPECT_EQ(again.region_by_key("any")->leader.id(), 0u);
  EXPECT_EQ(again.store(1)->meta.address(), "127.0.0.1:20160");
  EXPECT_FALSE(again.initialized());
}

TEST_F(TopologyTest, ASecondPdCannotBootstrapBehindItsBack) {
  Topology other(meta, cluster_id());
  ASSERT_TRUE(other.bootstrap(store, region, kNow).ok());
  EXPECT_EQ(topology.bootstrap(store, region, kNow).code(), StatusCode::kAlreadyExists);
}

TEST_F(TopologyTest, StoresMove) {
  ASSERT_TRUE(topology.bootstrap(store, region, kNow).ok());
  pdpb::StoreStats stats;
  stats.set_store_id(1);
  stats.set_capacity(10);
  ASSERT_TRUE(topology.store_heartbeat(stats, kNow + 1).ok());
  store.set_address("127.0.0.1:1");
  ASSERT_TRUE(topology.put_store(store).ok());
  EXPECT_EQ(topology.store(1)->meta.address(), "127.0.0.1:1");
  EXPECT_EQ(topology.store(1)->meta.last_heartbeat(), kNow + 1);
  EXPECT_EQ(topology.store(1)->stats.capacity(), 10u);
  store.set_id(8);
  EXPECT_NE(topology.put_store(store).message().find("duplicated store address"),
            std::string::npos);
  stats.set_store_id(8);
  EXPECT_FALSE(topology.store_heartbeat(stats, kNow).ok());
}

TEST_F(TopologyTest, RegionsReport) {
  ASSERT_TRUE(topology.bootstrap(store, region, kNow).ok());
  EXPECT_TRUE(topology.region_heartbeat(report(2)));
  EXPECT_TRUE(topology.initialized());
  EXPECT_EQ(topology.region_by_id(2)->leader.id(), 3u);
  EXPECT_FALSE(topology.region_heartbeat(report(1)));
  EXPECT_EQ(topology.scan_regions("", "", 0).size(), 1u);
}

TEST_F(TopologyTest, AnotherClusterIsNotTaken) {
  ASSERT_TRUE(topology.bootstrap(store, region, kNow).ok());
  metapb::Cluster cluster = topology.cluster();
  cluster.set_max_peer_count(5);
  ASSERT_TRUE(topology.put_cluster(cluster).ok());
  EXPECT_EQ(topology.cluster().max_peer_count(), 5u);
  cluster.set_id(1);
  EXPECT_FALSE(topology.put_cluster(cluster).ok());
}

TEST_F(TopologyTest, DamagedRecordsAreErrorsThatNameTheKey) {
  ASSERT_TRUE(topology.bootstrap(store, region, kNow).ok());
  ASSERT_TRUE(meta.put("raft/s/00000000000000000001", "\xff").ok());
  const Status status = Topology(meta, cluster_id()).load();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_NE(status.message().find("raft/s/00000000000000000001"), std::string::npos);
}

}  // namespace
}  // namespace tbl::pd
