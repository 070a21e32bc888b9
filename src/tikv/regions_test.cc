#include "tikv/regions.h"

#include "proto/errorpb.pb.h"
#include "proto/kvrpcpb.pb.h"
#include "tikv/region_fixture.h"

namespace tbl::tikv {
namespace {

std::string hex(const std::string& spaced) { return to_hex(*from_hex(spaced)); }

/// Region 10, epoch {1,5}, peer {11, store 1}, as in the recorded messages.
class Recorded : public RegionFixture {
 protected:
  Recorded() {
    begin("080a 12097400000000000000f8 1a097500000000000000f8 220408011005 2a04080b1001");
    context.ParseFromString(*from_hex("080a 120408011005 1a04080b1001"));
  }
  std::string error() {
    errorpb::Error out;
    const bool admitted = regions->admit(1, context, admin, &out) != nullptr;
    EXPECT_EQ(admitted, out.message().empty());
    return to_hex(out.SerializeAsString());
  }
  kvrpcpb::Context context;
  bool admin = false;
};

TEST_F(Recorded, AdmitsWhatMatches) {
  EXPECT_EQ(error(), "");
  context.set_term(Region::kFirstTerm);
  EXPECT_EQ(error(), "");
  context.mutable_region_epoch()->set_conf_ver(9);
  EXPECT_EQ(error(), "") << "conf_ver is for admin commands only";
}

TEST_F(Recorded, UnknownRegion) {
  context.set_region_id(999);
  EXPECT_EQ(error(), hex("0a10726567696f6e206e6f7420666f756e64 1a0308e707"));
}

TEST_F(Recorded, WrongEpoch) {
  context.mutable_region_epoch()->set_version(4);
  const std::string expected =
      hex("0a0b7374616c652065706f6368 2a26 0a24 080a 12097400000000000000f8 "
          "1a097500000000000000f8 220408011005 2a04080b1001");
  EXPECT_EQ(error(), expected);
  context.mutable_region_epoch()->set_version(5);
  context.mutable_region_epoch()->set_conf_ver(2);
  admin = true;
  EXPECT_EQ(error(), expected);
}

TEST_F(Recorded, WrongPeer) {
  context.mutable_peer()->set_id(999);
  EXPECT_EQ(error(), hex("0a1a6d69736d6174636820706565722069642039393920213d203131"));
}

TEST_F(Recorded, WrongStoreComesFirst) {
  context.mutable_peer()->set_store_id(2);
  context.set_region_id(999);
  EXPECT_EQ(error(), hex("0a0f73746f7265206e6f74206d61746368 4204 0802 1001"));
  context.clear_peer();
  EXPECT_EQ(error(), hex("0a0f73746f7265206e6f74206d61746368 4202 1001"));
}

TEST_F(Recorded, OldTermIsStale) {
  context.set_term(Region::kFirstTerm - 1);
  EXPECT_EQ(error(), "");
  context.set_term(Region::kFirstTerm - 2);
  EXPECT_EQ(error(), hex("0a0d7374616c6520636f6d6d616e64 3a00"));
}

/// All keys in region 10, epoch {1,1}, peer {11, store 1}, and then one on store 2.
class Changes : public RegionFixture {
 protected:
  Changes() {
    begin("080a 220408011001 2a04080b1001");
    first = std::move(regions->add_peer(regions->by_id(10), 12, 2)).value();
  }
  errorpb::Error refusal(const Region& region, uint64_t store_id) {
    kvrpcpb::Context context;
    context.set_region_id(region.meta.id());
    *context.mutable_region_epoch() = region.meta.region_epoch();
    *context.mutable_peer() = *region.peer_on(store_id);
    errorpb::Error error;
    regions->admit(store_id, context, false, &error);
    return error;
  }
  RegionPtr first;
};

TEST_F(Changes, APeerMoreIsAnotherConfVer) {
  EXPECT_EQ(first->meta.region_epoch().conf_ver(), 2u);
  EXPECT_EQ(first->meta.region_epoch().version(), 1u);
  EXPECT_EQ(refusal(*first, 1).message(), "");
}

TEST_F(Changes, AFollowerNamesTheLeader) {
  const auto error = refusal(*first, 2);
  EXPECT_EQ(error.message(),
            "peer is not leader for region 10, leader may Some(id: 11 store_id: 1)");
  EXPECT_EQ(error.not_leader().region_id(), 10u);
  EXPECT_EQ(error.not_leader().leader().id(), 11u);
}

TEST_F(Changes, WithoutALeaderNobodyServesAndNobodyIsNamed) {
  const auto deposed = std::move(regions->depose(first)).value();
  for (const uint64_t store_id : {1, 2}) {
    const auto error = refusal(*first, store_id);
    EXPECT_EQ(error.message(), "peer is not leader for region 10, leader may None");
    EXPECT_FALSE(error.not_leader().has_leader());
  }
  ASSERT_TRUE(regions->elect(deposed, 2).ok());
  EXPECT_EQ(refusal(*first, 2).message(), "");
  EXPECT_EQ(refusal(*first, 1).not_leader().leader().store_id(), 2u);
  EXPECT_EQ(regions->by_id(10)->term, Region::kFirstTerm + 1);
}

TEST_F(Changes, ASplitTellsOfBothParts) {
  const auto parts = std::move(splitter.split(first, {"m"})).value();
  EXPECT_EQ(parts[0]->meta.id(), 100u);
  EXPECT_EQ(parts[0]->end, "m");
  EXPECT_EQ(parts[1]->meta.id(), 10u);
  EXPECT_EQ(parts[1]->start, "m");
  EXPECT_EQ(parts[0]->leader.id(), 101u) << "its peer on the leader's store";
  const auto error = refusal(*first, 1);
  ASSERT_EQ(error.epoch_not_match().current_regions_size(), 2);
  EXPECT_EQ(error.epoch_not_match().current_regions(0).id(), 10u);
  EXPECT_EQ(error.epoch_not_match().current_regions(1).id(), 100u);
  EXPECT_EQ(error.epoch_not_match().current_regions(1).region_epoch().version(), 2u);
  EXPECT_EQ(error.epoch_not_match().current_regions(1).end_key(), encode_region_key("m"));
}

TEST_F(Changes, AMergedRegionIsNotFound) {
  const auto parts = std::move(splitter.split(first, {"g", "m"})).value();
  const auto merged = std::move(regions->merge(parts[1], parts[0])).value();
  EXPECT_EQ(merged->start, "");
  EXPECT_EQ(merged->end, "m");
  EXPECT_EQ(merged->meta.region_epoch().version(), 4u);
  EXPECT_EQ(refusal(*parts[1], 1).region_not_found().region_id(), parts[1]->meta.id());
  EXPECT_TRUE(refusal(*parts[0], 1).has_epoch_not_match());
  EXPECT_EQ(regions->merge(merged, merged).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(Changes, AChangeOfWhatHasChangedIsRefused) {
  ASSERT_TRUE(splitter.split(first, {"m"}).ok());
  EXPECT_EQ(splitter.split(first, {"p"}).status().code(), StatusCode::kAborted);
  EXPECT_EQ(regions->depose(first).status().code(), StatusCode::kAborted);
}

TEST_F(Changes, CutsAreInsideAndInOrder) {
  for (const auto& keys : std::vector<std::vector<std::string>>{{""}, {"b", "a"}, {"a", "a"}}) {
    EXPECT_EQ(splitter.split(first, keys).status().code(), StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(regions->split(first, {"a"}, splitter.ids(1, 1)).status().code(),
            StatusCode::kInvalidArgument);
}

TEST_F(Changes, SurviveTheProcess) {
  const auto parts = std::move(splitter.split(first, {"m"})).value();
  ASSERT_TRUE(regions->elect(parts[0], 2).ok());
  ASSERT_TRUE(regions->depose(parts[1]).ok());
  close();
  open();
  const auto saved = std::move(load_regions(*engine)).value();
  ASSERT_EQ(saved.size(), 2u);
  EXPECT_EQ(saved[0].meta.id(), 10u);
  EXPECT_EQ(saved[0].leader.store_id(), 1u) << "the first peer takes what nobody led";
  EXPECT_EQ(saved[0].term, Region::kFirstTerm + 1);
  EXPECT_EQ(saved[1].meta.id(), 100u);
  EXPECT_EQ(saved[1].leader.store_id(), 2u);
  EXPECT_EQ(saved[1].end, "m");
}

TEST_F(Changes, AreWaitedFor) {
  const StopSource never;
  const uint64_t seen = regions->changes();
  EXPECT_FALSE(regions->wait_for_change(seen, never.get_token(), std::chrono::milliseconds(1)));
  ASSERT_TRUE(regions->depose(first).ok());
  EXPECT_TRUE(regions->wait_for_change(seen, never.get_token(), std::chrono::hours(1)));
}

}  // namespace
}  // namespace tbl::tikv
