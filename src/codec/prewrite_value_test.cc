#include "codec/prewrite_value.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "codec/test_util.h"

namespace tbl::codec {
namespace {

struct Row {
  int64_t table;
  MutationType type;
  std::string bytes;
  bool operator==(const Row&) const = default;
};

std::vector<Row> rows_of(const TableMutation& mutation, Status* status) {
  std::vector<Row> rows;
  auto walk = mutation.rows();
  MutationType type;
  Bytes row;
  while (walk.next(&type, &row)) rows.push_back({mutation.table_id(), type, std::string(row)});
  *status = walk.status();
  return rows;
}

/// Rows of a TableMutation given in hex, or the error.
std::string walk(const char* message) {
  std::string bytes = hex(message);
  auto mutation = TableMutation::parse(bytes);
  if (!mutation.ok()) return mutation.status().message();
  Status status;
  std::string text;
  for (const Row& row : rows_of(*mutation, &status))
    text += std::to_string(row.type) + row.bytes + " ";
  return status.ok() ? text : text + status.message();
}

TEST(PrewriteValue, RecordedValue) {
  std::string bytes = hex("08 2b 12 09 08 56 12 03 080400 38 00");
  auto value = PrewriteValue::parse(bytes);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(value->schema_version(), 43);
  EXPECT_EQ(value->mutation_count(), 1u);
  Bytes message;
  ASSERT_TRUE(value->next(&message));
  auto mutation = TableMutation::parse(message);
  ASSERT_TRUE(mutation.ok());
  EXPECT_EQ(mutation->table_id(), 86);
  EXPECT_EQ(mutation->row_count(), 1u);
  Status status;
  EXPECT_EQ(rows_of(*mutation, &status), (std::vector<Row>{{86, kMutationInsert, hex("080400")}}));
  EXPECT_FALSE(value->next(&message));
}

TEST(PrewriteValue, WriterMakesTheRecordedBytes) {
  PrewriteValueWriter writer;
  writer.add_row(86, kMutationInsert, hex("080400"));
  EXPECT_EQ(to_hex(writer.finish(43)),
            "082b12090856120308040"
            "03800");
}

TEST(TableMutation, SequenceGivesTheOrder) {
  // inserted a, b; updated c; deleted d; sequence 1 0 4 0
  EXPECT_EQ(walk("082d 120161 120162 1a0163 320164 3801 3800 3804 3800"), "1c 0a 4d 0b ");
  EXPECT_EQ(walk("082d 120161 120162 1a0163 320164 3a0401000400"), "1c 0a 4d 0b ");
  EXPECT_EQ(walk("082d 120161 120162 1a0163 320164 3a020100 3a00 3804 3800"), "1c 0a 4d 0b ");
  // in any field order
  EXPECT_EQ(walk("3801 320164 3800 120161 3804 1a0163 120162 3800 082d"), "1c 0a 4d 0b ");
}

TEST(TableMutation, RowsBeyondTheSequenceAreIgnored) {
  EXPECT_EQ(walk("082d 120161 120162 3800"), "0a ");
  EXPECT_EQ(walk("082d 120161"), "");
}

TEST(TableMutation, Errors) {
  EXPECT_EQ(walk("082d 120172 3800 3801 3804"),
            "0r the sequence of a TableMutation names more rows than there are");
  EXPECT_EQ(walk("082d 2005 3802"), "unknown mutation type: DeleteID");
  EXPECT_EQ(walk("082d 2a0161 3803"), "unknown mutation type: DeletePK");
  EXPECT_EQ(walk("082d 120161 3800 3809"), "0a unknown mutation type: 9");
  EXPECT_EQ(walk("082d 120161 3a02 0080"), "0a unexpected EOF in the sequence of a TableMutation");
  EXPECT_EQ(walk("082d 1201"), "unexpected EOF");
  EXPECT_EQ(walk("082d 1001"), "proto: wrong wireType = 0 for field InsertedRows");
  EXPECT_EQ(walk("0a00"), "proto: wrong wireType = 2 for field TableId");
}

TEST(PrewriteValue, Errors) {
  EXPECT_EQ(PrewriteValue::parse(hex("0801 12")).status().message(), "unexpected EOF");
  EXPECT_EQ(PrewriteValue::parse(hex("1001")).status().message(),
            "proto: wrong wireType = 0 for field Mutations");
  EXPECT_EQ(PrewriteValue::parse(hex("0c")).status().message(),
            "proto: PrewriteValue: wiretype end group for non-group");
}

RC_GTEST_PROP(PrewriteValue, RowsComeBackInOrder, ()) {
  PrewriteValueWriter writer;
  std::vector<int64_t> tables;  // in order of their first row
  std::map<int64_t, std::vector<Row>> expected;
  for (int n = *rc::gen::inRange(0, 50); n > 0; --n) {
    Row row{*rc::gen::inRange<int64_t>(40, 44),
            *rc::gen::element(kMutationInsert, kMutationUpdate, kMutationDeleteRow),
            *rc::gen::arbitrary<std::string>()};
    writer.add_row(row.table, row.type, row.bytes);
    if (!expected.contains(row.table)) tables.push_back(row.table);
    expected[row.table].push_back(row);
  }
  std::string bytes = writer.finish(7);
  auto value = PrewriteValue::parse(bytes);
  RC_ASSERT(value.ok());
  RC_ASSERT(value->schema_version() == 7);
  RC_ASSERT(value->mutation_count() == tables.size());
  Bytes message;
  for (int64_t table : tables) {
    RC_ASSERT(value->next(&message));
    auto mutation = TableMutation::parse(message);
    RC_ASSERT(mutation.ok());
    Status status;
    RC_ASSERT(rows_of(*mutation, &status) == expected[table]);
    RC_ASSERT(mutation->row_count() == expected[table].size());
    RC_ASSERT(status.ok());
  }
}

}  // namespace
}  // namespace tbl::codec
