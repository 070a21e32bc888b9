#include "tikv/methods.h"

#include "proto/kvrpcpb.pb.h"
#include "tikv/identity.h"
#include "tikv/region_fixture.h"

namespace tbl::tikv {
namespace {

/// Messages recorded from a store with region 10, epoch {1,5}, peer {11, store 1}.
class Methods : public RegionFixture {
 protected:
  Methods() { begin("080a 220408011005 2a04080b1001"); }

  /// The answer in hex to a request in hex.
  std::string call(const std::string& name, const std::string& request) {
    for (const auto& method : methods()) {
      if (method.name != name) continue;
      std::string response;
      LockWait wait;
      const Status status =
          method.run({*store, *regions, 1, splitter}, *from_hex(request), &response, &wait);
      return status.ok() ? to_hex(response) : status.to_string();
    }
    return "no method " + name;
  }
  template <typename Response>
  Response answer(const std::string& name, const google::protobuf::Message& request) {
    Response response;
    response.ParseFromString(*from_hex(call(name, to_hex(request.SerializeAsString()))));
    return response;
  }
  /// What a client has to say to reach the region as it is now.
  static void fill(const RegionPtr& region, kvrpcpb::Context* context) {
    context->set_region_id(region->meta.id());
    *context->mutable_region_epoch() = region->meta.region_epoch();
    *context->mutable_peer() = region->leader;
  }
};

const std::string kContext = "0a0e080a1204080110051a04080b1001";
const std::string kKeyA = "745f6c6976655f313739353430313339355f61";
const std::string kKeyB = "745f6c6976655f313739353430313339355f62";
const std::string kStart = "8180d0e8caa186c406";  // 470653703294287873
const std::string kLockOfA = "0a13" + kKeyA + "10" + kStart + "1a13" + kKeyA + "20b817";

std::string hex(const std::string& spaced) { return to_hex(*from_hex(spaced)); }

TEST_F(Methods, RecordedExchanges) {
  EXPECT_EQ(call("MvccGetByKey", kContext + "1213" + kKeyA), "1a00");
  const std::string prewrite = kContext + "121c1213" + kKeyA + "1a0576616c5f61" + "121c1213" +
                               kKeyB + "1a0576616c5f62" + "1a13" + kKeyA + "20" + kStart + "28b817";
  EXPECT_EQ(call("KvPrewrite", prewrite), "");
  EXPECT_EQ(call("KvPrewrite", prewrite), "");
  EXPECT_EQ(call("KvGet", kContext + "1213" + kKeyA + "18" + kStart), hex("1239 0a37" + kLockOfA));
  // One below the start: nothing there, which newer clients read from not_found.
  EXPECT_EQ(call("KvGet", kContext + "1213" + kKeyA + "18 8080d0e8caa186c406"), "2001");
  EXPECT_EQ(call("KvGet", kContext + "1213" + kKeyA + "18 ffffffffffffffffff01"), "2001");
  EXPECT_EQ(call("KvScan", kContext + "1801 20" + kStart),
            hex("1250 0a39 0a37" + kLockOfA + "1213" + kKeyA));
  const std::string mvcc = call("MvccGetByKey", kContext + "1213" + kKeyA);
  EXPECT_EQ(mvcc, hex("1a2b 0a29 10" + kStart + "1a13" + kKeyA + "220576616c5f61 28b817"));
}

TEST_F(Methods, StatusOfTransactions) {
  // Locked at physical 1795401395013 ms, ttl 3000, asked at the same moment.
  call("KvPrewrite",
       kContext + "121c1213" + kKeyA + "1a0576616c5f61 1a13" + kKeyA + "20" + kStart + "28b817");
  const std::string ask = kContext + "1213" + kKeyA + "18" + kStart;
  EXPECT_EQ(call("KvCheckTxnStatus", ask + "28" + kStart), hex("18b817 3237" + kLockOfA));
  EXPECT_EQ(call("KvCheckTxnStatus", ask + "20ffffffffffffffffff01 28" + kStart),
            hex("18b817 2803 3237" + kLockOfA));
  EXPECT_EQ(call("KvTxnHeartBeat", kContext + "1213" + kKeyA + "18" + kStart + "20a846"), "18a846");
  const std::string unknown = kContext + "1213" + kKeyB + "18" + kStart;
  EXPECT_EQ(call("KvCheckTxnStatus", unknown), hex("1221 421f 08" + kStart + "1213" + kKeyB));
  EXPECT_EQ(call("KvCheckTxnStatus", unknown + "3001"), "2802");
  EXPECT_EQ(call("KvCheckTxnStatus", unknown + "3001"), "");
}

TEST_F(Methods, RegionErrorsStandInTheAnswer) {
  EXPECT_EQ(call("KvGet", "0a0f08e7071204080110051a04080b1001 120161"),
            hex("0a17 0a10726567696f6e206e6f7420666f756e64 1a0308e707"));
  EXPECT_EQ(call("KvGet", "0a0f080a1204080110051a0508e7071001 120161"),
            hex("0a1c 0a1a6d69736d6174636820706565722069642039393920213d203131"));
}

TEST_F(Methods, ASplitAnswersItsParts) {
  kvrpcpb::SplitRegionRequest request;
  fill(regions->by_id(10), request.mutable_context());
  for (const char* key : {"m", "c", "m"}) request.add_split_keys(key);
  const auto response = answer<kvrpcpb::SplitRegionResponse>("SplitRegion", request);
  ASSERT_EQ(response.regions_size(), 3) << response.ShortDebugString();
  EXPECT_EQ(response.regions(0).end_key(), encode_region_key("c"));
  EXPECT_EQ(response.regions(1).end_key(), encode_region_key("m"));
  EXPECT_EQ(response.regions(2).id(), 10u);
  EXPECT_EQ(response.regions(2).region_epoch().version(), 7u);
  EXPECT_EQ(response.left().id(), response.regions(0).id());
  // The same again: the client has to learn first.
  EXPECT_TRUE(answer<kvrpcpb::SplitRegionResponse>("SplitRegion", request)
                  .region_error()
                  .has_epoch_not_match());
  fill(regions->by_id(10), request.mutable_context());
  EXPECT_TRUE(answer<kvrpcpb::SplitRegionResponse>("SplitRegion", request)
                  .region_error()
                  .has_key_not_in_region());
}

TEST_F(Methods, ARegionsLocksAreResolvedAndItsTransactionsFoundThereOnly) {
  // One transaction with a lock on either side of the border.
  call("KvPrewrite", kContext + "121c1213" + kKeyA + "1a0576616c5f61" + "121c1213" + kKeyB +
                         "1a0576616c5f62" + "1a13" + kKeyA + "20" + kStart + "28b817");
  const auto parts = std::move(splitter.split(regions->by_id(10), {*from_hex(kKeyB)})).value();
  kvrpcpb::ResolveLockRequest resolve;
  fill(parts[1], resolve.mutable_context());
  resolve.set_start_version(470653703294287873);
  answer<kvrpcpb::ResolveLockResponse>("KvResolveLock", resolve);
  kvrpcpb::ScanLockRequest scan;
  scan.set_max_version(UINT64_MAX);
  fill(parts[1], scan.mutable_context());
  EXPECT_EQ(answer<kvrpcpb::ScanLockResponse>("KvScanLock", scan).locks_size(), 0);
  fill(parts[0], scan.mutable_context());
  EXPECT_EQ(answer<kvrpcpb::ScanLockResponse>("KvScanLock", scan).locks_size(), 1);
  kvrpcpb::MvccGetByStartTsRequest find;
  find.set_start_ts(470653703294287873);
  for (const auto& part : parts) {
    fill(part, find.mutable_context());
    const auto found = answer<kvrpcpb::MvccGetByStartTsResponse>("MvccGetByStartTs", find);
    EXPECT_EQ(to_hex(found.key()), part == parts[0] ? kKeyA : kKeyB);
  }
}

TEST_F(Methods, JunkIsAnError) {
  EXPECT_EQ(call("KvGet", "0aff"), "Internal: GetRequest: cannot be parsed");
  EXPECT_EQ(find_subcommand(22), nullptr);
  EXPECT_EQ(find_subcommand(0), nullptr);
  EXPECT_STREQ(find_subcommand(24)->name, "KVPessimisticRollback");
}

TEST_F(Methods, UnsafeDestroyRangeNeedsNoRegion) {
  EXPECT_EQ(call("UnsafeDestroyRange", "120161 1a0162"), "");
}

TEST_F(Methods, IdentityIsKeptBesideTheData) {
  EXPECT_FALSE(load_identity(*engine)->has_value());
  Identity identity{7, 1, regions->by_id(10)->meta, {2, 3}};
  ASSERT_TRUE(save_identity(*engine, identity).ok());
  const auto loaded = load_identity(*engine);
  ASSERT_TRUE(loaded.ok() && loaded->has_value());
  EXPECT_EQ((*loaded)->cluster_id, 7u);
  EXPECT_EQ((*loaded)->store_id, 1u);
  EXPECT_EQ((*loaded)->region.SerializeAsString(), identity.region.SerializeAsString());
  EXPECT_EQ((*loaded)->more_stores, (std::vector<uint64_t>{2, 3}));
  ASSERT_TRUE(save_regions(*engine, regions->all()).ok());
  kvrpcpb::ScanRequest scan;
  scan.ParseFromString(*from_hex(kContext + "1864 20ffffffffffffffff7f"));
  EXPECT_EQ(call("KvScan", to_hex(scan.SerializeAsString())), "") << "no data key";
}

}  // namespace
}  // namespace tbl::tikv
