#include "drainer/decode/column_default.h"

#include <gtest/gtest.h>

#include "drainer/decode/render.h"
#include "drainer/decode/test_tables.h"

namespace tbl::decode {
namespace {

using schema::ColumnInfo;

std::string default_of(const ColumnInfo& column, const codec::TimeZone& zone = {}) {
  codec::Arena arena;
  codec::Datum value;
  if (!column_default(column, zone, arena, &value)) return "none";
  std::string out = value.is_null() ? "NULL" : "";
  EXPECT_TRUE(append_text(out, value, column.type, {}));
  return out;
}

ColumnInfo column(uint8_t tp, uint32_t flag = 0) { return test_column(1, "c", tp, flag); }

ColumnInfo with_default(ColumnInfo c, std::string text) {
  c.origin_default = std::move(text);
  return c;
}

TEST(ColumnDefault, NullableColumnsHoldNull) {
  for (uint8_t tp :
       {schema::kTypeLong, schema::kTypeVarchar, schema::kTypeJson, schema::kTypeEnum}) {
    EXPECT_EQ(default_of(column(tp)), "NULL");
  }
}

TEST(ColumnDefault, OriginDefaultWinsOverNull) {
  EXPECT_EQ(default_of(with_default(column(schema::kTypeLong), "-5")), "-5");
  EXPECT_EQ(default_of(with_default(column(schema::kTypeLongLong, schema::kFlagUnsigned),
                                    "18446744073709551615")),
            "18446744073709551615");
  EXPECT_EQ(default_of(with_default(column(schema::kTypeLong), "1.6")), "2");
  EXPECT_EQ(default_of(with_default(column(schema::kTypeYear), "2021")), "2021");
  EXPECT_EQ(default_of(with_default(column(schema::kTypeDouble), "-1.5e3")), "-1500");
  EXPECT_EQ(default_of(with_default(column(schema::kTypeFloat), "1.1")), "1.100000023841858");
  EXPECT_EQ(default_of(with_default(column(schema::kTypeVarchar), "text")), "text");
  EXPECT_EQ(default_of(with_default(column(schema::kTypeDate), "2020-01-02 00:00:00")),
            "2020-01-02");
  EXPECT_EQ(default_of(with_default(column(schema::kTypeDuration), "-01:02:03")), "-01:02:03");
}

TEST(ColumnDefault, Decimals) {
  ColumnInfo c = column(schema::kTypeNewDecimal);
  c.type.flen = 6;
  c.type.decimal = 3;
  EXPECT_EQ(default_of(with_default(c, "1.5")), "1.500");
  EXPECT_EQ(default_of(with_default(c, "12345")), "none");
}

TEST(ColumnDefault, Members) {
  ColumnInfo e = column(schema::kTypeEnum);
  e.type.elems = {"x", "y"};
  EXPECT_EQ(default_of(with_default(e, "y")), "2");
  EXPECT_EQ(default_of(with_default(e, "z")), "none");
  ColumnInfo s = column(schema::kTypeSet);
  s.type.elems = {"x", "y", "z"};
  EXPECT_EQ(default_of(with_default(s, "x,z")), "5");
  EXPECT_EQ(default_of(with_default(s, "")), "0");
  EXPECT_EQ(default_of(with_default(s, "x,w")), "none");
}

TEST(ColumnDefault, Bits) {
  ColumnInfo c = column(schema::kTypeBit);
  c.origin_default = "damaged in JSON";
  c.origin_default_bit = "\x02\x01";
  EXPECT_EQ(default_of(c), "513");
  c.origin_default_bit.reset();
  EXPECT_EQ(default_of(with_default(c, "\x07")), "7");
}

TEST(ColumnDefault, TimestampsAreUtcSinceVersionOne) {
  auto shanghai = codec::TimeZone::load("+08:00");
  ASSERT_TRUE(shanghai.ok());
  ColumnInfo c = with_default(column(schema::kTypeTimestamp), "2020-01-01 08:00:00");
  EXPECT_EQ(default_of(c, *shanghai), "2020-01-01 08:00:00");
  c.version = 0;
  EXPECT_EQ(default_of(c, *shanghai), "2020-01-01 00:00:00");
  EXPECT_EQ(default_of(with_default(c, "0000-00-00 00:00:00"), *shanghai), "0000-00-00 00:00:00");
}

TEST(ColumnDefault, ZeroValuesOfNotNullColumns) {
  auto zero = [](uint8_t tp, uint32_t flag = 0) {
    return default_of(column(tp, flag | schema::kFlagNotNull));
  };
  EXPECT_EQ(zero(schema::kTypeLong), "0");
  EXPECT_EQ(zero(schema::kTypeLongLong, schema::kFlagUnsigned), "0");
  EXPECT_EQ(zero(schema::kTypeDouble), "0");
  EXPECT_EQ(zero(schema::kTypeNewDecimal), "0");
  EXPECT_EQ(zero(schema::kTypeVarchar), "");
  EXPECT_EQ(zero(schema::kTypeDate), "0000-00-00");
  EXPECT_EQ(zero(schema::kTypeDatetime), "0000-00-00 00:00:00");
  EXPECT_EQ(zero(schema::kTypeDuration), "00:00:00");
  EXPECT_EQ(zero(schema::kTypeEnum), "1");
  EXPECT_EQ(zero(schema::kTypeSet), "0");
  EXPECT_EQ(zero(schema::kTypeBit), "0");
  EXPECT_EQ(zero(schema::kTypeYear), "0");
  EXPECT_EQ(zero(schema::kTypeJson), "null");
}

TEST(ColumnDefault, BinaryColumnsArePadded) {
  ColumnInfo c = column(schema::kTypeString, schema::kFlagNotNull);
  c.type.charset = "binary";
  c.type.flen = 3;
  EXPECT_EQ(default_of(c), std::string(3, '\0'));
  EXPECT_EQ(default_of(with_default(c, "a")), std::string("a\0\0", 3));
  c.type.tp = schema::kTypeVarchar;
  EXPECT_EQ(default_of(with_default(c, "a")), "a");
}

TEST(ColumnDefault, NonsenseIsRefused) {
  for (uint8_t tp :
       {schema::kTypeLong, schema::kTypeDouble, schema::kTypeDatetime, schema::kTypeDuration}) {
    EXPECT_EQ(default_of(with_default(column(tp), "CURRENT_TIMESTAMP")), "none");
    EXPECT_EQ(default_of(with_default(column(tp), "")), "none");
  }
  EXPECT_EQ(default_of(with_default(column(schema::kTypeLongLong), "1e300")), "none");
  EXPECT_EQ(default_of(with_default(column(schema::kTypeLongLong, schema::kFlagUnsigned), "-1")),
            "none");
  EXPECT_EQ(default_of(with_default(column(schema::kTypeBit), "123456789")), "none");
}

}  // namespace
}  // namespace tbl::decode
