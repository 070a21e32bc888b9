#include "drainer/mysql/checkpoint.h"

#include <gtest/gtest.h>

namespace tbl::mysql {
namespace {

// Texts of facts about the original: key order and names.
TEST(Checkpoint, IsWrittenInTheOriginalsOrder) {
  Checkpoint c{false, 412518831548007863, 0, 0, 42, 0};
  EXPECT_EQ(
      format_checkpoint(c),
      R"({"consistent":false,"commitTS":412518831548007863,"ts-map":{},"schema-version":42})");
  c = {true, 1024, 2000, 1999, 7, 99};
  EXPECT_EQ(
      format_checkpoint(c),
      R"({"consistent":true,"commitTS":1024,"ts-map":{"primary-ts":2000,"secondary-ts":1999},)"
      R"("schema-version":7,"run":99})");
  EXPECT_EQ(*parse_checkpoint(format_checkpoint(c)), c);
}

TEST(Checkpoint, ReadsWhatEveryVersionWrote) {
  EXPECT_EQ(*parse_checkpoint(R"({"commitTS": 1024, "ts-map": {"master-ts": 3, "slave-ts": 4}})"),
            (Checkpoint{false, 1024, 3, 4, 0, 0}));
  EXPECT_EQ(
      *parse_checkpoint(
          R"({"commitTS": 1024, "consistent": true, "ts-map": {"primary-ts": 2000, "secondary-ts": 1999}})"),
      (Checkpoint{true, 1024, 2000, 1999, 0, 0}));
  EXPECT_EQ(*parse_checkpoint(R"({"commitTS":1,"ts-map":null,"unknown":[1]})"),
            (Checkpoint{false, 1, 0, 0, 0, 0}));
}

TEST(Checkpoint, DamagedTextIsAnError) {
  for (const char* text : {"", "{", "[]", "1", R"({"commitTS":"x"})", R"({"consistent":3})"}) {
    EXPECT_FALSE(parse_checkpoint(text).ok()) << text;
  }
}

}  // namespace
}  // namespace tbl::mysql
