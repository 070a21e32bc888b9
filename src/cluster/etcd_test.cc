#include "cluster/etcd.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "cluster/real_etcd.h"

namespace tbl::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::RealEtcd;

/// One etcd for all tests that do not kill it; each test has keys of its own.
class EtcdTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<RealEtcd>(); }
  static void TearDownTestSuite() { server_.reset(); }

  EtcdOptions options() const { return {.endpoints = {server_->url()}, .tls = {}, .stop = {}}; }

  static std::unique_ptr<RealEtcd> server_;
  rpc::ClientRuntime runtime_;
  Etcd etcd_{runtime_, options()};
};

std::unique_ptr<RealEtcd> EtcdTest::server_;

/// Collects what a watcher reports.
class Events {
 public:
  void add(const EtcdWatchBatch& batch) {
    std::lock_guard lock(mutex_);
    gap_ = gap_ || batch.gap;
    for (const auto& event : batch.events) {
      seen_.push_back((event.removed ? "-" : "+") + event.kv.key + "=" + event.kv.value);
    }
    changed_.notify_all();
  }
  std::vector<std::string> wait_for_count(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, seconds(30), [&] { return seen_.size() >= count; });
    return seen_;
  }
  bool wait_for_gap() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds(30), [&] { return gap_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> seen_;
  bool gap_ = false;
};

TEST_F(EtcdTest, PutGetRemove) {
  EXPECT_EQ(etcd_.get("/put/a").status().to_string(), "NotFound: key /put/a in etcd not found");
  const auto first = etcd_.put("/put/a", "1");
  ASSERT_TRUE(first.ok()) << first.status().message();
  const auto second = etcd_.put("/put/a", "2");
  const auto kv = etcd_.get("/put/a");
  ASSERT_TRUE(kv.ok());
  EXPECT_EQ(kv->value, "2");
  EXPECT_EQ(kv->create_revision, *first);
  EXPECT_EQ(kv->mod_revision, *second);
  EXPECT_EQ(kv->version, 2);
  EXPECT_EQ(etcd_.remove("/put/a").value(), 1);
  EXPECT_EQ(etcd_.remove("/put/a").value(), 0);
  EXPECT_EQ(etcd_.put("", "x").status().to_string(),
            "InvalidArgument: etcdserver: key is not provided");
}

TEST_F(EtcdTest, PrefixesAndRanges) {
  for (const char* key : {"/range/c", "/range/a", "/range/b", "/range0"}) {
    ASSERT_TRUE(etcd_.put(key, "v").ok());
  }
  const auto all = etcd_.get_prefix("/range/");
  ASSERT_TRUE(all.ok());
  ASSERT_EQ(all->kvs.size(), 3U);
  EXPECT_EQ(all->kvs[0].key, "/range/a");
  EXPECT_EQ(all->count, 3);
  const auto oldest =
      etcd_.range({.key = "/range/", .end = "/range0", .limit = 1, .oldest_first = true});
  ASSERT_TRUE(oldest.ok());
  ASSERT_EQ(oldest->kvs.size(), 1U);
  EXPECT_EQ(oldest->kvs[0].key, "/range/c");
  EXPECT_TRUE(oldest->more);
  const auto keys = etcd_.range({.key = "/range/a", .end = "", .keys_only = true});
  EXPECT_EQ(keys->kvs.at(0).value, "");
  EXPECT_EQ(etcd_.remove_prefix("/range/").value(), 3);
  EXPECT_TRUE(etcd_.get("/range0").ok());
}

TEST_F(EtcdTest, PrefixEnd) {
  EXPECT_EQ(etcd_prefix_end("/a/"), "/a0");
  EXPECT_EQ(etcd_prefix_end("a\xff\xff"), "b");
  EXPECT_EQ(etcd_prefix_end(""), std::string(1, '\0'));
  EXPECT_EQ(etcd_prefix_end("\xff"), std::string(1, '\0'));
}

TEST_F(EtcdTest, CreateAndUpdate) {
  EXPECT_EQ(etcd_.update("/once/a", "0").message(), "key /once/a in etcd not found");
  EXPECT_TRUE(etcd_.create("/once/a", "1").ok());
  const Status again = etcd_.create("/once/a", "2");
  EXPECT_EQ(again.code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(again.message(), "key /once/a in etcd already exists");
  EXPECT_TRUE(etcd_.update("/once/a", "3").ok());
  EXPECT_EQ(etcd_.get("/once/a")->value, "3");
}

TEST_F(EtcdTest, TransactionsCompareAndBranch) {
  ASSERT_TRUE(etcd_.put("/txn/a", "1").ok());
  EtcdCompare is_one{.key = "/txn/a", .target = EtcdCompareTarget::kValue, .value = "1"};
  const auto yes = etcd_.txn({is_one}, {EtcdOp::put("/txn/a", "2"), EtcdOp::get("/txn/a")},
                             {EtcdOp::put("/txn/b", "no")});
  ASSERT_TRUE(yes.ok()) << yes.status().message();
  EXPECT_TRUE(yes->succeeded);
  ASSERT_EQ(yes->ranges.size(), 2U);
  EXPECT_EQ(yes->ranges[1].kvs.at(0).value, "2");
  EtcdCompare young{.key = "/txn/a",
                    .target = EtcdCompareTarget::kVersion,
                    .result = EtcdCompareResult::kGreater,
                    .number = 5,
                    .value = ""};
  const auto no = etcd_.txn({young}, {}, {EtcdOp::remove("/txn/a")});
  ASSERT_TRUE(no.ok());
  EXPECT_FALSE(no->succeeded);
  EXPECT_FALSE(etcd_.get("/txn/a").ok());
}

TEST_F(EtcdTest, LeasesTakeTheirKeysAlong) {
  const auto lease = etcd_.grant(60);
  ASSERT_TRUE(lease.ok()) << lease.status().message();
  EXPECT_EQ(lease->ttl_s, 60);
  ASSERT_TRUE(etcd_.put("/lease/a", "1", lease->id).ok());
  EXPECT_EQ(etcd_.get("/lease/a")->lease, lease->id);
  EXPECT_EQ(etcd_.keep_alive_once(lease->id).value(), 60);
  const auto keeper = etcd_.keep_alive(*lease);
  EXPECT_TRUE(keeper->alive());
  ASSERT_TRUE(etcd_.revoke(lease->id).ok());
  EXPECT_FALSE(etcd_.get("/lease/a").ok());
  EXPECT_EQ(etcd_.keep_alive_once(lease->id).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(etcd_.put("/lease/a", "1", lease->id).status().message(),
            "etcdserver: requested lease not found");
}

TEST_F(EtcdTest, AKeeperFindsItsLeaseGone) {
  auto lease = etcd_.grant(60);
  ASSERT_TRUE(lease.ok());
  // Renewed each third of what it believes the lease to be.
  const auto keeper = etcd_.keep_alive({.id = lease->id, .ttl_s = 2});
  ASSERT_TRUE(etcd_.revoke(lease->id).ok());
  const auto deadline = std::chrono::steady_clock::now() + seconds(20);
  while (keeper->alive() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  EXPECT_FALSE(keeper->alive());
}

TEST_F(EtcdTest, WatchFromARevisionSeesThePastThenTheFuture) {
  const auto first = etcd_.put("/watch/a", "1");
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(etcd_.put("/watch/b", "2").ok());
  Events events;
  const auto watcher =
      etcd_.watch("/watch/", *first, [&](const auto& batch) { events.add(batch); });
  ASSERT_TRUE(etcd_.put("/other", "x").ok());
  ASSERT_TRUE(etcd_.remove("/watch/a").ok());
  EXPECT_EQ(events.wait_for_count(3),
            (std::vector<std::string>{"+/watch/a=1", "+/watch/b=2", "-/watch/a="}));
}

TEST_F(EtcdTest, EndpointsFollowTheMemberList) {
  EXPECT_EQ(etcd_.endpoints(), std::vector<std::string>{server_->url().substr(7)});
  ASSERT_TRUE(etcd_.sync_endpoints().ok());
  EXPECT_EQ(etcd_.endpoints(), std::vector<std::string>{server_->advertised()});
  EXPECT_TRUE(etcd_.put("/sync/a", "1").ok());
}

TEST_F(EtcdTest, ACallLooksAtTheMembersWhenItIsDue) {
  EtcdOptions options{
      .endpoints = {server_->url()}, .tls = {}, .sync_interval = milliseconds(1), .stop = {}};
  Etcd etcd(runtime_, options);
  std::this_thread::sleep_for(milliseconds(2));
  ASSERT_TRUE(etcd.put("/sync/b", "1").ok());
  EXPECT_EQ(etcd.endpoints(), std::vector<std::string>{server_->advertised()});
}

TEST_F(EtcdTest, ADeadEndpointIsPassedOver) {
  EtcdOptions options{.endpoints = {"http://127.0.0.1:1", server_->url()}, .tls = {}, .stop = {}};
  Etcd etcd(runtime_, options);
  EXPECT_TRUE(etcd.put("/dead/a", "1").ok());
  EXPECT_TRUE(etcd.get("/dead/a").ok());
}

TEST_F(EtcdTest, NoEndpointAnswersUntilTheTimeout) {
  EtcdOptions options{
      .endpoints = {"http://127.0.0.1:1"}, .tls = {}, .timeout = milliseconds(200), .stop = {}};
  Etcd etcd(runtime_, options);
  EXPECT_EQ(etcd.get("/a").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(Etcd(runtime_, {}).get("/a").status().code(), StatusCode::kInvalidArgument);
}

TEST(EtcdRestart, WatchAndCallsSurviveIt) {
  RealEtcd server;
  rpc::ClientRuntime runtime;
  Etcd etcd(runtime, {.endpoints = {server.url()}, .tls = {}, .timeout = seconds(20), .stop = {}});
  const auto first = etcd.put("/w/a", "1");
  ASSERT_TRUE(first.ok()) << first.status().message();
  Events events;
  const auto watcher = etcd.watch("/w/", *first, [&](const auto& batch) { events.add(batch); });
  EXPECT_EQ(events.wait_for_count(1).size(), 1U);
  server.kill();
  server.start();
  // A write may not be repeated blindly, so this one is repeated here until the new etcd is up.
  Status written;
  for (int i = 0; i < 100; ++i) {
    written = etcd.put("/w/b", "2").status();
    if (written.ok()) break;
    std::this_thread::sleep_for(milliseconds(50));
  }
  ASSERT_TRUE(written.ok()) << written.message();
  EXPECT_EQ(events.wait_for_count(2), (std::vector<std::string>{"+/w/a=1", "+/w/b=2"}));
  EXPECT_EQ(etcd.get("/w/a")->value, "1");
}

}  // namespace
}  // namespace tbl::cluster
