#include "tidb/catalog/schema.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/test_seed.h"
#include "tidb/catalog/test_meta_store.h"

namespace tbl::tidb {
namespace {

using schema::ActionType;
using schema::DbInfo;
using schema::SchemaDiff;
using schema::SchemaState;
using schema::TableInfo;

TableInfo table_named(int64_t id, const std::string& name,
                      SchemaState state = SchemaState::kPublic) {
  TableInfo table;
  table.id = id;
  table.name = schema::CiName::of(name);
  table.state = state;
  return table;
}

DbInfo db_named(int64_t id, const std::string& name, SchemaState state = SchemaState::kPublic) {
  DbInfo db;
  db.id = id;
  db.name = schema::CiName::of(name);
  db.state = state;
  return db;
}

/// Everything a schema says, as text.
std::string dump(const Schema& schema) {
  std::string text = std::to_string(schema.version());
  for (const Database* db : schema.databases()) {
    text += "\n" + db->info->name.o + "#" + std::to_string(db->info->id) + db->info->charset;
    for (const auto& [name, table] : db->tables) {
      text += " " + name + "#" + std::to_string(table->id);
      auto ref = schema.table_by_id(table->id);
      EXPECT_EQ(ref.table, table);
      EXPECT_EQ(ref.database, db);
    }
  }
  return text;
}

class SchemaTest : public testing::Test {
 protected:
  void check(Status status) { ASSERT_TRUE(status.ok()) << status.to_string(); }
  SchemaPtr loaded() {
    auto schema = load_schema(meta_);
    EXPECT_TRUE(schema.ok()) << schema.status().to_string();
    return *schema;
  }

  MapMetaStore store_;
  MetaWriter meta_{store_};
};

TEST_F(SchemaTest, LooksUpWithoutCase) {
  check(meta_.put_database(db_named(1, "Shop")));
  check(meta_.put_table(1, table_named(2, "Orders")));
  const SchemaPtr schema = loaded();
  ASSERT_NE(schema->database("sHOP"), nullptr);
  ASSERT_NE(schema->table("SHOP", "orderS"), nullptr);
  EXPECT_EQ(schema->table("shop", "orders")->name.o, "Orders");
  EXPECT_EQ(schema->table("shop", "x"), nullptr);
  EXPECT_EQ(schema->table("x", "orders"), nullptr);
  EXPECT_FALSE(schema->table_by_id(3));
}

TEST_F(SchemaTest, OnlyPublicObjectsAreSeen) {
  check(meta_.put_database(db_named(1, "a")));
  check(meta_.put_database(db_named(2, "b", SchemaState::kWriteOnly)));
  check(meta_.put_table(1, table_named(3, "gone", SchemaState::kDeleteOnly)));
  const SchemaPtr schema = loaded();
  EXPECT_EQ(schema->databases().size(), 1U);
  EXPECT_EQ(schema->table("a", "gone"), nullptr);
  EXPECT_FALSE(schema->table_by_id(3));
}

TEST_F(SchemaTest, PartitionsLeadToTheirTable) {
  check(meta_.put_database(db_named(1, "a")));
  TableInfo table = table_named(3, "p");
  auto& partition = table.partition.emplace();
  partition.enable = true;
  partition.definitions.emplace_back().id = 4;
  partition.definitions.emplace_back().id = 5;
  check(meta_.put_table(1, table));
  const SchemaPtr schema = loaded();
  EXPECT_EQ(schema->table_by_id(5).table->id, 3);
  auto changed = changed_tables(*schema, *schema, {.version = 1, .schema_id = 1, .table_id = 3});
  EXPECT_EQ(changed, (std::vector<int64_t>{3, 4, 5}));
}

TEST_F(SchemaTest, DiffsMustFollowEachOther) {
  EXPECT_FALSE(apply_diff(*loaded(), {.version = 2}, meta_).ok());
}

TEST_F(SchemaTest, DroppingADatabaseChangesItsTables) {
  check(meta_.put_database(db_named(1, "a")));
  check(meta_.put_table(1, table_named(3, "t")));
  const SchemaPtr before = loaded();
  check(meta_.put_database(db_named(1, "a", SchemaState::kWriteOnly)));
  const SchemaDiff diff{.version = 1, .type = ActionType::kDropSchema, .schema_id = 1};
  auto after = apply_diff(*before, diff, meta_);
  ASSERT_TRUE(after.ok());
  EXPECT_TRUE((*after)->databases().empty());
  EXPECT_EQ(changed_tables(*before, **after, diff), (std::vector<int64_t>{3}));
}

/// Random changes through diffs always give what loading everything gives.
TEST_F(SchemaTest, DiffsGiveTheSameAsLoading) {
  const uint32_t seed = test_seed();
  std::mt19937 random(seed);
  auto pick = [&](int64_t n) { return std::uniform_int_distribution<int64_t>(1, n)(random); };
  SchemaPtr schema = loaded();
  for (int i = 0; i < 500; ++i) {
    SchemaDiff diff;
    diff.version = meta_.bump_schema_version().value();
    diff.schema_id = pick(3);
    const int64_t other = pick(3);
    const bool is_there = schema->database_by_id(diff.schema_id) != nullptr;
    const int64_t table_id = 100 + pick(6);
    const bool mine = schema->table_by_id(table_id) &&
                      schema->table_by_id(table_id).database->info->id == diff.schema_id;
    switch (pick(5)) {
      case 1:
        check(meta_.put_database(db_named(diff.schema_id, "d" + std::to_string(diff.schema_id))));
        break;
      case 2:
        if (pick(8) == 1) check(meta_.drop_database(diff.schema_id));
        break;
      case 3:
        if (!is_there || (schema->table_by_id(table_id) && !mine)) break;
        diff.table_id = table_id;
        check(meta_.put_table(diff.schema_id, table_named(table_id, "t" + std::to_string(i))));
        break;
      case 4:
        if (!mine) break;
        diff.table_id = table_id;
        check(meta_.drop_table(diff.schema_id, table_id));
        break;
      default:  // rename to another database
        if (!mine || schema->database_by_id(other) == nullptr) break;
        diff.table_id = table_id;
        diff.old_schema_id = diff.schema_id;
        check(meta_.drop_table(diff.schema_id, table_id));
        check(meta_.put_table(other, table_named(table_id, "r" + std::to_string(i))));
        diff.schema_id = other;
    }
    auto next = apply_diff(*schema, diff, meta_);
    ASSERT_TRUE(next.ok()) << next.status().to_string();
    ASSERT_EQ(dump(**next), dump(*loaded())) << "after change " << i;
    schema = *next;
  }
}

}  // namespace
}  // namespace tbl::tidb
