#include "drainer/rows_parts.h"

#include <gtest/gtest.h>

#include "base/sim_env.h"
#include "codec/row_v1.h"
#include "drainer/decode/test_tables.h"
#include "drainer/spill/test_values.h"

namespace tbl::drainer {
namespace {

constexpr int64_t kTable = 10;
constexpr int kRows = 10;

/// Ten inserted rows, in memory or in a file.
class RowsPartsTest : public testing::TestWithParam<bool> {
 protected:
  RowsPartsTest() {
    codec::PrewriteValueWriter writer;
    for (int64_t i = 0; i < kRows; ++i) {
      std::string row;
      codec::write_value(row, codec::Datum::of_int(i));
      codec::write_row_v1_pair(row, 1, codec::Datum::of_int(i));
      writer.add_row(kTable, codec::kMutationInsert, row);
    }
    payload_ = SharedBytes::of(writer.finish(7));
    if (GetParam()) {
      auto value =
          spill::LargeValue::parse(spill::file_of(disk_, *payload_), {0, payload_->size()});
      rows_.large = std::make_unique<spill::LargeTransaction>(
          spill::LargeTransaction{100, 110, *value, {{table_, false}}});
    } else {
      rows_.encoded.start_ts = 100;
      rows_.encoded.commit_ts = 110;
      rows_.encoded.schema_version = 7;
      rows_.encoded.payload = payload_;
      auto value = *codec::PrewriteValue::parse(*payload_);
      Bytes mutation;
      EXPECT_TRUE(value.next(&mutation));
      rows_.encoded.mutations.push_back({*codec::TableMutation::parse(mutation), table_, false});
    }
  }
  /// Numbers of the rows of each part.
  std::string read_all(RowsParts& parts) {
    std::string out;
    while (true) {
      auto part = parts.next();
      EXPECT_TRUE(part.ok()) << part.status().to_string();
      if (!part.ok() || !*part) return out;
      for (const auto& row : (*part)->rows) out += std::to_string(row.number) + ' ';
      out += (*part)->is_last_part ? '.' : '/';
    }
  }

  SimEnv disk_;
  decode::TablePtr table_ = decode::test_table(
      decode::test_table_info("t", {decode::test_column(1, "a", schema::kTypeLong)}));
  SharedBytes payload_;
  RowsStep rows_;
  Lag lag_{std::chrono::minutes(5), system_clock()};
};

TEST_P(RowsPartsTest, AreTheSameEveryTimeAndCountedOnce) {
  Counter& inserted = metrics().counter("binlog_drainer_event", "events", {{"type", "Insert"}});
  const double before = inserted.value();
  const RowCounters counters;
  RowsParts parts(rows_, {.rows = 4}, counters, lag_);
  EXPECT_EQ(parts.commit_ts(), 110U);
  EXPECT_EQ(parts.schema_version(), 7);
  EXPECT_TRUE(parts.next().ok());
  const std::string all = "0 1 2 3 /4 5 6 7 /8 9 .";
  for (int time = 0; time < 2; ++time) {
    parts.rewind();
    EXPECT_EQ(read_all(parts), all);
  }
  EXPECT_EQ(inserted.value() - before, kRows);
}

INSTANTIATE_TEST_SUITE_P(Both, RowsPartsTest, testing::Bool(),
                         [](const auto& info) { return info.param ? "file" : "memory"; });

}  // namespace
}  // namespace tbl::drainer
