#include "tidb/binlog/row_events.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace tbl::tidb {
namespace {

TEST(RowEvents, TablesStandInOrderOfTheirFirstRow) {
  RowEvents events;
  events.add(7, codec::kMutationInsert, "a");
  events.add(5, codec::kMutationUpdate, "b");
  events.add(7, codec::kMutationDeleteRow, "c");
  events.add(7, codec::kMutationInsert, "d");
  // schema_version 3; {table 7, inserted a d, deleted c, sequence 0 4 0}; {table 5, updated b, 1}
  EXPECT_EQ(to_hex(events.encode(3)),
            "0803"
            "1211"
            "0807"
            "120161"
            "120164"
            "320163"
            "3800"
            "3804"
            "3800"
            "1207"
            "0805"
            "1a0162"
            "3801");
}

TEST(RowEvents, RollbackForgetsWhatCameLater) {
  RowEvents events;
  EXPECT_TRUE(events.empty());
  events.add(7, codec::kMutationInsert, "a");
  const size_t mark = events.mark();
  events.add(5, codec::kMutationInsert, "b");
  events.rollback_to(mark);
  EXPECT_EQ(events.size(), 1U);
  EXPECT_EQ(to_hex(events.encode(0)),
            "0800"
            "1207"
            "0807"
            "120161"
            "3800");
}

}  // namespace
}  // namespace tbl::tidb
