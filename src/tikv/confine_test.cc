#include "tikv/confine.h"

#include <gtest/gtest.h>

#include "proto/errorpb.pb.h"
#include "proto/kvrpcpb.pb.h"

namespace tbl::tikv {
namespace {

/// A region of ["b", "d"), or up to the end.
Region region(const std::string& end = "d") {
  Region out;
  out.meta.set_id(7);
  out.start = "b";
  out.end = end;
  out.meta.set_start_key(encode_region_key(out.start));
  out.meta.set_end_key(encode_region_key(out.end));
  return out;
}

/// "start..end" of what is left of the range, or the error's message.
std::string scanned(const Region& in, const std::string& start, const std::string& end,
                    bool reverse = false) {
  kvrpcpb::ScanRequest request;
  request.set_start_key(start);
  request.set_end_key(end);
  request.set_reverse(reverse);
  errorpb::Error error;
  if (!confine(in, &request, &error)) return "key_not_in_region";
  return request.start_key() + ".." + request.end_key();
}

TEST(Confine, AKeyOutsideIsToldWithTheBorders) {
  kvrpcpb::GetRequest get;
  errorpb::Error error;
  for (const char* key : {"b", "c", "czz"}) {
    get.set_key(key);
    EXPECT_TRUE(confine(region(), &get, &error)) << key;
  }
  get.set_key("d");
  EXPECT_FALSE(confine(region(), &get, &error));
  EXPECT_EQ(error.key_not_in_region().key(), encode_region_key("d"));
  EXPECT_EQ(error.key_not_in_region().region_id(), 7u);
  EXPECT_EQ(error.key_not_in_region().start_key(), encode_region_key("b"));
  EXPECT_EQ(error.key_not_in_region().end_key(), encode_region_key("d"));
  EXPECT_EQ(error.message(),
            "key 6400000000000000F8 is not in region key range [6200000000000000F8, "
            "6400000000000000F8) for region 7");
}

TEST(Confine, OneKeyOutsideRefusesAll) {
  kvrpcpb::CommitRequest commit;
  errorpb::Error error;
  commit.add_keys("b");
  commit.add_keys("a");
  EXPECT_FALSE(confine(region(), &commit, &error));
  kvrpcpb::PrewriteRequest prewrite;
  prewrite.add_mutations()->set_key("c");
  EXPECT_TRUE(confine(region(), &prewrite, &error));
  prewrite.add_mutations()->set_key("e");
  EXPECT_FALSE(confine(region(), &prewrite, &error));
}

TEST(Confine, ARangeIsCut) {
  EXPECT_EQ(scanned(region(), "", ""), "b..d");
  EXPECT_EQ(scanned(region(), "c", "z"), "c..d");
  EXPECT_EQ(scanned(region(), "c", "cc"), "c..cc");
  EXPECT_EQ(scanned(region(""), "c", ""), "c..");
  EXPECT_EQ(scanned(region(), "a", "c"), "key_not_in_region");
  EXPECT_EQ(scanned(region(), "d", ""), "key_not_in_region");
}

TEST(Confine, AReverseRangeIsCutAtItsLowerEnd) {
  EXPECT_EQ(scanned(region(), "d", "", true), "d..b");
  EXPECT_EQ(scanned(region(), "", "c", true), "d..c");
  EXPECT_EQ(scanned(region(), "c", "a", true), "c..b");
  EXPECT_EQ(scanned(region(), "e", "", true), "key_not_in_region");
  EXPECT_EQ(scanned(region(""), "\xff", "", true), "\xff..b");
}

TEST(Confine, ARangeToBeDeletedIsNotCut) {
  kvrpcpb::DeleteRangeRequest request;
  errorpb::Error error;
  request.set_start_key("b");
  request.set_end_key("d");
  EXPECT_TRUE(confine(region(), &request, &error));
  request.set_end_key("dd");
  EXPECT_FALSE(confine(region(), &request, &error));
  request.clear_end_key();
  EXPECT_FALSE(confine(region(), &request, &error));
  EXPECT_TRUE(confine(region(""), &request, &error));
}

}  // namespace
}  // namespace tbl::tikv
