#include "tidb/catalog/show_create.h"

#include <gtest/gtest.h>

namespace tbl::tidb {
namespace {

using schema::CiName;
using schema::ColumnInfo;
using schema::SchemaState;
using schema::TableInfo;

ColumnInfo column(const std::string& name, uint8_t tp, uint32_t flag, int64_t flen) {
  ColumnInfo column;
  column.name = CiName::of(name);
  column.state = SchemaState::kPublic;
  column.version = 2;
  column.type.tp = tp;
  column.type.flag = flag;
  column.type.flen = flen;
  column.type.decimal = 0;
  column.type.charset = column.type.collate = "binary";
  return column;
}

ColumnInfo text(const std::string& name, int64_t flen) {
  ColumnInfo result = column(name, schema::kTypeVarchar, 0, flen);
  result.type.charset = "utf8mb4";
  result.type.collate = "utf8mb4_bin";
  return result;
}

class ShowCreate : public testing::Test {
 protected:
  ShowCreate() {
    table_.name = CiName::of("t");
    table_.charset = "utf8mb4";
    table_.collate = "utf8mb4_bin";
  }
  void add(ColumnInfo column) {
    column.id = column.offset = static_cast<int64_t>(table_.columns.size());
    table_.columns.push_back(std::move(column));
  }
  /// The lines between the parentheses.
  std::string body(const ShowCreateOptions& options = {}) {
    auto made = schema::make_table(table_);
    EXPECT_TRUE(made.ok()) << made.status().to_string();
    const std::string all = show_create_table(**made, options);
    const std::string head = "CREATE TABLE `t` (\n";
    EXPECT_TRUE(all.starts_with(head)) << all;
    const size_t end = all.find("\n) ENGINE");
    tail = all.substr(end + 1);
    return all.substr(head.size(), end - head.size());
  }
  std::string tail;
  TableInfo table_;
};

TEST_F(ShowCreate, TutorialTable) {
  add(column("id", schema::kTypeLong, 547, 10));
  table_.pk_is_handle = true;
  EXPECT_EQ(body({.next_auto_id = 30001}),
            "  `id` int(10) unsigned NOT NULL AUTO_INCREMENT,\n  PRIMARY KEY (`id`)");
  EXPECT_EQ(tail,
            ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin AUTO_INCREMENT=30001");
}

TEST_F(ShowCreate, Defaults) {
  add(column("a", schema::kTypeLong, 0, 11));
  table_.columns[0].default_value = "5";
  add(text("b", 20));
  table_.columns[1].default_value = "def's\\";
  add(column("c", schema::kTypeTimestamp, 128, 19));
  add(column("d", schema::kTypeTimestamp, 8321, 19));
  table_.columns[3].default_value = "CURRENT_TIMESTAMP";
  add(column("e", schema::kTypeBit, 32, 4));
  table_.columns[4].default_value = table_.columns[4].default_bit = "\x0a";
  add(text("f", 5));
  table_.columns[5].type.flag = 4097;
  EXPECT_EQ(body(),
            "  `a` int(11) DEFAULT '5',\n"
            "  `b` varchar(20) DEFAULT 'def''s\\\\',\n"
            "  `c` timestamp NULL DEFAULT NULL,\n"
            "  `d` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,\n"
            "  `e` bit(4) DEFAULT b'1010',\n"
            "  `f` varchar(5) NOT NULL");
}

TEST_F(ShowCreate, TimestampDefaultsAreOnTheClockOfTheSession) {
  add(column("c", schema::kTypeTimestamp, 128, 19));
  table_.columns[0].default_value = "2019-12-31 16:00:00";
  const auto zone = codec::TimeZone::load("+08:00");
  ASSERT_TRUE(zone.ok());
  EXPECT_EQ(body({.zone = &*zone}), "  `c` timestamp DEFAULT '2020-01-01 00:00:00'");
}

TEST_F(ShowCreate, CharsetsCommentsAndExpressions) {
  add(text("a", 9));
  table_.columns[0].type.charset = "latin1";
  table_.columns[0].type.collate = "latin1_bin";
  table_.columns[0].comment = "it's";
  add(column("b", schema::kTypeLong, 0, 11));
  table_.columns[1].generated_expr = "`a` + 1";
  table_.columns[1].generated_stored = true;
  table_.comment = "c";
  EXPECT_EQ(body(),
            "  `a` varchar(9) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT NULL COMMENT "
            "'it''s',\n  `b` int(11) GENERATED ALWAYS AS (`a` + 1) STORED");
  EXPECT_EQ(tail, ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='c'");
}

TEST_F(ShowCreate, KeysAndPartitions) {
  add(text("a`b", 9));
  auto& index = table_.indexes.emplace_back();
  index.name = CiName::of("k");
  index.unique = true;
  index.state = SchemaState::kPublic;
  index.columns.push_back({table_.columns[0].name, 0, 3});
  table_.indexes.push_back(index);
  table_.indexes[1].name = CiName::of("hidden");
  table_.indexes[1].state = SchemaState::kWriteOnly;
  auto& partition = table_.partition.emplace();
  partition.enable = true;
  partition.type = 1;
  partition.expr = "`id`";
  for (const char* bound : {"10", "MAXVALUE"}) {
    auto& definition = partition.definitions.emplace_back();
    definition.name = CiName::of(std::string("p") + bound[0]);
    definition.less_than = {bound};
  }
  EXPECT_EQ(body(), "  `a``b` varchar(9) DEFAULT NULL,\n  UNIQUE KEY `k` (`a``b`(3))");
  EXPECT_EQ(tail,
            ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin\n"
            "PARTITION BY RANGE ( `id` ) (\n  PARTITION `p1` VALUES LESS THAN (10),\n"
            "  PARTITION `pM` VALUES LESS THAN (MAXVALUE)\n)");
  partition.type = 2;
  body();
  EXPECT_TRUE(tail.ends_with("\nPARTITION BY HASH( `id` )\nPARTITIONS 2")) << tail;
}

TEST_F(ShowCreate, View) {
  add(column("a", 0, 0, 0));
  add(column("b", 0, 0, 0));
  auto& view = table_.view.emplace();
  view.definer_user = "root";
  view.definer_host = "127.0.0.1";
  view.select = "SELECT `a`,`b` FROM `d`.`x`";
  auto made = schema::make_table(table_);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(show_create_view(**made),
            "CREATE ALGORITHM=UNDEFINED DEFINER=`root`@`127.0.0.1` SQL SECURITY DEFINER VIEW `t` "
            "(`a`, `b`) AS SELECT `a`,`b` FROM `d`.`x`");
}

TEST(ShowCreateDatabase, NamesTheCharset) {
  schema::DbInfo db;
  db.name = CiName::of("Shop");
  db.charset = "utf8mb4";
  db.collate = "utf8mb4_bin";
  EXPECT_EQ(show_create_database(db, false),
            "CREATE DATABASE `Shop` /*!40100 DEFAULT CHARACTER SET utf8mb4 */");
  db.collate = "utf8mb4_general_ci";
  EXPECT_EQ(show_create_database(db, true),
            "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `Shop` /*!40100 DEFAULT CHARACTER SET "
            "utf8mb4 COLLATE utf8mb4_general_ci */");
}

}  // namespace
}  // namespace tbl::tidb
