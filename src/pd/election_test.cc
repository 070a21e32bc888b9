#include "pd/election.h"

#include <atomic>

#include "pd/etcd_fixture.h"
#include "proto/pdpb.pb.h"

namespace tbl::pd {
namespace {

using std::chrono::milliseconds;

/// One real etcd, which leads itself: whoever has its member id may lead PD.
class ElectionTest : public EtcdFixture {
 protected:
  ElectionTest() : members(runtime_->channel(child_->address())) {
    etcd_id = members.leader_id().value();
  }

  std::unique_ptr<Election> run(uint64_t id, const std::string& name) {
    Election::Options options;
    options.self = {name, id, {"http://p:1"}, {"http://c:1"}};
    options.begin = [this] {
      ++begun;
      return begin_status;
    };
    options.end = [this] { ++ended; };
    return std::make_unique<Election>(*etcd_, members, meta, options);
  }
  template <typename Condition>
  static void wait_until(Condition condition) {
    const StopSource never;
    for (int i = 0; i < 2000 && !condition(); ++i) wait_for(never.get_token(), milliseconds(10));
    EXPECT_TRUE(condition());
  }
  std::string key() const { return meta.absolute("leader"); }
  /// Another member's key, which no lease takes away.
  void put_leader(uint64_t id, const std::string& name) {
    pdpb::Member member;
    fill_member({name, id, {}, {"http://other:1"}}, &member);
    ASSERT_TRUE(etcd_->put(key(), member.SerializeAsString()).ok());
  }

  EtcdMembers members;
  uint64_t etcd_id = 0;
  std::atomic<int> begun{0};
  std::atomic<int> ended{0};
  Status begin_status;
  const StopSource never;
};

TEST_F(ElectionTest, LeadsWithItsKeyAndGivesItBack) {
  auto election = run(etcd_id, "pd");
  ASSERT_TRUE(election->wait_for_leader(never.get_token()).ok());
  EXPECT_EQ(election->term(), 1u);
  EXPECT_EQ(begun, 1);
  EXPECT_EQ(election->view().leader->name, "pd");
  EXPECT_EQ(election->view().etcd_leader->id, etcd_id);
  const auto stored = etcd_->get(key());
  ASSERT_TRUE(stored.ok());
  EXPECT_NE(stored->lease, 0);
  EXPECT_TRUE(meta.put("x", "1").ok()) << "behind its own fence";
  election.reset();
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(etcd_->get(key()).status().code(), StatusCode::kNotFound);
}

TEST_F(ElectionTest, ItsOwnKeyOfAnEarlierRunIsNoHindrance) {
  put_leader(etcd_id, "pd");
  const auto election = run(etcd_id, "pd");
  ASSERT_TRUE(election->wait_for_leader(never.get_token()).ok());
  EXPECT_EQ(election->term(), 1u);
}

TEST_F(ElectionTest, AnotherLeaderIsFollowedUntilItsKeyIsGone) {
  put_leader(etcd_id + 1, "other");
  const auto election = run(etcd_id, "pd");
  ASSERT_TRUE(election->wait_for_leader(never.get_token()).ok());
  EXPECT_EQ(election->term(), 0u);
  EXPECT_EQ(election->view().leader->name, "other");
  EXPECT_EQ(election->view().leader->client_urls.at(0), "http://other:1");
  EXPECT_EQ(election->resign("").message(), "not leader");
  ASSERT_TRUE(etcd_->remove(key()).ok());
  wait_until([&] { return election->term() == 1; });
}

TEST_F(ElectionTest, WhoseEtcdDoesNotLeadDoesNotTry) {
  const auto election = run(etcd_id + 1, "follower");
  wait_until([&] { return election->view().etcd_leader.has_value(); });
  EXPECT_EQ(election->term(), 0u);
  EXPECT_FALSE(etcd_->get(key()).ok());
  EXPECT_EQ(begun, 0);
}

TEST_F(ElectionTest, StepsDownWhenItsLeaseIsGoneAndLeadsAgain) {
  const auto election = run(etcd_id, "pd");
  ASSERT_TRUE(election->wait_for_leader(never.get_token()).ok());
  ASSERT_TRUE(etcd_->revoke(etcd_->get(key())->lease).ok());
  EXPECT_EQ(meta.put("x", "2").code(), StatusCode::kAborted) << "the fence knows at once";
  wait_until([&] { return election->term() == 2; });
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(begun, 2);
}

TEST_F(ElectionTest, WhatCannotBeLoadedIsToldIfItIsDamage) {
  begin_status = data_loss("etcd key x: not a message");
  const auto election = run(etcd_id, "pd");
  EXPECT_EQ(election->wait_for_leader(never.get_token()).code(), StatusCode::kDataLoss);
  EXPECT_EQ(election->term(), 0u);
}

TEST_F(ElectionTest, AloneItCannotResign) {
  const auto election = run(etcd_id, "pd");
  ASSERT_TRUE(election->wait_for_leader(never.get_token()).ok());
  EXPECT_EQ(election->resign("").message(), "no valid pd to transfer leader");
  EXPECT_EQ(election->resign("nobody").message(), "no pd nobody to transfer leader to");
}

}  // namespace
}  // namespace tbl::pd
