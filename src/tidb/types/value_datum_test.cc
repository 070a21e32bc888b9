// Values as rows and keys hold them; the bytes are the codec's business and tested there.
#include <gtest/gtest.h>

#include "codec/datum_codec.h"
#include "codec/row_v2.h"
#include "tidb/types/convert.h"
#include "tidb/types/json_value.h"
#include "tidb/types/recorded.h"

namespace tbl::tidb {
namespace {

using codec::Datum;
using codec::DatumKind;

struct Column {
  std::string type;
  std::string literal;
  std::string value_hex;  ///< the value encoding
};

const codec::TimeZone& shanghai() {
  static const codec::TimeZone zone = *codec::TimeZone::load("+08:00");
  return zone;
}

Value stored(const Column& c) {
  FieldType type = recorded_type(c.type);
  ConvertContext ctx;
  ctx.strict = true;
  ctx.time_zone = &shanghai();
  auto v = cast_to_column(recorded_value(c.literal), {type, "a", 1}, ctx);
  EXPECT_TRUE(v.ok()) << c.type << " " << c.literal << " " << v.status().message();
  return v.ok() ? *v : Value::null();
}

const std::vector<Column>& columns() {
  static const std::vector<Column> kColumns = {
      {"int", "i:-64", "087f"},
      {"bigint unsigned", "i:18446744073709551615", "09ffffffffffffffffff01"},
      {"year", "i:2021", "08ca1f"},
      {"varchar(10)", "s:abc", "0206616263"},
      {"decimal(10,2)", "n:-123.45", "060a027fffff84d2"},
      {"datetime(6)", "s:2020-02-03 04:05:06.123456", "09c0c487b094c8e1d219"},
      {"timestamp(6)", "s:2020-02-03 12:05:06.123456", "09c0c487b094c8e1d219"},
      {"date", "s:2020-02-03", "098080808080c0e1d219"},
      {"time(2)", "s:-01:02:03.45", "08ff89d1eeddd801"},
      {"enum('a','b')", "s:b", "0902"},
      {"set('a','b','c')", "s:a,c", "0905"},
      {"bit(10)", "i:513", "098104"},
      {"double", "d:-2.25", "053ffdffffffffffff"},
      {"float", "d:-2.25", "053ffdffffffffffff"},
      {"json", "s:true", "0a0401"},
  };
  return kColumns;
}

TEST(ValueDatum, RowsHoldTheKnownBytesAndReadBack) {
  for (const Column& c : columns()) {
    FieldType type = recorded_type(c.type);
    Value v = stored(c);
    codec::Arena arena;
    std::string bytes;
    codec::write_value(bytes, value_to_datum(v, type, shanghai(), arena));
    EXPECT_EQ(to_hex(bytes), c.value_hex) << c.type;
    ByteReader in(bytes);
    Datum datum;
    ASSERT_TRUE(codec::read_datum(in, arena, &datum));
    auto back = datum_to_value(datum, type, shanghai());
    ASSERT_TRUE(back.ok()) << c.type;
    EXPECT_EQ(debug_text(*back), debug_text(v)) << c.type;
    EXPECT_EQ(compare_same_type(*back, v), 0) << c.type;
  }
}

TEST(ValueDatum, RowsOfFormat2ReadBack) {
  for (const Column& c : columns()) {
    FieldType type = recorded_type(c.type);
    Value v = stored(c);
    codec::Arena arena;
    std::string row;
    codec::RowV2Column column{1, value_to_datum(v, type, shanghai(), arena)};
    codec::write_row_v2(row, {&column, 1});
    codec::RowV2 reader;
    ASSERT_TRUE(reader.parse(row)) << c.type;
    auto back = datum_to_value(reader.find(1), type, shanghai());
    ASSERT_TRUE(back.ok()) << c.type;
    EXPECT_EQ(debug_text(*back), debug_text(v)) << c.type;
  }
}

TEST(ValueDatum, KeysReadBackAndKeepDurationsApart) {
  for (const Column& c : columns()) {
    if (c.type == "json") continue;  // never a key
    FieldType type = recorded_type(c.type);
    Value v = stored(c);
    codec::Arena arena;
    std::string bytes;
    Datum datum = value_to_key_datum(v, type, shanghai(), arena);
    EXPECT_EQ(datum.kind() == DatumKind::kDuration, c.type == "time(2)");
    codec::write_key(bytes, datum);
    ByteReader in(bytes);
    ASSERT_TRUE(codec::read_datum(in, arena, &datum));
    auto back = datum_to_value(datum, type, shanghai());
    ASSERT_TRUE(back.ok()) << c.type;
    EXPECT_EQ(debug_text(*back), debug_text(v)) << c.type;
  }
}

TEST(ValueDatum, RefusesWhatTheTypeCannotBe) {
  codec::TimeZone utc;
  auto refuses = [&](const Datum& datum, const std::string& type) {
    return datum_to_value(datum, recorded_type(type), utc).status().code() == StatusCode::kDataLoss;
  };
  EXPECT_TRUE(refuses(Datum::of_bytes("abc"), "int"));
  EXPECT_TRUE(refuses(Datum::of_int(1), "varchar(5)"));
  EXPECT_TRUE(refuses(Datum::of_int(1), "decimal(5,2)"));
  EXPECT_TRUE(refuses(Datum::of_float(1), "json"));
  EXPECT_TRUE(refuses(Datum::of_uint(8), "set('a','b')"));
  EXPECT_TRUE(refuses(Datum::of_json(std::string_view("\x01\xff\xff\xff\xff", 5)), "json"));
  EXPECT_TRUE(refuses(Datum::of_decimal(5, 2, "x"), "decimal(5,2)"));
  EXPECT_TRUE(refuses(Datum::of_raw("abc"), "int"));
  EXPECT_TRUE(datum_to_value(Datum(), recorded_type("int"), utc)->is_null());
  EXPECT_TRUE(datum_to_value(Datum::null(), recorded_type("int"), utc)->is_null());
  // An ENUM number beyond the members is shown as '', as the original does.
  EXPECT_EQ(datum_to_value(Datum::of_uint(9), recorded_type("enum('a')"), utc)->as_member().text,
            "");
}

TEST(ValueDatum, PrefixesOfIndexesCountCharacters) {
  Value text = Value::of_string("äöü");
  EXPECT_EQ(index_prefix_of(text, recorded_type("varchar(10)"), 2).as_string(), "äö");
  EXPECT_EQ(index_prefix_of(text, recorded_type("varbinary(10)"), 2).as_string(), "ä");
  EXPECT_EQ(index_prefix_of(text, recorded_type("varchar(10)"), -1).as_string(), "äöü");
  EXPECT_EQ(index_prefix_of(Value::of_int(5), recorded_type("int"), 1).as_int(), 5);
}

}  // namespace
}  // namespace tbl::tidb
