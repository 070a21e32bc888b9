#include "schema/table_info.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/test_tables.h"

namespace tbl::schema {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// As TiDB 3.0.0 stores it.
constexpr std::string_view kTableOfV3 =
    R"({"id":45,"name":{"O":"T2","L":"t2"},"charset":"utf8mb4","collate":"utf8mb4_bin","cols":[)"
    R"({"id":1,"name":{"O":"a","L":"a"},"offset":0,"origin_default":null,"default":null,)"
    R"("default_bit":null,"generated_expr_string":"","generated_stored":false,"dependences":null,)"
    R"("type":{"Tp":3,"Flag":8,"Flen":11,"Decimal":0,"Charset":"binary","Collate":"binary",)"
    R"("Elems":null},"state":5,"comment":"","version":2},)"
    R"({"id":2,"name":{"O":"b","L":"b"},"offset":1,"origin_default":"x","default":"y",)"
    R"("default_bit":null,"generated_expr_string":"","generated_stored":false,"dependences":null,)"
    R"("type":{"Tp":247,"Flag":1,"Flen":3,"Decimal":0,"Charset":"utf8mb4","Collate":"utf8mb4_bin",)"
    R"("Elems":["x","yyy"]},"state":5,"comment":"","version":2}],)"
    R"("index_info":[{"id":1,"idx_name":{"O":"ub","L":"ub"},"tbl_name":{"O":"","L":""},)"
    R"("idx_cols":[{"name":{"O":"b","L":"b"},"offset":1,"length":-1}],"is_unique":true,)"
    R"("is_primary":false,"state":5,"comment":"","index_type":1}],"fk_info":null,"state":5,)"
    R"("pk_is_handle":false,"comment":"","auto_inc_id":0,"max_col_id":4,"max_idx_id":2,)"
    R"("update_timestamp":470652891054473219,"ShardRowIDBits":0,"max_shard_row_id_bits":0,)"
    R"("pre_split_regions":0,"partition":null,"compression":"","view":null,"version":3})";

TableInfoPtr parse(const std::string& json) {
  auto table = parse_table_info(json);
  EXPECT_TRUE(table.ok()) << table.status().to_string() << " in " << json;
  return table.ok() ? *table : nullptr;
}

std::string error_of(const std::string& json) {
  auto table = parse_table_info(json);
  return table.ok() ? "no error" : table.status().message();
}

std::string one_column(const std::string& fields) {
  return fmt::format(R"({{"id":9,"name":"t","cols":[{{{}}}]}})", fields);
}

TEST(TableInfoTest, ReadsATableOfVersion3) {
  auto table = parse(std::string(kTableOfV3));
  EXPECT_EQ(table->id, 45);
  EXPECT_EQ(table->name, (CiName{"T2", "t2"}));
  EXPECT_EQ(table->update_ts, 470652891054473219U);
  EXPECT_EQ(table->version, 3);
  ASSERT_EQ(table->columns.size(), 2U);
  const ColumnInfo& b = table->columns[1];
  EXPECT_EQ(b.type.tp, kTypeEnum);
  EXPECT_TRUE(b.type.not_null());
  EXPECT_THAT(b.type.elems, ElementsAre("x", "yyy"));
  EXPECT_EQ(b.origin_default, "x");
  EXPECT_EQ(b.default_value, "y");
  EXPECT_FALSE(table->columns[0].origin_default);
  ASSERT_EQ(table->unique_keys.size(), 1U);
  EXPECT_EQ(table->unique_keys[0].name, "ub");
  EXPECT_EQ(table->unique_keys[0].parts[0].position, 1U);
  EXPECT_THAT(table->handle_columns, IsEmpty());
  EXPECT_EQ(table->primary_index(), nullptr);
}

TEST(TableInfoTest, NullAndMissingFieldsAndUnknownOnesAreHarmless) {
  auto table =
      parse(R"({"cols":null,"index_info":null,"partition":null,"Lock":{"x":[1,{"y":2}]},"id":3})");
  EXPECT_EQ(table->id, 3);
  EXPECT_THAT(table->columns, IsEmpty());
  EXPECT_FALSE(table->is_partitioned());
}

TEST(TableInfoTest, KeysMatchWithoutRegardToCaseButExactOnesWin) {
  auto table =
      parse(R"({"ID":3,"Name":{"o":"T","l":"t"},"Cols":[],"COMMENT":"far","comment":"near"})");
  EXPECT_EQ(table->id, 3);
  EXPECT_EQ(table->name, (CiName{"T", "t"}));
  EXPECT_EQ(table->comment, "near");
}

TEST(TableInfoTest, ANameMayBeAPlainString) {
  EXPECT_EQ(parse(R"({"id":3,"name":"OldTable"})")->name, (CiName{"OldTable", "oldtable"}));
}

TEST(TableInfoTest, IntegersOf64BitsAreExact) {
  auto table = parse(R"({"id":9223372036854775807,"update_timestamp":18446744073709551615})");
  EXPECT_EQ(table->id, INT64_MAX);
  EXPECT_EQ(table->update_ts, UINT64_MAX);
}

TEST(TableInfoTest, DefaultsOfEveryKind) {
  auto column = [](const std::string& fields) { return parse(one_column(fields))->columns[0]; };
  EXPECT_EQ(column(R"("origin_default":18446744073709551615)").origin_default,
            "18446744073709551615");
  EXPECT_EQ(column(R"("origin_default":-5)").origin_default, "-5");
  EXPECT_EQ(column(R"("origin_default":"")").origin_default, "");
  EXPECT_EQ(column(R"("origin_default":true)").origin_default, "1");
  EXPECT_EQ(column(R"("origin_default_bit":"AP8=")").origin_default_bit, std::string("\0\xff", 2));
  EXPECT_EQ(column(R"("origin_default_bit":"")").origin_default_bit, "");
  EXPECT_EQ(column(R"("default_bit":"AQ==")").default_bit, "\x01");
  EXPECT_EQ(column(R"("default_bit":"AQID")").default_bit, "\x01\x02\x03");
  EXPECT_FALSE(column(R"("default_bit":null)").default_bit);
}

TEST(TableInfoTest, GeneratedHiddenAndChangingColumns) {
  auto column = parse(one_column(R"("generated_expr_string":"`a` + 1","generated_stored":true,)"
                                 R"("dependences":{"a":{},"b":{}},"hidden":true,)"
                                 R"("change_state_info":{"relative_col_offset":4})"))
                    ->columns[0];
  EXPECT_TRUE(column.is_generated());
  EXPECT_TRUE(column.generated_stored);
  EXPECT_TRUE(column.hidden);
  EXPECT_THAT(column.dependences, ElementsAre("a", "b"));
  EXPECT_EQ(column.change_state_offset, 4);
}

TEST(TableInfoTest, PartitionsViewsAndSequences) {
  auto table =
      parse(R"({"id":1,"partition":{"type":1,"expr":"`id`","columns":null,"enable":true,"num":0,)"
            R"("definitions":[{"id":95,"name":{"O":"p0","L":"p0"},"less_than":["10"]},)"
            R"({"id":96,"name":"p1","less_than":["MAXVALUE"],"in_values":[["1"],["2","3"]]}]}})");
  ASSERT_TRUE(table->is_partitioned());
  EXPECT_EQ(table->partition->definitions[1].id, 96);
  EXPECT_THAT(table->partition->definitions[1].less_than, ElementsAre("MAXVALUE"));
  EXPECT_THAT(table->partition->definitions[1].in_values[1], ElementsAre("2", "3"));

  auto view = parse(R"({"id":2,"view":{"view_algorithm":1,"view_definer":{"Username":"root",)"
                    R"("Hostname":"%"},"view_select":"SELECT 1","view_cols":["c"]}})");
  EXPECT_FALSE(view->is_base_table());
  EXPECT_EQ(view->view->definer_user, "root");
  EXPECT_EQ(view->view->columns[0].o, "c");

  auto sequence =
      parse(R"({"id":3,"cols":null,"sequence":{"sequence_start":-1,"sequence_cache":true,)"
            R"("sequence_min_value":-9223372036854775807,"sequence_increment":-1}})");
  EXPECT_EQ(sequence->sequence->min_value, -INT64_MAX);
  EXPECT_TRUE(sequence->sequence->cache);
}

TEST(TableInfoTest, PublicColumnsAreOrderedByOffset) {
  auto table = parse(R"({"id":1,"cols":[{"id":4,"name":"c","offset":2,"state":5},)"
                     R"({"id":1,"name":"a","offset":0,"state":5},)"
                     R"({"id":9,"name":"n","offset":3,"state":2}]})");
  EXPECT_THAT(table->public_columns, ElementsAre(1U, 0U));
  EXPECT_EQ(table->position_of(9), 2);
  EXPECT_EQ(table->position_of(2), TableInfo::kNoColumn);
  EXPECT_EQ(table->column_by_id(4)->name.o, "c");
  EXPECT_EQ(table->column_by_id(5), nullptr);
  EXPECT_EQ(table->column_by_name("a")->id, 1);
  EXPECT_EQ(table->column_by_name("z"), nullptr);
}

TEST(TableInfoTest, IntegerHandleIsAUniqueKeyOfItsOwn) {
  auto table = parse(table_json(
      5, "t", column_json(1, "v", kTypeLong, 0) + "," + column_json(2, "id", kTypeLong, 3),
      R"("pk_is_handle":true,"index_info":[{"id":1,"idx_name":"u","is_unique":true,"state":5,)"
      R"("idx_cols":[{"name":"v","offset":0,"length":-1}]},{"id":2,"idx_name":"w","is_unique":true,)"
      R"("state":2,"idx_cols":[{"name":"v","offset":0,"length":-1}]}])"));
  ASSERT_EQ(table->unique_keys.size(), 2U);
  EXPECT_EQ(table->unique_keys[0].name, "PRIMARY");
  EXPECT_TRUE(table->unique_keys[0].primary);
  EXPECT_EQ(table->unique_keys[0].parts[0].position, 1U);
  EXPECT_EQ(table->unique_keys[1].name, "u");
  EXPECT_THAT(table->handle_columns, ElementsAre(1U));
}

TEST(TableInfoTest, CommonHandleAndPrefixes) {
  auto table = parse(table_json(
      5, "t", column_json(1, "a", kTypeLong, 3) + "," + column_json(2, "b", kTypeVarchar, 3),
      R"("is_common_handle":true,"common_handle_version":1,"index_info":[)"
      R"({"id":2,"idx_name":"u","is_unique":true,"state":5,"idx_cols":[{"name":"b","offset":1,"length":-1}]},)"
      R"({"id":1,"idx_name":"PRIMARY","is_unique":true,"is_primary":true,"state":5,"idx_cols":[)"
      R"({"name":"b","offset":7,"length":4},{"name":"a","offset":0,"length":-1}]}])"));
  EXPECT_THAT(table->handle_columns, ElementsAre(1U, 0U)) << "a wrong offset gives way to the name";
  EXPECT_EQ(table->unique_keys[0].name, "PRIMARY");
  EXPECT_EQ(table->unique_keys[0].parts[0].length, 4);
  EXPECT_EQ(table->primary_index()->id, 1);
}

TEST(TableInfoTest, ErrorsNameTheTableAndTheField) {
  EXPECT_EQ(error_of("{"), "table: not valid JSON");
  EXPECT_EQ(error_of("[1]"), "table (0): table: not a JSON object");
  EXPECT_EQ(error_of("\xff"), "table: not valid JSON");
  EXPECT_THAT(error_of(R"({"id":"x"})"), HasSubstr("table: field id: not an integer of its size"));
  EXPECT_THAT(error_of(R"({"id":1.5})"), HasSubstr("field id"));
  EXPECT_THAT(error_of(R"({"id":9223372036854775808})"), HasSubstr("field id"));
  EXPECT_THAT(error_of(R"({"version":65536})"), HasSubstr("field version"));
  EXPECT_THAT(error_of(R"({"id":7,"name":"t","cols":{}})"), HasSubstr("t(7)"));
  EXPECT_THAT(error_of(one_column(R"("name":7)")), HasSubstr("column"));
  EXPECT_THAT(error_of(one_column(R"("type":{"Tp":300})")), HasSubstr("field Tp"));
  EXPECT_THAT(error_of(one_column(R"("type":{"Elems":[1]})")), HasSubstr("field Elems"));
  EXPECT_THAT(error_of(one_column(R"("default":[])")), HasSubstr("field default"));
  EXPECT_THAT(error_of(one_column(R"("default_bit":"A")")), HasSubstr("not base64"));
  EXPECT_THAT(error_of(one_column(R"("default_bit":"A*==")")), HasSubstr("not base64"));
}

TEST(TableInfoTest, KeysThatLeadNowhereAreErrors) {
  EXPECT_THAT(error_of(R"({"id":1,"name":"t","pk_is_handle":true})"),
              HasSubstr("table t(1): pk_is_handle, but no primary key column"));
  EXPECT_THAT(error_of(R"({"id":1,"name":"t","is_common_handle":true})"),
              HasSubstr("no primary index"));
  EXPECT_THAT(
      error_of(R"({"id":1,"name":"t","index_info":[{"idx_name":"u","is_unique":true,"state":5,)"
               R"("idx_cols":[{"name":"x","offset":-1}]}]})"),
      HasSubstr("index u: column x not found"));
  EXPECT_THAT(
      error_of(R"({"id":1,"name":"t","index_info":[{"idx_name":"u","is_unique":true,"state":5}]})"),
      HasSubstr("index u: no columns"));
}

TEST(TableHeaderTest, NeedsNoMoreThanTheBeginning) {
  auto header =
      parse_table_header(R"({"id":45,"name":{"O":"T2","L":"t2"},"charset":this is no JSON)");
  ASSERT_TRUE(header.ok()) << header.status().to_string();
  EXPECT_EQ(header->id, 45);
  EXPECT_EQ(header->name, (CiName{"T2", "t2"}));
}

TEST(TableHeaderTest, FindsIdAndNameAnywhere) {
  auto header = parse_table_header(
      R"({"cols":[{"id":1,"name":{"O":"c","L":"c"}}],"view":{"id":2},"Name":"Odd","ID":45})");
  ASSERT_TRUE(header.ok()) << header.status().to_string();
  EXPECT_EQ(header->id, 45);
  EXPECT_EQ(header->name, (CiName{"Odd", "odd"}));
}

TEST(TableHeaderTest, RefusesWhatIsNoTable) {
  EXPECT_FALSE(parse_table_header("").ok());
  EXPECT_FALSE(parse_table_header("[]").ok());
  EXPECT_FALSE(parse_table_header("7").ok());
  EXPECT_FALSE(parse_table_header(R"({"id":45)").ok());
  EXPECT_FALSE(parse_table_header(R"({"id":18446744073709551615,"name":"t"})").ok());
}

TEST(DbInfoTest, ReadsADatabase) {
  auto db = parse_db_info(
      R"({"id":2,"db_name":{"O":"Test","L":"test"},"charset":"utf8mb4","collate":"utf8mb4_bin",)"
      R"("state":5,"policy_ref_info":null,"Deprecated":{}})");
  ASSERT_TRUE(db.ok()) << db.status().to_string();
  EXPECT_EQ((*db)->id, 2);
  EXPECT_EQ((*db)->name.o, "Test");
  EXPECT_EQ((*db)->state, SchemaState::kPublic);
  EXPECT_FALSE(parse_db_info(R"({"id":{}})").ok());
}

}  // namespace
}  // namespace tbl::schema
