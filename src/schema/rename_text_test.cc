#include "schema/rename_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tbl::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RenameTextTest, RenameTable) {
  EXPECT_THAT(parse_renames("RENAME TABLE a TO b"), ElementsAre(Rename{"", "a", "", "b"}));
  EXPECT_THAT(parse_renames("rename /* x */ tables d.`a``b` to `e`.c ,\n x to y;"),
              ElementsAre(Rename{"d", "a`b", "e", "c"}, Rename{"", "x", "", "y"}));
  EXPECT_THAT(parse_renames("RENAME TABLE a.b.c TO d"), IsEmpty());
  EXPECT_THAT(parse_renames("RENAME TABLE a TO b,"), IsEmpty());
  EXPECT_THAT(parse_renames("RENAME TABLE a b"), IsEmpty());
  EXPECT_THAT(parse_renames("RENAME TABLE a TO 'b'"), IsEmpty());
  EXPECT_THAT(parse_renames("RENAME USER a TO b"), IsEmpty());
}

TEST(RenameTextTest, AlterTable) {
  const auto renamed = ElementsAre(Rename{"", "a", "d", "b"});
  EXPECT_THAT(parse_renames("alter table a rename d.b"), renamed);
  EXPECT_THAT(parse_renames("alter table a rename to d.b"), renamed);
  EXPECT_THAT(parse_renames("alter table a rename as d.b;"), renamed);
  EXPECT_THAT(parse_renames("alter table a rename = d.b"), renamed);
  EXPECT_THAT(parse_renames("alter table a rename index x to y"), IsEmpty());
  EXPECT_THAT(parse_renames("alter table a rename column x to y"), IsEmpty());
  EXPECT_THAT(parse_renames("alter table a rename b, add c int"), IsEmpty());
  EXPECT_THAT(parse_renames("alter table a add c int"), IsEmpty());
  EXPECT_THAT(parse_renames(""), IsEmpty());
}

}  // namespace
}  // namespace tbl::schema
