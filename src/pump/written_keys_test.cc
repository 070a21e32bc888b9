#include "pump/written_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/keys.h"
#include "codec/prewrite_value.h"
#include "codec/row_v1.h"
#include "pump/test_storage.h"

namespace tbl::pump {
namespace {

using codec::Datum;
using codec::record_key;
using testing::ElementsAre;
using testing::IsEmpty;

std::string row(std::vector<std::pair<int64_t, int64_t>> pairs) {
  std::string out;
  for (auto [id, value] : pairs) codec::write_row_v1_pair(out, id, Datum::of_int(value));
  return out;
}

std::string inserted(const Datum& handle) {
  std::string out;
  codec::write_value(out, handle);
  return out + row({{2, 7}});
}

std::string binlog_of(const codec::PrewriteValueWriter& rows) {
  return binlog_bytes(binlog::Prewrite, 10, 0, "k", rows.finish(1));
}

TEST(WrittenKeysTest, InsertedAndHiddenHandles) {
  codec::PrewriteValueWriter rows;
  rows.add_row(5, codec::kMutationInsert, inserted(Datum::of_int(-3)));
  rows.add_row(5, codec::kMutationInsert, inserted(Datum::of_uint(9)));
  rows.add_row(6, codec::kMutationDeleteRow, row({{1, 4}, {-1, 44}}));
  rows.add_row(6, codec::kMutationUpdate, row({{1, 4}, {-1, 45}, {1, 5}, {-1, 45}}));
  rows.add_row(6, codec::kMutationDeleteRow,
               row({{1, 4}}));  // its handle is a column we do not know
  EXPECT_THAT(
      written_keys(binlog_of(rows), 100),
      ElementsAre(record_key(5, -3), record_key(5, 9), record_key(6, 44), record_key(6, 45)));
  EXPECT_THAT(written_keys(binlog_of(rows), 1), ElementsAre(record_key(5, -3)));
}

TEST(WrittenKeysTest, OtherHandlesAndDamage) {
  codec::PrewriteValueWriter rows;
  rows.add_row(5, codec::kMutationInsert, inserted(Datum::of_bytes("clustered")));
  EXPECT_THAT(written_keys(binlog_of(rows), 100), IsEmpty());
  EXPECT_THAT(written_keys("", 100), IsEmpty());
  EXPECT_THAT(written_keys("\xff\xff", 100), IsEmpty());
  EXPECT_THAT(written_keys(binlog_bytes(binlog::Prewrite, 10, 0, "k",
                                        "\x12\x05"
                                        "ab"),
                           100),
              IsEmpty());
}

}  // namespace
}  // namespace tbl::pump
