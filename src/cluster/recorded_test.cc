// Bytes recorded from a real PD, TiKV stand-in, pump and drainer: the wire contracts read and write
// them.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "cluster/region_convert.h"
#include "codec/memcomparable.h"
#include "proto/binlog.pb.h"
#include "proto/etcdserverpb.pb.h"
#include "proto/kvrpcpb.pb.h"
#include "proto/pdpb.pb.h"
#include "proto/pump.pb.h"
#include "proto/tikvpb.pb.h"

namespace tbl::cluster {
namespace {

constexpr uint64_t kClusterId = 7711187787601809396;
constexpr char kHeader[] = "0a0a08f49fd8e2fe8de9816b";

template <typename Message>
Message parse(const std::string& hex) {
  Message message;
  auto bytes = from_hex(hex);
  EXPECT_TRUE(bytes.ok() && message.ParseFromString(*bytes)) << hex;
  // What we would write is what was recorded: no field was dropped or read under another number.
  EXPECT_EQ(to_hex(message.SerializeAsString()), to_hex(*bytes));
  return message;
}

TEST(RecordedPd, Members) {
  const std::string member =
      "3f 0a0570642d766d 10b1c4ecb7d2b5f69b30 1a15687474703a2f2f3132372e302e302e313a32333830"
      " 2215687474703a2f2f3132372e302e302e313a32333739";
  const auto m = parse<pdpb::GetMembersResponse>(std::string(kHeader) + "12" + member + "1a" +
                                                 member + "22" + member);
  EXPECT_EQ(m.header().cluster_id(), kClusterId);
  EXPECT_EQ(m.leader().name(), "pd-vm");
  EXPECT_EQ(m.leader().member_id(), 3474484975246189105U);
  EXPECT_EQ(m.leader().client_urls(0), "http://127.0.0.1:2379");
}

TEST(RecordedPd, Timestamps) {
  pdpb::TsoRequest request;
  request.mutable_header()->set_cluster_id(kClusterId);
  request.set_count(1);
  EXPECT_EQ(to_hex(request.SerializeAsString()), std::string(kHeader) + "1001");
  const auto answer = parse<pdpb::TsoResponse>(std::string(kHeader) + "10011a0908da86f5b1a0341001");
  EXPECT_EQ(answer.timestamp().physical(), 1795401007962);
  EXPECT_EQ(answer.timestamp().logical(), 1);
  EXPECT_EQ(make_tso(1577934245000, 5), 413645994721280005U);
}

TEST(RecordedPd, Region) {
  pdpb::GetRegionRequest request;
  request.mutable_header()->set_cluster_id(kClusterId);
  codec::put_comparable_bytes(*request.mutable_region_key(), "\x74\x80");
  EXPECT_EQ(to_hex(request.SerializeAsString()), std::string(kHeader) + "12097480000000000000f9");
  const auto answer = parse<pdpb::GetRegionResponse>(
      std::string(kHeader) +
      "1224 080a 12097400000000000000f8 1a097500000000000000f8 220408011005 2a04080b1001"
      " 1a04080b1001");
  const auto region = to_region(answer.region(), answer.leader());
  ASSERT_TRUE(region.ok()) << region.status().message();
  EXPECT_EQ(region->id, 10U);
  EXPECT_EQ(region->start_key, "t");
  EXPECT_EQ(region->end_key, "u");
  EXPECT_EQ(region->conf_ver, 1U);
  EXPECT_EQ(region->version, 5U);
  EXPECT_EQ(region->leader.id, 11U);
  EXPECT_EQ(region->leader.store_id, 1U);
}

TEST(RecordedPd, RegionBoundariesMustBeEncoded) {
  metapb::Region region;
  region.set_id(10);
  region.add_peers()->set_id(11);
  region.set_start_key("t");
  EXPECT_EQ(to_region(region, {}).status().message(),
            "region 10: boundary 74 is not an encoded key");
  region.set_start_key("");
  region.clear_peers();
  EXPECT_FALSE(to_region(region, {}).ok());
}

TEST(RecordedPd, ScanFillsOldAndNewFields) {
  const auto answer = parse<pdpb::ScanRegionsResponse>(
      std::string(kHeader) +
      "121908041a096d00000000000000f82204080110052a0408051001"
      "1224080612096d00000000000000f81a096e00000000000000f82204080110052a0408071001"
      "1a0408051001 1a0408071001"
      "22210a1908041a096d00000000000000f82204080110052a0408051001 1204 08051001"
      "222c0a24080612096d00000000000000f81a096e00000000000000f82204080110052a0408071001 1204"
      "08071001");
  ASSERT_EQ(answer.region_metas_size(), 2);
  ASSERT_EQ(answer.leaders_size(), 2);
  ASSERT_EQ(answer.regions_size(), 2);
  EXPECT_EQ(answer.regions(1).leader().id(), 7U);
}

TEST(RecordedPd, StoreAndStats) {
  const auto answer = parse<pdpb::GetStoreResponse>(
      std::string(kHeader) +
      "122b 0801 120f3132372e302e302e313a3230313630 2a0c332e302e302d626174612e31"
      " 58c4d990a9bff6a2f518"
      "1a28 0801 1080a0e7f1ef07 1880a0e7f1ee07 2005 3838 508080808001 "
      "7a0c08a4ca8ed80610aeca8ed806");
  const Store store = to_store(answer.store());
  EXPECT_EQ(store.address, "127.0.0.1:20160");
  EXPECT_EQ(store.version, "3.0.0-bata.1");
  EXPECT_EQ(answer.stats().region_count(), 5U);
  EXPECT_EQ(answer.stats().start_time(), 56U);
}

TEST(RecordedPd, SafePointOfAService) {
  const auto answer = parse<pdpb::UpdateServiceGCSafePointResponse>(
      std::string(kHeader) + "120967635f776f726b657218ceb5f1a7f9ffffff7f");
  EXPECT_EQ(answer.service_id(), "gc_worker");
  EXPECT_EQ(answer.ttl(), 9223372035059374798);
  EXPECT_EQ(answer.min_safe_point(), 0U);
}

TEST(RecordedPd, NotBootstrapped) {
  const auto answer = parse<pdpb::GetRegionResponse>(
      "0a2b 08f49fd8e2fe8de9816b 121f 0802 121b"
      "636c7573746572206973206e6f7420626f6f747374726170706564");
  EXPECT_EQ(answer.header().error().type(), pdpb::NOT_BOOTSTRAPPED);
  EXPECT_EQ(answer.header().error().message(), "cluster is not bootstrapped");
}

TEST(RecordedStore, LockedRead) {
  const std::string key_a = "745f6c6976655f313739353430313339355f61";
  const auto answer = parse<kvrpcpb::GetResponse>("12390a37 0a13" + key_a +
                                                  "108180d0e8caa186c406 1a13" + key_a + "20b817");
  EXPECT_EQ(answer.error().locked().primary_lock(), "t_live_1795401395_a");
  EXPECT_EQ(answer.error().locked().lock_version(), 470653703294287873U);
  EXPECT_EQ(answer.error().locked().lock_ttl(), 3000U);
}

TEST(RecordedStore, Prewrite) {
  const auto request = parse<kvrpcpb::PrewriteRequest>(
      "0a0e080a1204080110051a04080b1001 121c1213745f6c6976655f313739353430313339355f61"
      "1a0576616c5f61 121c1213745f6c6976655f313739353430313339355f62 1a0576616c5f62"
      "1a13745f6c6976655f313739353430313339355f61 208180d0e8caa186c406 28b817 4002");
  EXPECT_EQ(request.mutations_size(), 2);
  EXPECT_EQ(request.start_version(), 470653703294287873U);
  EXPECT_EQ(request.lock_ttl(), 3000U);
  EXPECT_EQ(request.txn_size(), 2U);
}

TEST(RecordedStore, Versions) {
  const auto info = parse<kvrpcpb::MvccGetByKeyResponse>(
      "1a2a 1218 108180e0c59ca786c406 18818080cc9ca786c406 22027676 1a0e 088180e0c59ca786c406"
      "12027676");
  ASSERT_EQ(info.info().writes_size(), 1);
  EXPECT_EQ(info.info().writes(0).start_ts(), 470653897031548929U);
  EXPECT_EQ(info.info().writes(0).commit_ts(), 470653897044656129U);
  EXPECT_EQ(info.info().writes(0).type(), kvrpcpb::Put);
}

TEST(RecordedStore, RegionErrors) {
  const auto missing =
      parse<kvrpcpb::GetResponse>("0a17 0a10726567696f6e206e6f7420666f756e64 1a0308e707");
  EXPECT_EQ(missing.region_error().region_not_found().region_id(), 999U);
  const auto epoch = parse<kvrpcpb::GetResponse>(
      "0a35 0a0b7374616c652065706f6368 2a26 0a24 080a 12097400000000000000f8"
      "1a097500000000000000f8 220408011005 2a04080b1001");
  ASSERT_EQ(epoch.region_error().epoch_not_match().current_regions_size(), 1);
  EXPECT_EQ(epoch.region_error().message(), "stale epoch");
  const auto peer =
      parse<kvrpcpb::GetResponse>("0a1c0a1a6d69736d6174636820706565722069642039393920213d203131");
  EXPECT_EQ(peer.region_error().message(), "mismatch peer id 999 != 11");
  const auto store = parse<kvrpcpb::GetResponse>("0a130a0f73746f7265206e6f74206d617463684200");
  EXPECT_TRUE(store.region_error().has_store_not_match());
}

TEST(RecordedStore, FateOfATransaction) {
  EXPECT_EQ(parse<kvrpcpb::CheckTxnStatusResponse>("2802").action(), kvrpcpb::LockNotExistRollback);
  const auto missing = parse<kvrpcpb::CheckTxnStatusResponse>(
      "1221421f 088580a0fbcaa186c406 1213 745f6c6976655f313739353430313339355f61");
  EXPECT_EQ(missing.error().txn_not_found().start_ts(), 470653703333347333U);
  EXPECT_EQ(missing.error().txn_not_found().primary_key(), "t_live_1795401395_a");
}

TEST(RecordedStore, BatchOfCommands) {
  tikvpb::BatchCommandsResponse answer;
  answer.add_responses()->mutable_empty()->set_test_id(9);
  answer.add_request_ids(13);
  EXPECT_EQ(to_hex(answer.SerializeAsString()), "0a05fa0f02080912010d");
  const auto get = parse<tikvpb::BatchCommandsResponse>("0a060a041a02767612010b");
  EXPECT_EQ(get.responses(0).get().value(), "vv");
  EXPECT_EQ(get.request_ids(0), 11U);
}

TEST(RecordedStore, ReverseScanOfDrainer) {
  const auto batch = parse<tikvpb::BatchCommandsRequest>(
      "0a5e 125c 0a2b 0806 120408011005 1a0408071001 70e0d403 c2010f696e7465726e616c5f6f7468657273"
      "8002ffffffff0f 121b 6d44444c4a6f624869ff73746f7279000000fc0000000000000069 188002"
      "208380a0d4a2a286c406 3001 3a016d 120100");
  const auto& scan = batch.requests(0).scan();
  EXPECT_TRUE(scan.reverse());
  EXPECT_EQ(scan.limit(), 256U);
  EXPECT_EQ(scan.end_key(), "m");
  EXPECT_EQ(scan.context().keyspace_id(), 0xffffffffU);
  EXPECT_EQ(scan.context().max_execution_duration_ms(), 60000U);
  EXPECT_EQ(batch.request_ids(0), 0U);
}

TEST(RecordedEtcd, WatchEvents) {
  const auto put =
      parse<etcdserverpb::WatchResponse>("5a16 1214 0a072f6c6976652f77 10a501 18a501 2001 2a0131");
  EXPECT_EQ(put.events(0).kv().key(), "/live/w");
  EXPECT_EQ(put.events(0).kv().mod_revision(), 165);
  const auto removed = parse<etcdserverpb::WatchResponse>(
      "5a26 0801 120c 0a072f6c6976652f77 18a701 1a14 0a072f6c6976652f77 10a501 18a601 2002 2a0132");
  EXPECT_EQ(removed.events(0).type(), mvccpb::Event::DELETE);
  EXPECT_EQ(removed.events(0).prev_kv().value(), "2");
}

TEST(RecordedPump, PrewriteAndPull) {
  const auto prewrite =
      parse<binlog::Binlog>("0800108280808cda9f86c406180022076c6976655f6b312a0208013800");
  EXPECT_EQ(prewrite.start_ts(), 470653638675529730);
  EXPECT_EQ(prewrite.prewrite_key(), "live_k1");
  EXPECT_FALSE(prewrite.has_ddl_schema_state());
  const auto pulled = parse<binlog::PullBinlogResp>(
      "0a41 0a00 1227 0801108280808cda9f86c406188480808cda9f86c40622076c6976655f6b31 2a020801 3800"
      "4000 2214 088280808cda9f86c406108480808cda9f86c406");
  EXPECT_EQ(pulled.entity().meta().committs(), 470653638675529732);
}

}  // namespace
}  // namespace tbl::cluster
