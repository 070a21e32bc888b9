#include "tidb/exec/row_file.h"

#include <gtest/gtest.h>

namespace tbl::tidb {

namespace {

Row every_kind() {
  TimeValue time;
  time.fields.year = 2020;
  time.fields.month = 2;
  time.fields.day = 29;
  return {Value::null(),
          Value::of_int(-5),
          Value::of_uint(UINT64_MAX),
          Value::of_double(1.25),
          Value::of_decimal(Decimal::parse("-12345678901234567890.123").value),
          Value::of_string(std::string("a\0b", 3)),
          Value::of_string(""),
          Value::of_time(time),
          Value::of_duration({-1500, 6}),
          Value::of_json("\x04\x01"),
          Value::of_enum(2, "two"),
          Value::of_set(3, "a,b"),
          Value::of_bits("\x05")};
}

TEST(RowFile, GivesBackEveryKindOfValue) {
  auto file = RowFile::create("/tmp");
  ASSERT_TRUE(file.ok()) << file.status().to_string();
  ASSERT_TRUE((*file)->add(every_kind()).ok());
  ASSERT_TRUE((*file)->add({}).ok());
  ASSERT_TRUE((*file)->add({Value::of_int(7)}).ok());
  ASSERT_TRUE((*file)->rewind().ok());
  Row row;
  ASSERT_TRUE(*(*file)->next(&row));
  EXPECT_EQ(row, every_kind());
  ASSERT_TRUE(*(*file)->next(&row));
  EXPECT_TRUE(row.empty());
  ASSERT_TRUE(*(*file)->next(&row));
  EXPECT_EQ(row, Row{Value::of_int(7)});
  EXPECT_FALSE(*(*file)->next(&row));
}

TEST(RowFile, ADirectoryThatIsNotThereIsNamed) {
  auto file = RowFile::create("/nowhere/at/all");
  ASSERT_FALSE(file.ok());
  EXPECT_NE(file.status().message().find("/nowhere/at/all"), std::string::npos);
}

TEST(RowFile, AValueCutShortIsAnError) {
  std::string bytes;
  append_value(&bytes, Value::of_string("hello"));
  for (size_t size = 0; size < bytes.size(); ++size) {
    std::string_view part(bytes.data(), size);
    EXPECT_FALSE(take_value(&part).ok()) << size;
  }
}

}  // namespace

}  // namespace tbl::tidb
