#include "tikv/methods.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "proto/kvrpcpb.pb.h"
#include "tikv/identity.h"

namespace tbl::tikv {
namespace {

/// Messages recorded from a store with region 10, epoch {1,5}, peer {11, store 1}.
class Methods : public ::testing::Test {
 protected:
  Methods() {
    std::string pattern = (std::filesystem::temp_directory_path() / "methods-XXXXXX").string();
    dir = mkdtemp(pattern.data());
    EngineOptions options;
    options.dir = dir;
    engine = std::move(Engine::open(options)).value();
    store = std::make_unique<Store>(*engine);
    metapb::Region meta;
    meta.ParseFromString(*from_hex("080a 220408011005 2a04080b1001"));
    region = std::make_unique<LocalRegion>(meta);
  }
  ~Methods() override {
    store.reset();
    engine.reset();
    std::filesystem::remove_all(dir);
  }

  /// The answer in hex to a request in hex.
  std::string call(const std::string& name, const std::string& request) {
    for (const auto& method : methods()) {
      if (method.name != name) continue;
      std::string response;
      LockWait wait;
      const Status status = method.run({*store, *region}, *from_hex(request), &response, &wait);
      return status.ok() ? to_hex(response) : status.to_string();
    }
    return "no method " + name;
  }

  std::string dir;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<Store> store;
  std::unique_ptr<LocalRegion> region;
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

TEST_F(Methods, SplitAnswersTheOnlyRegion) {
  const std::string meta = "080a220408011005 2a04080b1001";
  EXPECT_EQ(call("SplitRegion", kContext + "1a0178"),
            hex("120e" + meta + "1a0e" + meta + "220e" + meta));
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
  Identity identity{7, 1, region->meta()};
  ASSERT_TRUE(save_identity(*engine, identity).ok());
  const auto loaded = load_identity(*engine);
  ASSERT_TRUE(loaded.ok() && loaded->has_value());
  EXPECT_EQ((*loaded)->cluster_id, 7u);
  EXPECT_EQ((*loaded)->store_id, 1u);
  EXPECT_EQ((*loaded)->region.SerializeAsString(), region->meta().SerializeAsString());
  kvrpcpb::ScanRequest scan;
  scan.ParseFromString(*from_hex(kContext + "1864 20ffffffffffffffff7f"));
  EXPECT_EQ(call("KvScan", to_hex(scan.SerializeAsString())), "") << "no data key";
}

}  // namespace
}  // namespace tbl::tikv
