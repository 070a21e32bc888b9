#include "tikv/region.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "proto/errorpb.pb.h"
#include "proto/kvrpcpb.pb.h"

namespace tbl::tikv {
namespace {

/// Region 10, epoch {1,5}, peer {11, store 1}, as in the recorded messages.
class Region : public ::testing::Test {
 protected:
  Region() : region(parse_region()) {
    context.ParseFromString(*from_hex("080a 120408011005 1a04080b1001"));
  }
  static metapb::Region parse_region() {
    metapb::Region meta;
    meta.ParseFromString(
        *from_hex("080a 12097400000000000000f8 1a097500000000000000f8 220408011005 2a04080b1001"));
    return meta;
  }
  std::string error() {
    errorpb::Error out;
    const bool admitted = region.admits(context, admin, &out);
    EXPECT_EQ(admitted, out.message().empty());
    return to_hex(out.SerializeAsString());
  }
  LocalRegion region;
  kvrpcpb::Context context;
  bool admin = false;
};

std::string hex(const std::string& spaced) { return to_hex(*from_hex(spaced)); }

TEST_F(Region, AdmitsWhatMatches) {
  EXPECT_EQ(error(), "");
  context.set_term(LocalRegion::kTerm);
  EXPECT_EQ(error(), "");
  context.mutable_region_epoch()->set_conf_ver(9);
  EXPECT_EQ(error(), "") << "conf_ver is for admin commands only";
}

TEST_F(Region, UnknownRegion) {
  context.set_region_id(999);
  EXPECT_EQ(error(), hex("0a10726567696f6e206e6f7420666f756e64 1a0308e707"));
}

TEST_F(Region, WrongEpoch) {
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

TEST_F(Region, WrongPeer) {
  context.mutable_peer()->set_id(999);
  EXPECT_EQ(error(), hex("0a1a6d69736d6174636820706565722069642039393920213d203131"));
}

TEST_F(Region, WrongStoreComesFirst) {
  context.mutable_peer()->set_store_id(2);
  context.set_region_id(999);
  EXPECT_EQ(error(), hex("0a0f73746f7265206e6f74206d61746368 4204 0802 1001"));
  context.clear_peer();
  EXPECT_EQ(error(), hex("0a0f73746f7265206e6f74206d61746368 4202 1001"));
}

TEST_F(Region, OldTermIsStale) {
  context.set_term(LocalRegion::kTerm - 1);
  EXPECT_EQ(error(), "");
  context.set_term(LocalRegion::kTerm - 2);
  EXPECT_EQ(error(), hex("0a0d7374616c6520636f6d6d616e64 3a00"));
}

}  // namespace
}  // namespace tbl::tikv
