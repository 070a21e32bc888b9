#include "drainer/schedule/key_fold.h"

#include <gtest/gtest.h>

namespace tbl::schedule {
namespace {

// The oracle for whole collations is a real server: mysql/collation_test.cc.

std::string folded(std::string_view text) {
  std::string out;
  return append_folded_text(out, text) ? out : "(wild)";
}

TEST(KeyFold, CollationNames) {
  EXPECT_EQ(fold_of_collation("binary"), Fold::kBytes);
  EXPECT_EQ(fold_of_collation("utf8mb4_bin"), Fold::kPadSpace);
  EXPECT_EQ(fold_of_collation("utf8mb4_0900_bin"), Fold::kPadSpace);
  EXPECT_EQ(fold_of_collation("latin1_swedish_ci"), Fold::kText);
}

TEST(KeyFold, CaseAccentsAndTrailingSpaces) {
  EXPECT_EQ(folded("Crème  "), folded("CREME"));
  EXPECT_EQ(folded("straße"), folded("STRASSE"));
  EXPECT_EQ(folded("Ångström"), folded("AAngstroem"));
  EXPECT_EQ(folded("šč"), folded("SC"));
  EXPECT_EQ(folded("e\xcc\x81t"), folded("ét")) << "combining accent";
}

TEST(KeyFold, WhatDiffersInConsonantsAndDigitsStaysApart) {
  EXPECT_NE(folded("b1"), folded("b2"));
  EXPECT_NE(folded("d41d8cd98f00b204"), folded("d41d8cd98f00b205"));
  EXPECT_NE(folded("北京"), folded("南京"));
}

TEST(KeyFold, AppendsBehindWhatIsThere) {
  std::string out = "s ";
  ASSERT_TRUE(append_folded_text(out, "ss  "));
  EXPECT_EQ(out, "s s");
}

TEST(KeyFold, Prefixes) {
  EXPECT_EQ(text_prefix("aé中", 2), "aé");
  EXPECT_EQ(text_prefix("aé中", 9), "aé中");
  EXPECT_EQ(text_prefix("\xff\xff\xff", 2), "\xff\xff");
}

TEST(KeyFold, NotUtf8AndLigaturesAreWild) {
  EXPECT_EQ(folded("a\xff"), "(wild)");
  EXPECT_EQ(folded("ﬁ"), "(wild)");
  EXPECT_EQ(folded("ｂ"), "(wild)");
}

}  // namespace
}  // namespace tbl::schedule
