#include "tidb/table/row_codec.h"

#include <gtest/gtest.h>

#include "tidb/table/test_tables.h"
#include "tidb/types/convert.h"

namespace tbl::tidb {
namespace {

using schema::kFlagNotNull;
using schema::kFlagPrimaryKey;
using schema::kFlagUnsigned;
using schema::kTypeLong;
using schema::kTypeLongLong;
using schema::kTypeVarchar;

const codec::TimeZone& utc() {
  static const codec::TimeZone zone;
  return zone;
}

/// t2 of the recorded examples: hidden row id, c virtual, d stored.
TableInfoPtr t2() {
  auto table = test_table(88, {test_column("a", kTypeLong), test_column("b", kTypeVarchar),
                               test_column("c", kTypeLong), test_column("d", kTypeLong)});
  table.columns[2].generated_expr = "a + 1";
  table.columns[3].generated_expr = "a * 2";
  table.columns[3].generated_stored = true;
  return made(std::move(table));
}

Row row_of(int64_t a, Value b) {
  return {Value::of_int(a), std::move(b), Value::of_int(a + 1), Value::of_int(a * 2)};
}

TEST(RowCodec, EventsAreThoseThatTidbWrites) {
  const auto table = t2();
  const Row before = row_of(5, Value::of_string("u1"));
  const Row after = row_of(7, Value::of_string("u1"));
  EXPECT_EQ(to_hex(insert_event_row(*table, 1, before, utc())),
            "0802"
            "0802080a"
            "080402047531"
            "08080814");
  EXPECT_EQ(to_hex(insert_event_row(*table, 2, row_of(6, {}), utc())),
            "0804"
            "0802080c"
            "08080818");
  EXPECT_EQ(to_hex(update_event_row(*table, 1, before, after, utc())),
            "0802080a"
            "080402047531"
            "08080814"
            "08010802"
            "0802080e"
            "080402047531"
            "0808081c"
            "08010802");
  EXPECT_EQ(to_hex(delete_event_row(*table, 1, after, utc())),
            "0802080e"
            "080402047531"
            "08060810"
            "0808081c"
            "08010802");
}

TEST(RowCodec, AnUnsignedPrimaryKeyWraps) {
  const auto table = made(test_table(
      90, {test_column("id", kTypeLongLong, kFlagPrimaryKey | kFlagNotNull | kFlagUnsigned)}));
  const Row row = {Value::of_uint(UINT64_MAX)};
  EXPECT_EQ(to_hex(insert_event_row(*table, -1, row, utc())), "080100");
  EXPECT_EQ(to_hex(delete_event_row(*table, -1, row, utc())), "080209ffffffffffffffffff01");
  EXPECT_EQ(value_to_handle(row[0]), -1);
  EXPECT_EQ(decode_row(*table, -1, encode_row(*table, row, RowFormat::kV1, utc()), utc()).value(),
            row);
}

/// ng of the recorded examples: column c was added with a default.
TableInfoPtr with_added_column(schema::SchemaState state) {
  auto table = test_table(91, {test_column("a", kTypeLong, kFlagNotNull),
                               test_column("b", kTypeLong), test_column("c", kTypeLong)});
  table.columns[2].default_value = table.columns[2].origin_default = "9";
  table.columns[2].state = state;
  return made(std::move(table));
}

TEST(RowCodec, AnAddedColumnShowsItsDefaultInOldRows) {
  const auto table = with_added_column(schema::SchemaState::kPublic);
  auto old = from_hex("0802080208040804").value();
  const Row before = decode_row(*table, 1, old, utc()).value();
  EXPECT_EQ(before[2], Value::of_int(9));
  Row after = before;
  after[1] = Value::of_int(3);
  EXPECT_EQ(to_hex(update_event_row(*table, 1, before, after, utc())),
            "08020802"
            "08040804"
            "08060812"
            "08010802"
            "08020802"
            "08040806"
            "08060812"
            "08010802");
  EXPECT_EQ(to_hex(insert_event_row(*table, 2, {Value::of_int(5), {}, Value::of_int(9)}, utc())),
            "0804"
            "0802080a"
            "08060812");
}

TEST(RowCodec, ColumnsFollowTheirState) {
  const Row row = {Value::of_int(5), {}};
  const auto write_only = with_added_column(schema::SchemaState::kWriteOnly);
  EXPECT_EQ(to_hex(encode_row(*write_only, row, RowFormat::kV1, utc())), "0802080a08060812");
  const auto delete_only = with_added_column(schema::SchemaState::kDeleteOnly);
  EXPECT_EQ(to_hex(encode_row(*delete_only, row, RowFormat::kV1, utc())), "0802080a");
  EXPECT_EQ(to_hex(delete_event_row(*write_only, 2, row, utc())),
            "0802080a"
            "080400"
            "08010804");
}

TEST(RowCodec, BothFormatsGiveTheRowBack) {
  auto info = test_table(
      92, {test_column("id", kTypeLong, kFlagPrimaryKey | kFlagNotNull),
           test_column("u", kTypeLongLong, kFlagUnsigned), test_column("d", schema::kTypeDouble),
           test_column("s", kTypeVarchar), test_column("ts", schema::kTypeTimestamp, 0, 19, 0),
           test_column("n", schema::kTypeNewDecimal, 0, 10, 2),
           test_column("tm", schema::kTypeDuration)});
  const auto table = made(std::move(info));
  const auto zone = codec::TimeZone::load("+08:00").value();
  ConvertContext context;
  context.time_zone = &zone;
  context.strict = true;
  Row row;
  for (const char* text : {"5", "18446744073709551615", "-1.5", "text", "2020-02-03 04:05:06",
                           "-123.45", "-01:02:03"}) {
    const auto& column = table->columns[row.size()];
    auto value = cast_to_column(Value::of_string(text), {column.type, column.name.o}, context);
    ASSERT_TRUE(value.ok()) << value.status().message();
    row.push_back(*value);
  }
  for (const auto format : {RowFormat::kV1, RowFormat::kV2}) {
    const std::string stored = encode_row(*table, row, format, zone);
    EXPECT_EQ(static_cast<unsigned char>(stored[0]), format == RowFormat::kV1 ? 0x08 : 0x80);
    EXPECT_EQ(decode_row(*table, 5, stored, zone).value(), row);
    // Stored in UTC, whatever the session's zone.
    EXPECT_EQ(to_text(decode_row(*table, 5, stored, utc()).value()[4]), "2020-02-02 20:05:06");
  }
  Row nulls(row.size());
  nulls[0] = row[0];
  EXPECT_EQ(to_hex(encode_row(*table, nulls, RowFormat::kV1, zone)), "00");
  EXPECT_EQ(decode_row(*table, 5, std::string(1, '\0'), zone).value(), nulls);
}

TEST(RowCodec, DamageNamesTableAndHandle) {
  const Status status = decode_row(*t2(), 7, "\x08\x02\x08", utc()).status();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_EQ(status.message(), "row 7 of table t (id 88): cannot be decoded");
}

}  // namespace
}  // namespace tbl::tidb
