// Contexts, defaults, time zones, messages: what the recorded cases do not ask.
#include "tidb/types/convert.h"

#include <gtest/gtest.h>

#include "tidb/types/json_value.h"
#include "tidb/types/recorded.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

std::string message_of(const std::string& type, const Value& v) {
  ConvertContext ctx;
  ctx.strict = true;
  FieldType column = recorded_type(type);
  return cast_to_column(v, {column, "a", 3}, ctx).status().message();
}

TEST(CastToColumn, NamesColumnAndRow) {
  EXPECT_EQ(message_of("tinyint", Value::of_int(300)),
            "Out of range value for column 'a' at row 3");
  EXPECT_EQ(message_of("int", Value::of_string("abc")),
            "Incorrect int value: 'abc' for column 'a' at row 3");
  EXPECT_EQ(message_of("int", Value::of_string("5x")), "Data truncated for column 'a' at row 3");
  EXPECT_EQ(message_of("varchar(2)", Value::of_string("abc")),
            "Data too long for column 'a' at row 3");
  EXPECT_EQ(message_of("datetime", Value::of_string("abc")),
            "Incorrect datetime value: 'abc' for column 'a' at row 3");
  EXPECT_EQ(message_of("varchar(9)", Value::of_string("a\xf0\x9f")),
            "Incorrect string value: '\\xF0\\x9F' for column 'a' at row 3");
  EXPECT_EQ(message_of("json", Value::of_string("[1,]")),
            "Invalid JSON text: \"Invalid value.\" at position 3.");
}

TEST(CastToColumn, NotNull) {
  FieldType type = recorded_type("int");
  type.flag |= schema::kFlagNotNull;
  ColumnTarget target{type, "a", 1};
  Warnings warnings;
  ConvertContext ctx;
  ctx.warnings = &warnings;
  EXPECT_EQ(check_not_null(Value::null(), target, false, ctx).status().message(),
            "Column 'a' cannot be null");
  EXPECT_EQ(check_not_null(Value::null(), target, true, ctx)->as_int(), 0);
  EXPECT_EQ(warnings.list().at(0).code, kErrBadNull);
  EXPECT_EQ(check_not_null(Value::of_int(5), target, false, ctx)->as_int(), 5);
  for (const char* name : {"varchar(5)", "date", "datetime(3)", "time", "decimal(5,2)", "double",
                           "json", "enum('a','b')", "set('a')", "bit(9)", "year", "binary(2)"}) {
    FieldType column = recorded_type(name);
    ConvertContext lenient;
    lenient.sql_mode = 0;
    lenient.strict = true;
    Value zero = zero_value(column);
    if (zero.kind() == ValueKind::kJson) continue;
    auto again = cast_to_column(zero, {column, "a", 1}, lenient);
    ASSERT_TRUE(again.ok()) << name << again.status().message();
    EXPECT_EQ(value_to_text(*again, column), value_to_text(zero, column)) << name;
  }
}

TEST(CastToColumn, TimestampsOfGapsAndRanges) {
  auto berlin = codec::TimeZone::load("Europe/Berlin");
  if (!berlin.ok()) GTEST_SKIP() << "no time zone database";
  FieldType type = recorded_type("timestamp");
  ConvertContext ctx;
  ctx.strict = true;
  ctx.time_zone = &*berlin;
  auto store = [&](const char* text) {
    return cast_to_column(Value::of_string(text), {type, "a", 1}, ctx);
  };
  EXPECT_TRUE(store("2020-03-29 01:59:59").ok());
  EXPECT_FALSE(store("2020-03-29 02:30:00").ok());  // the clock jumps over it
  EXPECT_TRUE(store("1970-01-01 01:00:01").ok());
  EXPECT_FALSE(store("1970-01-01 01:00:00").ok());
  EXPECT_TRUE(store("2038-01-19 04:14:07").ok());
  EXPECT_FALSE(store("2038-01-19 04:14:08").ok());
}

TEST(Defaults, TimestampsAreKeptInUtc) {
  auto zone = *codec::TimeZone::load("+08:00");
  FieldType type = recorded_type("timestamp");
  ConvertContext ctx;
  ctx.time_zone = &zone;
  Value v = *cast_to_column(Value::of_string("2020-01-01 00:00:00"), {type, "a", 1}, ctx);
  std::string kept = default_text(v, type, ctx);
  EXPECT_EQ(kept, "2019-12-31 16:00:00");
  EXPECT_EQ(*value_from_default(kept, type, true, ctx), v);
  EXPECT_EQ(time_to_text(value_from_default(kept, type, false, ctx)->as_time()), kept);
  FieldType date_time = recorded_type("datetime");
  EXPECT_EQ(default_text(*value_from_default("2020-01-01", date_time, true, ctx), date_time, ctx),
            "2020-01-01 00:00:00");
  EXPECT_EQ(value_from_default("0000-00-00", recorded_type("date"), true, ctx)->as_time().is_zero(),
            true);
}

TEST(Defaults, OriginDefaults) {
  schema::ColumnInfo column;
  column.type = recorded_type("bit(10)");
  column.version = 2;
  EXPECT_TRUE(origin_default_value(column, {})->is_null());
  column.origin_default_bit = std::string("\x02\x01", 2);
  EXPECT_EQ(origin_default_value(column, {})->as_string(), std::string("\x02\x01", 2));
  schema::ColumnInfo number;
  number.type = recorded_type("int");
  number.origin_default = "7";
  EXPECT_EQ(origin_default_value(number, {})->as_int(), 7);
}

TEST(Coercion, NotesOrFails) {
  Warnings warnings;
  ConvertContext ctx;
  ctx.warnings = &warnings;
  EXPECT_EQ(*to_double(Value::of_string("1.5x"), ctx), 1.5);
  ASSERT_EQ(warnings.count(), 1u);
  EXPECT_EQ(warnings.list()[0].message, "Truncated incorrect DOUBLE value: '1.5x'");
  ctx.strict = true;
  EXPECT_EQ(to_double(Value::of_string("1.5x"), ctx).status().detail(), kErrTruncatedWrongValue);
  EXPECT_FALSE(to_int(Value::of_double(1e30), ctx).ok());
  EXPECT_EQ(*to_uint(Value::of_double(1.8e19), ctx), 18000000000000000000u);
  EXPECT_TRUE(*to_bool(Value::of_string("0.5"), ctx));
  EXPECT_FALSE(*to_bool(Value::null(), ctx));
  EXPECT_EQ(*to_int(Value::of_json(*json_parse("12")), ctx), 12);
  EXPECT_EQ(*to_int(Value::of_bits("\x01\x02"), ctx), 258);
  EXPECT_EQ(to_decimal(recorded_value("t:2020-02-03 04:05:06.5"), ctx)->to_string(),
            "20200203040506.5");
}

TEST(GroupKey, IsTheSameForEqualNumbers) {
  std::string one = group_key(Value::of_int(1));
  EXPECT_EQ(group_key(Value::of_uint(1)), one);
  EXPECT_EQ(group_key(Value::of_double(1)), one);
  EXPECT_EQ(group_key(Value::of_decimal(Decimal::parse("1.00").value)), one);
  EXPECT_EQ(group_key(Value::of_double(1.5)),
            group_key(Value::of_decimal(Decimal::parse("1.50").value)));
  EXPECT_NE(group_key(Value::of_string("1")), one);
  EXPECT_NE(group_key(Value::null()), group_key(Value::of_string("")));
  EXPECT_EQ(group_key(recorded_value("D:2020-02-03")),
            group_key(recorded_value("t:2020-02-03 00:00:00")));
  EXPECT_EQ(group_key(Value::of_double(-0.0)), group_key(Value::of_int(0)));
}

TEST(Compare, NullsAndJson) {
  EXPECT_EQ(compare_same_type(Value::null(), Value::of_int(-5)), -1);
  EXPECT_EQ(compare_same_type(Value::null(), Value::null()), 0);
  EXPECT_EQ(*compare(Value::of_json(*json_parse("2")), Value::of_int(10), {}), -1);
  EXPECT_EQ(*compare(Value::of_json(*json_parse("\"a\"")), Value::of_string("a"), {}), 0);
  EXPECT_EQ(*compare(Value::of_enum(2, "a"), Value::of_string("a"), {}), 0);
  EXPECT_EQ(*compare(Value::of_enum(2, "a"), Value::of_int(2), {}), 0);
  EXPECT_EQ(*compare(Value::of_int(-1), Value::of_uint(~0ull), {}), -1);
}

TEST(Text, ForClients) {
  FieldType zerofill = recorded_type("int");
  zerofill.flag |= schema::kFlagZerofill | schema::kFlagUnsigned;
  zerofill.flen = 5;
  EXPECT_EQ(value_to_text(Value::of_uint(42), zerofill), "00042");
  EXPECT_EQ(value_to_text(Value::of_int(0), recorded_type("year")), "0000");
  EXPECT_EQ(value_to_text(Value::of_double(0.1f), recorded_type("float")), "0.1");
  EXPECT_EQ(value_to_text(Value::of_double(1.5), recorded_type("float(5,2)")), "1.50");
  EXPECT_EQ(value_to_text(Value::of_double(-0.001), recorded_type("float(5,2)")), "0.00");
  EXPECT_EQ(value_to_literal(Value::of_string("it's\\\n")), "'it''s\\\\\\n'");
  EXPECT_EQ(value_to_literal(Value::of_bits("\x01")), "x'01'");
  EXPECT_EQ(value_to_literal(Value::null()), "NULL");
}

}  // namespace
}  // namespace tbl::tidb
