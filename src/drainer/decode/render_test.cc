#include "drainer/decode/render.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/time.h"
#include "drainer/decode/test_tables.h"

namespace tbl::decode {
namespace {

using codec::Datum;

std::string text(const Datum& value, const schema::FieldType& type,
                 const codec::TimeZone& zone = {}) {
  std::string out;
  return append_text(out, value, type, zone) ? out : "refused";
}

schema::FieldType type_of(uint8_t tp, int32_t decimal = -1) {
  schema::FieldType type = test_column(1, "c", tp).type;
  type.decimal = decimal;
  return type;
}

Datum moment() {
  return Datum::of_uint(codec::pack_time({.year = 2020,
                                          .month = 2,
                                          .day = 2,
                                          .hour = 20,
                                          .minute = 5,
                                          .second = 6,
                                          .microsecond = 120000}));
}

TEST(Render, Times) {
  auto zone = codec::TimeZone::load("+08:00");
  ASSERT_TRUE(zone.ok());
  EXPECT_EQ(text(moment(), type_of(schema::kTypeTimestamp, 2)), "2020-02-02 20:05:06.12");
  EXPECT_EQ(text(moment(), type_of(schema::kTypeTimestamp, 0), *zone), "2020-02-03 04:05:06");
  EXPECT_EQ(text(moment(), type_of(schema::kTypeDatetime, 6), *zone), "2020-02-02 20:05:06.120000");
  EXPECT_EQ(text(moment(), type_of(schema::kTypeDate), *zone), "2020-02-02");
  EXPECT_EQ(text(Datum::of_uint(0), type_of(schema::kTypeTimestamp, 0), *zone),
            "0000-00-00 00:00:00");
  EXPECT_EQ(text(Datum::of_int(-3723450000000), type_of(schema::kTypeDuration, 2)), "-01:02:03.45");
}

TEST(Render, Numbers) {
  EXPECT_EQ(text(Datum::of_int(-7), type_of(schema::kTypeLong)), "-7");
  EXPECT_EQ(text(Datum::of_uint(~0ull), type_of(schema::kTypeLongLong)), "18446744073709551615");
  EXPECT_EQ(text(Datum::of_int(2021), type_of(schema::kTypeYear)), "2021");
  EXPECT_EQ(text(Datum::of_float(1.1f), type_of(schema::kTypeFloat)), "1.100000023841858");
  EXPECT_EQ(text(Datum::of_float(1e300), type_of(schema::kTypeDouble)), "1e+300");
  EXPECT_EQ(text(Datum::of_uint(2), type_of(schema::kTypeEnum)), "2");
}

TEST(Render, DamagedValuesAreRefused) {
  EXPECT_EQ(text(Datum::of_json("\x05"), type_of(schema::kTypeJson)), "refused");
  EXPECT_EQ(text(Datum::of_decimal(10, 2, "x"), type_of(schema::kTypeNewDecimal)), "refused");
  EXPECT_EQ(text(Datum::of_raw("x"), type_of(schema::kTypeLong)), "refused");
  EXPECT_EQ(text(Datum::null(), type_of(schema::kTypeLong)), "");
}

TEST(Render, Forms) {
  EXPECT_EQ(text_form(type_of(schema::kTypeLong)), TextForm::kNumber);
  EXPECT_EQ(text_form(type_of(schema::kTypeNewDecimal)), TextForm::kNumber);
  EXPECT_EQ(text_form(type_of(schema::kTypeBit)), TextForm::kNumber);
  EXPECT_EQ(text_form(type_of(schema::kTypeVarchar)), TextForm::kQuoted);
  EXPECT_EQ(text_form(type_of(schema::kTypeDate)), TextForm::kQuoted);
  EXPECT_EQ(text_form(type_of(schema::kTypeJson)), TextForm::kQuoted);
  schema::FieldType blob = type_of(schema::kTypeBlob);
  blob.charset = "binary";
  EXPECT_EQ(text_form(blob), TextForm::kBytes);
}

TEST(Render, Members) {
  schema::FieldType type = type_of(schema::kTypeSet);
  type.elems = {"x", "y", "z"};
  std::string out;
  append_enum_name(out, 2, type);
  append_enum_name(out, 0, type);
  append_enum_name(out, 4, type);
  EXPECT_EQ(out, "y");
  out.clear();
  EXPECT_TRUE(append_set_names(out, 5, type));
  EXPECT_EQ(out, "x,z");
  EXPECT_FALSE(append_set_names(out, 8, type));
  type.elems.assign(64, "e");
  out.clear();
  EXPECT_TRUE(append_set_names(out, ~0ull, type));
  EXPECT_EQ(out.size(), 127u);
}

TEST(Render, BitBytes) {
  schema::FieldType type = type_of(schema::kTypeBit);
  type.flen = 10;
  std::string out;
  append_bit_bytes(out, 513, type);
  EXPECT_EQ(to_hex(out), "0201");
  type.flen = 64;
  out.clear();
  append_bit_bytes(out, 1, type);
  EXPECT_EQ(to_hex(out), "0000000000000001");
}

RC_GTEST_PROP(Render, RealsReadBack, (double d, float f)) {
  std::string out;
  append_real(out, d);
  RC_ASSERT(std::strtod(out.c_str(), nullptr) == d);
  out.clear();
  append_real(out, f);
  RC_ASSERT(std::strtof(out.c_str(), nullptr) == f);
  out.clear();
  append_real(out, static_cast<double>(f));
  RC_ASSERT(static_cast<float>(std::strtod(out.c_str(), nullptr)) == f);
}

}  // namespace
}  // namespace tbl::decode
