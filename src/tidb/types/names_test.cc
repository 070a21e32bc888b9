// Error texts, modes, character sets, type names.
#include <gtest/gtest.h>

#include "tidb/types/collation.h"
#include "tidb/types/field_type.h"
#include "tidb/types/recorded.h"
#include "tidb/types/sql_error.h"
#include "tidb/types/sql_mode.h"
#include "tidb/types/warnings.h"

namespace tbl::tidb {
namespace {

TEST(SqlError, CarriesNumberStateAndText) {
  SqlErrorText dup = describe_sql_error(dup_entry("1", "PRIMARY"));
  EXPECT_EQ(dup.code, 1062);
  EXPECT_EQ(dup.state, "23000");
  EXPECT_EQ(dup.message, "Duplicate entry '1' for key 'PRIMARY'");
  EXPECT_EQ(describe_sql_error(no_such_table("test", "t")).message, "Table 'test.t' doesn't exist");
  EXPECT_EQ(describe_sql_error(no_such_table("test", "t")).state, "42S02");
  EXPECT_EQ(describe_sql_error(unknown_column("a", "field list")).message,
            "Unknown column 'a' in 'field list'");
  SqlErrorText other = describe_sql_error(unavailable("no leader"));
  EXPECT_EQ(other.code, 1105);
  EXPECT_EQ(other.state, "HY000");
  EXPECT_EQ(other.message, "no leader");
  EXPECT_EQ(sql_state_of(1064), "42000");
  EXPECT_EQ(sql_state_of(8028), "HY000");
  EXPECT_EQ(sql_state_of(1213), "40001");
  EXPECT_TRUE(is_sql_error(no_database_selected().wrap("planning"), kErrNoDb));
}

TEST(Warnings, CountAllAndKeepSome) {
  Warnings warnings;
  for (int i = 0; i < 100; ++i) warnings.add(division_by_zero());
  warnings.add(data_truncated("a", 1), Warning::kError);
  EXPECT_EQ(warnings.count(), 101u);
  EXPECT_EQ(warnings.error_count(), 1u);
  EXPECT_EQ(warnings.list().size(), Warnings::kKept);
  EXPECT_EQ(warnings.list()[0].code, 1365);
  Warnings other;
  other.append(warnings);
  EXPECT_EQ(other.count(), 101u);
  warnings.clear();
  EXPECT_TRUE(warnings.empty() && warnings.list().empty());
}

TEST(SqlMode, ReadsAndPrints) {
  EXPECT_EQ(sql_mode_text(kDefaultSqlMode),
            "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
            "ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION");
  EXPECT_EQ(*parse_sql_mode(sql_mode_text(kDefaultSqlMode)), kDefaultSqlMode);
  EXPECT_EQ(*parse_sql_mode(""), 0u);
  EXPECT_EQ(*parse_sql_mode(" ansi_quotes , strict_all_tables"),
            SqlMode{kModeAnsiQuotes | kModeStrictAllTables});
  EXPECT_EQ(*parse_sql_mode("4"), SqlMode{kModeAnsiQuotes});
  EXPECT_TRUE(*parse_sql_mode("TRADITIONAL") & kModeNoZeroDate);
  EXPECT_TRUE(*parse_sql_mode("ANSI") & kModePipesAsConcat);
  auto bad = parse_sql_mode("STRICT_TRANS_TABLES,FOO");
  EXPECT_EQ(bad.status().detail(), kErrWrongValueForVar);
  EXPECT_EQ(bad.status().message(), "Variable 'sql_mode' can't be set to the value of 'FOO'");
  EXPECT_FALSE(parse_sql_mode("4294967296").ok());
  EXPECT_TRUE(is_strict(kDefaultSqlMode));
  EXPECT_FALSE(is_strict(0));
}

TEST(Collation, KnowsNamesAndIds) {
  EXPECT_EQ(collation_id_of("utf8mb4_bin"), 46);
  EXPECT_EQ(collation_id_of("UTF8MB4_GENERAL_CI"), 45);
  EXPECT_EQ(collation_id_of("unknown"), 46);
  EXPECT_EQ(find_collation(63)->name, "binary");
  EXPECT_EQ(find_collation(224)->name, "utf8mb4_unicode_ci");
  EXPECT_EQ(find_collation(192)->name, "utf8_unicode_ci");
  EXPECT_EQ(find_collation(1), nullptr);
  EXPECT_EQ(find_charset("utf8mb3")->name, "utf8");
  for (const CharsetInfo& c : all_charsets()) {
    const CollationInfo* collation = find_collation(c.default_collation);
    ASSERT_NE(collation, nullptr) << c.name;
    EXPECT_TRUE(collation->is_default && collation->charset == c.name) << c.name;
  }
  for (const CollationInfo& c : all_collations()) EXPECT_NE(find_charset(c.charset), nullptr);
}

TEST(Collation, ResolvesPairs) {
  EXPECT_EQ(resolve_charset("", "")->collate, "utf8mb4_bin");
  EXPECT_EQ(resolve_charset("LATIN1", "")->collate, "latin1_bin");
  EXPECT_EQ(resolve_charset("", "utf8_general_ci")->charset, "utf8");
  EXPECT_EQ(resolve_charset("utf8", "utf8mb4_bin").status().detail(), kErrCollationCharsetMismatch);
  EXPECT_EQ(resolve_charset("koi8r", "").status().detail(), kErrUnknownCharacterSet);
  EXPECT_EQ(resolve_charset("", "x_ci").status().detail(), kErrUnknownCollation);
}

TEST(Collation, CountsCharacters) {
  EXPECT_EQ(utf8_count("aä中🌀"), 4u);
  EXPECT_EQ(utf8_prefix("aä中🌀", 3), 6u);
  EXPECT_EQ(utf8_prefix("ab", 9), 2u);
  EXPECT_EQ(utf8_count("\xff\xfe"), 2u);
  EXPECT_EQ(valid_prefix("utf8mb4", "a🌀"), 5u);
  EXPECT_EQ(valid_prefix("utf8", "a🌀"), 1u);
  EXPECT_EQ(valid_prefix("ascii", "aä"), 1u);
  EXPECT_EQ(valid_prefix("utf8mb4", "ab\xff"), 2u);
  EXPECT_EQ(valid_prefix("binary", "\xff"), 1u);
}

TEST(FieldType, DefaultsOfColumns) {
  struct Case {
    const char* type;
    int64_t flen;
    int decimal;
    uint32_t flag;
    const char* text;
  };
  // Display widths and flags as TiDB stores them.
  const Case cases[] = {
      {"int", 11, 0, 0, "int(11)"},
      {"int unsigned", 10, 0, 32, "int(10) unsigned"},
      {"tinyint unsigned", 3, 0, 32, "tinyint(3) unsigned"},
      {"bigint unsigned", 20, 0, 32, "bigint(20) unsigned"},
      {"float", 12, -1, 0, "float"},
      {"double", 22, -1, 0, "double"},
      {"float(5,2)", 5, 2, 0, "float(5,2)"},
      {"decimal", 10, 0, 0, "decimal(10,0)"},
      {"decimal(5,2)", 5, 2, 0, "decimal(5,2)"},
      {"year", 4, 0, 96, "year(4)"},
      {"bit", 1, 0, 32, "bit(1)"},
      {"date", 10, 0, 128, "date"},
      {"datetime", 19, 0, 128, "datetime"},
      {"timestamp(3)", 23, 3, 128, "timestamp(3)"},
      {"time(3)", 14, 3, 128, "time(3)"},
      {"char", 1, 0, 0, "char(1)"},
      {"varchar(20)", 20, 0, 0, "varchar(20)"},
      {"varbinary(20)", 20, 0, 128, "varbinary(20)"},
      {"text", 65535, 0, 0, "text"},
      {"longblob", 4294967295, 0, 128, "longblob"},
      {"json", 4294967295, 0, 128, "json"},
      {"enum('x','yyy')", 3, 0, 0, "enum('x','yyy')"},
      {"set('a','bb')", 4, 0, 0, "set('a','bb')"},
  };
  for (const Case& c : cases) {
    FieldType type = recorded_type(c.type);
    EXPECT_EQ(type.flen, c.flen) << c.type;
    EXPECT_EQ(type.decimal, c.decimal) << c.type;
    EXPECT_EQ(type.flag, c.flag) << c.type;
    EXPECT_EQ(type_text(type), c.text);
  }
  FieldType quoted = recorded_type("enum('a')");
  quoted.elems = {"it's"};
  EXPECT_EQ(type_text(quoted), "enum('it''s')");
}

TEST(FieldType, OnTheWire) {
  ProtocolType varchar = protocol_type(recorded_type("varchar(20)"), 33);
  EXPECT_EQ(varchar.type, schema::kTypeVarString);
  EXPECT_EQ(varchar.length, 80u);
  EXPECT_EQ(varchar.charset, 33);
  ProtocolType number = protocol_type(recorded_type("int unsigned"), 33);
  EXPECT_EQ(number.type, schema::kTypeLong);
  EXPECT_EQ(number.charset, 63);
  EXPECT_TRUE(number.flags & schema::kFlagUnsigned);
  EXPECT_EQ(protocol_type(recorded_type("enum('a')"), 33).type, schema::kTypeString);
  EXPECT_EQ(protocol_type(double_type(), 33).decimals, 31);
  EXPECT_EQ(protocol_type(recorded_type("decimal(5,2)"), 33).length, 7u);
  EXPECT_EQ(protocol_type(recorded_type("blob"), 33).charset, 63);
}

TEST(FieldType, CommonTypes) {
  auto merged = [](const char* a, const char* b) {
    return type_text(merge_types(recorded_type(a), recorded_type(b)));
  };
  EXPECT_EQ(merged("int", "bigint"), "bigint(20)");
  EXPECT_EQ(merged("int", "int unsigned"), "bigint(11)");
  EXPECT_EQ(merged("bigint", "bigint unsigned"), "decimal(20,0)");
  EXPECT_EQ(merged("int", "decimal(5,2)"), "decimal(12,2)");
  EXPECT_EQ(merged("decimal(5,2)", "decimal(6,4)"), "decimal(7,4)");
  EXPECT_EQ(merged("int", "double"), "double");
  EXPECT_EQ(merged("date", "datetime(3)"), "datetime(3)");
  EXPECT_EQ(merged("varchar(5)", "varchar(9)"), "varchar(9)");
  EXPECT_EQ(merged("char(2)", "varchar(3)"), "varchar(3)");
  EXPECT_EQ(merged("int", "varchar(3)"), "varchar(11)");
  EXPECT_EQ(merged("varbinary(3)", "varchar(9)"), "varbinary(9)");
  EXPECT_EQ(merge_types(null_type(), recorded_type("date")).tp, schema::kTypeDate);
}

}  // namespace
}  // namespace tbl::tidb
