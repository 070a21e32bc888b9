// information_schema over a small catalog.
#include "tidb/memtable/virtual_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tidb/catalog/meta.h"
#include "tidb/catalog/schema.h"
#include "tidb/exec/context.h"
#include "tidb/exec/virtual_table.h"
#include "tidb/expr/eval_context.h"
#include "tidb/memtable/column_facts.h"
#include "tidb/types/convert.h"
#include "tidb/types/field_type.h"

namespace tbl::tidb {
namespace {

using testing::Contains;
using testing::ElementsAre;

class MapStore : public MetaStore {
 public:
  Result<std::optional<std::string>> meta_get(Bytes key) override {
    const auto it = map_.find(std::string(key));
    if (it == map_.end()) return std::optional<std::string>();
    return std::optional<std::string>(it->second);
  }
  Status meta_put(Bytes key, Bytes value) override {
    map_[std::string(key)] = value;
    return ok_status();
  }
  Status meta_remove(Bytes key) override {
    map_.erase(std::string(key));
    return ok_status();
  }
  Status meta_scan(Bytes prefix, const Visit& visit) override {
    for (auto it = map_.lower_bound(std::string(prefix));
         it != map_.end() && it->first.starts_with(prefix); ++it) {
      TBL_TRY(visit(it->first, it->second));
    }
    return ok_status();
  }

 private:
  std::map<std::string, std::string> map_;
};

schema::ColumnInfo column(int64_t id, const std::string& name, schema::FieldType type) {
  schema::ColumnInfo c;
  c.id = id;
  c.offset = id - 1;
  c.name = schema::CiName::of(name);
  c.type = std::move(type);
  c.state = schema::SchemaState::kPublic;
  return c;
}

schema::FieldType stored_type(uint8_t tp, uint32_t flag = 0) {
  schema::FieldType type;
  type.tp = tp;
  type.flag = flag;
  if (schema::is_string_type(tp)) {
    type.charset = "utf8mb4";
    type.collate = "utf8mb4_bin";
    type.flen = 20;
  }
  fill_type_defaults(type);
  return type;
}

/// shop.Items(id int primary key, name varchar(20) default 'x', at timestamp; key k(name, id)).
schema::TableInfo items() {
  schema::TableInfo table;
  table.id = 7;
  table.name = schema::CiName::of("Items");
  table.charset = "utf8mb4";
  table.collate = "utf8mb4_bin";
  table.state = schema::SchemaState::kPublic;
  table.pk_is_handle = true;
  table.comment = "things";
  table.columns.push_back(column(
      1, "id", stored_type(schema::kTypeLong, schema::kFlagNotNull | schema::kFlagPrimaryKey)));
  table.columns.push_back(column(2, "name", stored_type(schema::kTypeVarchar)));
  table.columns[1].default_value = "x";
  table.columns.push_back(
      column(3, "at",
             stored_type(schema::kTypeTimestamp, schema::kFlagNotNull | schema::kFlagOnUpdateNow)));
  table.columns[2].default_value = "CURRENT_TIMESTAMP";
  schema::IndexInfo index;
  index.id = 1;
  index.name = schema::CiName::of("k");
  index.state = schema::SchemaState::kPublic;
  index.columns.push_back({schema::CiName::of("name"), 1, 5});
  index.columns.push_back({schema::CiName::of("id"), 0, schema::IndexColumn::kWhole});
  table.indexes.push_back(index);
  return table;
}

class VirtualTablesTest : public testing::Test {
 protected:
  VirtualTablesTest() {
    MetaWriter meta(store_);
    schema::DbInfo db;
    db.id = 5;
    db.name = schema::CiName::of("shop");
    db.charset = "utf8mb4";
    db.collate = "utf8mb4_bin";
    db.state = schema::SchemaState::kPublic;
    EXPECT_TRUE(meta.put_database(db).ok());
    EXPECT_TRUE(meta.put_table(5, items()).ok());
    schema_ = load_schema(meta).value();
    VirtualSources sources;
    sources.global_variables = [] { return VirtualSources::Pairs{{"autocommit", "ON"}}; };
    sources.processes = [] {
      return std::vector<ProcessRow>{{3, "root", "h:1", "shop", "Query", 2, "", "select 1"}};
    };
    catalog_ = make_virtual_catalog(std::move(sources));
    eval_.auth_user = "root@%";
  }

  /// Rows as texts, those for which the named column has this text.
  std::vector<std::vector<std::string>> rows(const std::string& table,
                                             const std::vector<std::string>& wanted,
                                             const std::string& filter_column = "",
                                             const std::string& filter = "") {
    const VirtualSource* source = catalog_->find("information_schema", table);
    if (source == nullptr) return {{"no such table"}};
    const auto& columns = source->info()->columns;
    const auto at = [&](const std::string& name) {
      for (size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].name.o == name) return i;
      }
      ADD_FAILURE() << "no column " << name;
      return size_t{0};
    };
    ExecContext context{eval_};
    context.schema = schema_.get();
    const auto all = static_cast<const VirtualTable*>(source)->rows(context);
    EXPECT_TRUE(all.ok()) << all.status().to_string();
    std::vector<std::vector<std::string>> out;
    for (const Row& row : *all) {
      EXPECT_EQ(row.size(), columns.size());
      const auto text = [&](size_t i) { return row[i].is_null() ? "NULL" : to_text(row[i]); };
      if (!filter_column.empty() && text(at(filter_column)) != filter) continue;
      std::vector<std::string> one;
      for (const std::string& name : wanted) one.push_back(text(at(name)));
      out.push_back(std::move(one));
    }
    return out;
  }

  MapStore store_;
  SchemaPtr schema_;
  EvalContext eval_;
  std::unique_ptr<VirtualCatalog> catalog_;
};

TEST_F(VirtualTablesTest, Databases) {
  EXPECT_THAT(rows("schemata", {"SCHEMA_NAME"}),
              ElementsAre(ElementsAre("INFORMATION_SCHEMA"), ElementsAre("PERFORMANCE_SCHEMA"),
                          ElementsAre("shop")));
  EXPECT_TRUE(catalog_->has_database("information_schema"));
  EXPECT_FALSE(catalog_->has_database("shop"));
  EXPECT_EQ(catalog_->find("information_schema", "nothing"), nullptr);
}

TEST_F(VirtualTablesTest, Tables) {
  EXPECT_THAT(rows("tables", {"TABLE_NAME", "TABLE_TYPE", "ENGINE", "TABLE_COMMENT"},
                   "TABLE_SCHEMA", "shop"),
              ElementsAre(ElementsAre("Items", "BASE TABLE", "InnoDB", "things")));
  EXPECT_THAT(rows("tables", {"TABLE_TYPE"}, "TABLE_NAME", "TABLES"),
              ElementsAre(ElementsAre("SYSTEM VIEW")));
}

TEST_F(VirtualTablesTest, Columns) {
  EXPECT_THAT(
      rows("columns",
           {"COLUMN_NAME", "ORDINAL_POSITION", "COLUMN_DEFAULT", "IS_NULLABLE", "DATA_TYPE",
            "CHARACTER_MAXIMUM_LENGTH", "COLUMN_TYPE", "COLUMN_KEY", "EXTRA"},
           "TABLE_SCHEMA", "shop"),
      ElementsAre(ElementsAre("id", "1", "NULL", "NO", "int", "NULL", "int(11)", "PRI", ""),
                  ElementsAre("name", "2", "x", "YES", "varchar", "20", "varchar(20)", "MUL", ""),
                  ElementsAre("at", "3", "CURRENT_TIMESTAMP", "NO", "timestamp", "NULL",
                              "timestamp", "", "on update CURRENT_TIMESTAMP")));
}

TEST_F(VirtualTablesTest, Keys) {
  EXPECT_THAT(
      rows("statistics", {"INDEX_NAME", "NON_UNIQUE", "SEQ_IN_INDEX", "COLUMN_NAME", "SUB_PART"}),
      ElementsAre(ElementsAre("PRIMARY", "0", "1", "id", "NULL"),
                  ElementsAre("k", "1", "1", "name", "5"),
                  ElementsAre("k", "1", "2", "id", "NULL")));
  EXPECT_THAT(rows("table_constraints", {"CONSTRAINT_NAME", "CONSTRAINT_TYPE"}),
              ElementsAre(ElementsAre("PRIMARY", "PRIMARY KEY")));
  EXPECT_THAT(rows("key_column_usage", {"COLUMN_NAME"}), ElementsAre(ElementsAre("id")));
}

TEST_F(VirtualTablesTest, Server) {
  EXPECT_THAT(rows("global_variables", {"VARIABLE_NAME", "VARIABLE_VALUE"}),
              ElementsAre(ElementsAre("autocommit", "ON")));
  EXPECT_THAT(rows("processlist", {"ID", "DB", "INFO"}),
              ElementsAre(ElementsAre("3", "shop", "select 1")));
  EXPECT_THAT(rows("character_sets", {"CHARACTER_SET_NAME", "MAXLEN"}),
              Contains(ElementsAre("utf8mb4", "4")));
}

TEST_F(VirtualTablesTest, EveryTableGivesRowsOfItsWidth) {
  for (const std::string& db : virtual_database_names()) {
    const std::string lower =
        db == "INFORMATION_SCHEMA" ? "information_schema" : "performance_schema";
    for (const auto& table : virtual_tables_of(lower)) {
      const VirtualSource* source = catalog_->find(lower, table->name.l);
      ASSERT_NE(source, nullptr) << table->name.o;
      ExecContext context{eval_};
      context.schema = schema_.get();
      const auto all = static_cast<const VirtualTable*>(source)->rows(context);
      ASSERT_TRUE(all.ok()) << table->name.o;
      for (const Row& row : *all) EXPECT_EQ(row.size(), table->columns.size()) << table->name.o;
    }
  }
}

}  // namespace
}  // namespace tbl::tidb
