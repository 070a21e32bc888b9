// Values as bytes, in both protocols, and column definitions; expected bytes are MySQL's.
#include "tidb/protocol/row_writer.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "tidb/protocol/binary_parameters.h"
#include "tidb/protocol/column_definition.h"
#include "tidb/protocol/test_handler.h"

namespace tbl::tidb::protocol {
namespace {

schema::FieldType type_of(uint8_t tp, uint32_t flag = 0) {
  schema::FieldType type;
  type.tp = tp;
  type.flag = flag;
  type.charset = "binary";
  return type;
}

std::string binary(Value value, schema::FieldType type) {
  const auto row = write_binary_row({std::move(value)}, {TestHandler::column("c", type)});
  EXPECT_TRUE(row.ok()) << row.status().to_string();
  EXPECT_EQ(row->substr(0, 2), std::string("\0\0", 2));
  return to_hex(row->substr(2));
}

Value time_value(uint8_t tp, codec::TimeFields fields) {
  TimeValue time;
  time.type = tp;
  time.fields = fields;
  return Value::of_time(time);
}

TEST(BinaryRow, Numbers) {
  EXPECT_EQ(binary(Value::of_int(-1), type_of(schema::kTypeTiny)), "ff");
  EXPECT_EQ(binary(Value::of_int(-2), type_of(schema::kTypeShort)), "feff");
  EXPECT_EQ(binary(Value::of_int(2021), type_of(schema::kTypeYear)), "e507");
  EXPECT_EQ(binary(Value::of_int(-2), type_of(schema::kTypeInt24)), "feffffff");
  EXPECT_EQ(binary(Value::of_int(258), type_of(schema::kTypeLong)), "02010000");
  EXPECT_EQ(binary(Value::of_uint(UINT64_MAX), type_of(schema::kTypeLongLong)), "ffffffffffffffff");
  EXPECT_EQ(binary(Value::of_double(1.5), type_of(schema::kTypeFloat)), "0000c03f");
  EXPECT_EQ(binary(Value::of_double(-2.25), type_of(schema::kTypeDouble)), "00000000000002c0");
}

TEST(BinaryRow, Times) {
  using schema::kTypeDate;
  using schema::kTypeDatetime;
  EXPECT_EQ(binary(time_value(kTypeDate, {2020, 2, 3}), type_of(kTypeDate)), "04e4070203");
  EXPECT_EQ(binary(time_value(kTypeDatetime, {}), type_of(kTypeDatetime)), "00");
  EXPECT_EQ(binary(time_value(kTypeDatetime, {2020, 2, 3}), type_of(kTypeDatetime)), "04e4070203");
  EXPECT_EQ(binary(time_value(kTypeDatetime, {2020, 2, 3, 4, 5, 6}), type_of(kTypeDatetime)),
            "07e4070203040506");
  EXPECT_EQ(binary(time_value(kTypeDatetime, {2020, 2, 3, 4, 5, 6, 7}), type_of(kTypeDatetime)),
            "0be407020304050607000000");
}

TEST(BinaryRow, Durations) {
  const auto of = [](int64_t ns) {
    DurationValue v;
    v.nanoseconds = ns;
    return binary(Value::of_duration(v), type_of(schema::kTypeDuration));
  };
  constexpr int64_t kSecond = 1000000000;
  EXPECT_EQ(of(0), "00");
  EXPECT_EQ(of(-3723 * kSecond), "080100000000010203");
  EXPECT_EQ(of((49 * 3600 + 1) * kSecond + 450000000), "0c0002000000010001d0dd0600");
}

TEST(BinaryRow, TextsAndNulls) {
  EXPECT_EQ(binary(Value::of_string("ab"), type_of(schema::kTypeVarchar)), "026162");
  EXPECT_EQ(binary(Value::of_decimal(Decimal::parse("-1.50").value),
                   [] {
                     auto t = type_of(schema::kTypeNewDecimal);
                     t.flen = 10;
                     t.decimal = 2;
                     return t;
                   }()),
            "052d312e3530");
  std::vector<ColumnMeta> columns(8, TestHandler::column("c", type_of(schema::kTypeTiny)));
  Row row(8, Value::of_int(1));
  row[0] = Value::null();
  row[7] = Value::null();
  const auto bytes = write_binary_row(row, columns);
  // Bits 2 and 9: the first two are not used.
  EXPECT_EQ(to_hex(*bytes), "000402010101010101");
}

TEST(TextRow, ValuesAndNull) {
  const std::vector<ColumnMeta> columns = {
      TestHandler::column("a", type_of(schema::kTypeLongLong)),
      TestHandler::column("b", type_of(schema::kTypeVarchar)),
      TestHandler::column("c", type_of(schema::kTypeDatetime))};
  const auto row = write_text_row(
      {Value::of_int(-12), Value::null(), time_value(schema::kTypeDatetime, {2020, 1, 2, 3, 4, 5})},
      columns);
  EXPECT_EQ(*row, "\x03-12\xfb\x13" + std::string("2020-01-02 03:04:05"));
  EXPECT_FALSE(write_text_row({Value::null()}, columns).ok());
}

TEST(ColumnDefinition, OfSelectOneAsRecorded) {
  schema::FieldType type = type_of(schema::kTypeLongLong, 0x81);
  type.flen = 1;
  type.decimal = 0;
  EXPECT_EQ(to_hex(write_column_definition(TestHandler::column("1", type), kUtf8mb4Bin)),
            to_hex(*from_hex("03 646566 00 00 00 01 31 00 0c 3f00 01000000 08 8100 00 0000")));
}

TEST(ColumnDefinition, TextsAreInTheClientsCharset) {
  schema::FieldType type = string_type(10);
  type.tp = schema::kTypeVarchar;
  const std::string bytes = write_column_definition(TestHandler::column("s", type), kUtf8mb4Bin);
  // Behind 0c: collation 46, 40 bytes, VAR_STRING.
  EXPECT_EQ(to_hex(bytes.substr(bytes.size() - 12, 7)), "2e0028000000fd");
}

TEST(Packets, OkEofAndError) {
  EXPECT_EQ(to_hex(write_ok({0, 0, 2, 0, "", false})), "00000002000000");
  EXPECT_EQ(to_hex(write_ok({5, 7, 2, 1, "m", true})),
            "000507"
            "0a00"
            "0100"
            "016d");
  EXPECT_EQ(to_hex(write_eof(1, 3)), "fe01000300");
  EXPECT_EQ(write_error(unknown_database("x")),
            std::string("\xff\x19\x04", 3) + "#42000Unknown database 'x'");
  EXPECT_EQ(write_error(internal_error("no")), std::string("\xff\x51\x04", 3) + "#HY000no");
}

// ---- parameters

struct Sent {
  std::string bytes;
  ParameterState state;
};
Sent one_parameter(uint8_t tp, uint8_t flag, const std::string& value) {
  Sent sent;
  sent.state.count = 1;
  sent.bytes = std::string("\0\x01", 2) + static_cast<char>(tp) + static_cast<char>(flag) + value;
  return sent;
}
Value parse_one_value(uint8_t tp, uint8_t flag, const std::string& hex) {
  Sent sent = one_parameter(tp, flag, *from_hex(hex));
  const auto values = parse_parameters(sent.bytes, &sent.state);
  EXPECT_TRUE(values.ok()) << values.status().to_string();
  return values.ok() ? values->at(0) : Value::null();
}

TEST(Parameters, EveryType) {
  using namespace schema;
  EXPECT_EQ(parse_one_value(kTypeTiny, 0, "ff"), Value::of_int(-1));
  EXPECT_EQ(parse_one_value(kTypeTiny, 0x80, "ff"), Value::of_uint(255));
  EXPECT_EQ(parse_one_value(kTypeShort, 0, "feff"), Value::of_int(-2));
  EXPECT_EQ(parse_one_value(kTypeLong, 0, "00000080"), Value::of_int(INT32_MIN));
  EXPECT_EQ(parse_one_value(kTypeLongLong, 0x80, "ffffffffffffffff"), Value::of_uint(UINT64_MAX));
  EXPECT_EQ(parse_one_value(kTypeFloat, 0, "0000c03f"), Value::of_double(1.5));
  EXPECT_EQ(parse_one_value(kTypeDouble, 0, "00000000000002c0"), Value::of_double(-2.25));
  EXPECT_EQ(parse_one_value(kTypeVarString, 0, "026162"), Value::of_string("ab"));
  EXPECT_EQ(parse_one_value(kTypeBlob, 0, "0100"), Value::of_string(std::string(1, '\0')));
  EXPECT_EQ(parse_one_value(kTypeNewDecimal, 0, "052d312e3530"),
            Value::of_decimal(Decimal::parse("-1.50").value));
  EXPECT_TRUE(parse_one_value(kTypeNull, 0, "").is_null());
  EXPECT_EQ(parse_one_value(kTypeDate, 0, "04e4070203"), time_value(kTypeDate, {2020, 2, 3}));
  const Value duration = parse_one_value(kTypeDuration, 0, "080100000000010203");
  EXPECT_EQ(duration.as_duration().nanoseconds, -3723LL * 1000000000);
}

TEST(Parameters, TypesAreRemembered) {
  Sent sent = one_parameter(schema::kTypeLong, 0, std::string("\x07\0\0\0", 4));
  ASSERT_TRUE(parse_parameters(sent.bytes, &sent.state).ok());
  const std::string again("\0\0\x09\0\0\0", 6);
  const auto values = parse_parameters(again, &sent.state);
  ASSERT_TRUE(values.ok());
  EXPECT_EQ(values->at(0), Value::of_int(9));
  ParameterState fresh;
  fresh.count = 1;
  EXPECT_EQ(parse_parameters(again, &fresh).status().detail(), 1835);
}

TEST(Parameters, NullBitsAndLongData) {
  ParameterState state;
  state.count = 2;
  state.long_data[1] = "long";
  std::string bytes("\x01\x01", 2);
  bytes += std::string("\x08\0\xfc\0", 4);
  const auto values = parse_parameters(bytes, &state);
  ASSERT_TRUE(values.ok());
  EXPECT_TRUE(values->at(0).is_null());
  EXPECT_EQ(values->at(1), Value::of_string("long"));
}

TEST(Parameters, EveryCutIsAnError) {
  Sent sent = one_parameter(schema::kTypeDatetime, 0, *from_hex("0be407020304050607000000"));
  for (size_t n = 0; n < sent.bytes.size(); ++n) {
    ParameterState state = sent.state;
    EXPECT_FALSE(parse_parameters(std::string_view(sent.bytes).substr(0, n), &state).ok()) << n;
  }
  EXPECT_FALSE(parse_execute_header("12345678").ok());
}

}  // namespace
}  // namespace tbl::tidb::protocol
