// Recorded binlogs, written again from what was read of them, are the same bytes.
#include <gtest/gtest.h>

#include "codec/prewrite_value.h"
#include "codec/row_v1.h"
#include "drainer/decode/recording.h"

namespace tbl::decode {
namespace {

std::string rewritten_row(Bytes row) {
  std::string again;
  codec::Arena arena;
  codec::RowV1Reader reader(row, arena);
  int64_t id = 0;
  codec::Datum datum;
  while (reader.next(&id, &datum)) codec::write_row_v1_pair(again, id, datum);
  EXPECT_FALSE(reader.failed()) << to_hex(row);
  return again;
}

std::string rewritten_value(Bytes prewrite_value) {
  auto value = codec::PrewriteValue::parse(prewrite_value);
  EXPECT_TRUE(value.ok());
  codec::PrewriteValueWriter writer;
  Bytes message;
  while (value->next(&message)) {
    auto mutation = codec::TableMutation::parse(message);
    EXPECT_TRUE(mutation.ok());
    auto rows = mutation->rows();
    codec::MutationType type = codec::kMutationInsert;
    Bytes row;
    while (rows.next(&type, &row)) {
      // An insert begins with a handle that is no pair.
      writer.add_row(mutation->table_id(), type,
                     type == codec::kMutationInsert ? row : Bytes(rewritten_row(row)));
    }
    EXPECT_TRUE(rows.status().ok()) << rows.status().to_string();
  }
  return writer.finish(value->schema_version());
}

class RecordingsTest : public testing::TestWithParam<const char*> {};

TEST_P(RecordingsTest, AreWrittenAgainByteForByte) {
  const Recording recording = load_recording(GetParam());
  ASSERT_FALSE(recording.payloads.empty());
  for (Bytes payload : recording.payloads) {
    auto binlog = codec::BinlogView::parse(payload);
    ASSERT_TRUE(binlog.ok());
    std::string value;
    if (binlog->has_prewrite_value) {
      value = rewritten_value(binlog->prewrite_value);
      binlog->prewrite_value = value;
    }
    std::string again;
    codec::write_binlog(again, *binlog);
    ASSERT_EQ(again == payload, true) << to_hex(payload.substr(0, 1000));
  }
}

INSTANTIATE_TEST_SUITE_P(All, RecordingsTest, testing::Values("types", "clustered", "stress"));

}  // namespace
}  // namespace tbl::decode
