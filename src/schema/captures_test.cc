// The job histories of recorded clusters, applied from the first job to the last, give the tables
// that SHOW CREATE TABLE printed at their end.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "schema/tracker.h"

namespace tbl::schema {
namespace {

using Lines = std::vector<std::string>;

std::string decompressed(const std::string& path) {
  const std::string command = "zstd -dcq '" + path + "'";
  std::string content;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[1 << 16];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) content.append(buffer, n);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return content;
}

bool is_text(const FieldType& type) { return !type.has_binary_charset(); }

std::string blob_name(const FieldType& type) {
  static const std::map<int, std::string> kSizes = {{kTypeTinyBlob, "tiny"},
                                                    {kTypeMediumBlob, "medium"},
                                                    {kTypeLongBlob, "long"},
                                                    {kTypeBlob, ""}};
  return kSizes.at(type.tp) + (is_text(type) ? "text" : "blob");
}

std::string members(const FieldType& type) {
  std::string list;
  for (const std::string& elem : type.elems) {
    std::string quoted;
    for (char c : elem) quoted += c == '\'' ? std::string("''") : std::string(1, c);
    list += (list.empty() ? "'" : ",'") + quoted + "'";
  }
  return "(" + list + ")";
}

std::string with_fsp(const std::string& name, const FieldType& type) {
  return type.decimal > 0 ? fmt::format("{}({})", name, type.decimal) : name;
}

std::string with_scale(const std::string& name, const FieldType& type) {
  return type.decimal >= 0 && type.flen >= 0
             ? fmt::format("{}({},{})", name, type.flen, type.decimal)
             : name;
}

std::string plain_type(const FieldType& type) {
  static const std::map<int, std::string> kIntegers = {
      {kTypeTiny, "tinyint"}, {kTypeShort, "smallint"},  {kTypeInt24, "mediumint"},
      {kTypeLong, "int"},     {kTypeLongLong, "bigint"}, {kTypeYear, "year"},
      {kTypeBit, "bit"}};
  if (auto it = kIntegers.find(type.tp); it != kIntegers.end())
    return fmt::format("{}({})", it->second, type.flen);
  if (is_blob_type(type.tp)) return blob_name(type);
  switch (type.tp) {
    case kTypeFloat:
      return type.decimal > 0 ? with_scale("float", type) : "float";
    case kTypeDouble:
      return type.decimal > 0 ? with_scale("double", type) : "double";
    case kTypeNewDecimal:
      return with_scale("decimal", type);
    case kTypeDate:
      return "date";
    case kTypeDuration:
      return with_fsp("time", type);
    case kTypeDatetime:
      return with_fsp("datetime", type);
    case kTypeTimestamp:
      return with_fsp("timestamp", type);
    case kTypeJson:
      return "json";
    case kTypeEnum:
      return "enum" + members(type);
    case kTypeSet:
      return "set" + members(type);
    case kTypeString:
      return fmt::format("{}({})", is_text(type) ? "char" : "binary", type.flen);
    case kTypeVarchar:
      return fmt::format("{}({})", is_text(type) ? "varchar" : "varbinary", type.flen);
    default:
      return fmt::format("type {}", type.tp);
  }
}

/// The beginning of a column's line up to what a table's default character set decides.
std::string column_line(const ColumnInfo& column) {
  std::string line = "`" + column.name.o + "` " + plain_type(column.type);
  if (column.type.is_unsigned() && column.type.tp != kTypeYear && column.type.tp != kTypeBit)
    line += " unsigned";
  return line;
}

std::string key_line(const TableInfo& table, const UniqueKey& key) {
  std::string line = key.primary ? "PRIMARY KEY (" : "UNIQUE KEY `" + key.name + "` (";
  for (const auto& part : key.parts) {
    if (line.back() != '(') line += ",";
    line += "`" + table.columns[part.position].name.o + "`";
    if (part.length != IndexColumn::kWhole) line += fmt::format("({})", part.length);
  }
  return line + ")";
}

struct Ddl {
  std::string table;
  Lines columns;
  Lines unique_keys;
};

/// Takes apart what `SHOW CREATE TABLE ...\G` printed.
Ddl read_ddl(const std::filesystem::path& path) {
  std::ifstream in(path);
  Ddl ddl;
  for (std::string line; std::getline(in, line);) {
    for (const std::string title : {" Table: ", " View: "}) {
      auto at = line.find(title);
      if (at != std::string::npos && ddl.table.empty()) ddl.table = line.substr(at + title.size());
    }
    if (line.starts_with("  `")) ddl.columns.push_back(line.substr(2));
    if (line.starts_with("  PRIMARY KEY") || line.starts_with("  UNIQUE KEY")) {
      ddl.unique_keys.push_back(line.substr(2));
    }
  }
  return ddl;
}

class CapturesTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const std::string folder = std::string(TBL_CAPTURES) + "/" + GetParam();
    auto jobs = nlohmann::json::parse(decompressed(folder + "/ddl_history.json.zst"));
    for (const auto& item : jobs) {
      const std::string text = item.dump();
      auto header = parse_job_header(text);
      ASSERT_TRUE(header.ok()) << header.status().to_string() << text;
      auto job = parse_job(text);
      ASSERT_TRUE(job.ok()) << job.status().to_string() << text;
      ASSERT_EQ(header->schema_version, job->schema_version);
      if (job->table) ids_.insert(job->table->id);
      last_version_ = std::max(last_version_, job->schema_version);
      history_.push_back({job->id, job->schema_version, text, *header});
    }
    std::ranges::reverse(history_);
    for (const auto& file : std::filesystem::directory_iterator(folder + "/expected/tidb")) {
      if (file.path().extension() == ".ddl") ddls_.push_back(file.path());
    }
    ASSERT_GT(ddls_.size(), 0U);
  }

  /// What the history gives at a start: headers, and the rest when it is asked for.
  void keep_only_headers() {
    for (HistoryEntry& entry : history_) {
      texts_[entry.job_id] = std::move(entry.json);
      entry.json.clear();
    }
  }
  void apply_all() {
    tracker_.load_history(std::move(history_), [this](int64_t job_id) {
      ++jobs_read_;
      return parse_job(texts_.at(job_id));
    });
    Status status = tracker_.apply_up_to(last_version_);
    ASSERT_TRUE(status.ok()) << status.to_string();
    ASSERT_EQ(tracker_.version(), last_version_);
    for (int64_t id : ids_) {
      if (const auto* names = tracker_.name_of(id))
        tables_[names->schema + "." + names->table] = id;
    }
  }

  void expect_the_tables_at_the_end();

  std::vector<HistoryEntry> history_;
  std::map<int64_t, std::string> texts_;
  size_t jobs_read_ = 0;
  std::set<int64_t> ids_;
  std::map<std::string, int64_t> tables_;
  std::vector<std::filesystem::path> ddls_;
  int64_t last_version_ = 0;
  SchemaTracker tracker_;
};

void expect_same(const TableInfo& table, const Ddl& ddl) {
  Lines visible;
  for (uint32_t i : table.public_columns) {
    if (!table.columns[i].hidden) visible.push_back(column_line(table.columns[i]));
  }
  ASSERT_EQ(visible.size(), ddl.columns.size());
  for (size_t i = 0; i < visible.size(); ++i) {
    EXPECT_TRUE(ddl.columns[i].starts_with(visible[i]))
        << ddl.columns[i] << " is not " << visible[i];
    const ColumnInfo& column = table.columns[table.public_columns[i]];
    EXPECT_EQ(column.is_generated(), ddl.columns[i].find("GENERATED ALWAYS") != std::string::npos);
    if (!column.is_generated()) {
      // AUTO_INCREMENT is printed with NOT NULL whether the flag is set or not.
      const bool not_null = column.type.not_null() || column.type.flag & kFlagAutoIncrement;
      EXPECT_EQ(not_null, ddl.columns[i].find(" NOT NULL") != std::string::npos) << ddl.columns[i];
    }
  }
  Lines keys;
  for (const auto& key : table.unique_keys) keys.push_back(key_line(table, key));
  ASSERT_EQ(keys.size(), ddl.unique_keys.size());
  for (const std::string& key : keys) {
    EXPECT_TRUE(std::ranges::any_of(ddl.unique_keys, [&](const auto& line) {
      return line.starts_with(key);
    })) << key;
  }
}

void CapturesTest::expect_the_tables_at_the_end() {
  std::set<std::string> databases;
  std::set<std::string> expected;
  for (const auto& path : ddls_) {
    const Ddl ddl = read_ddl(path);
    const std::string database =
        path.filename().string().substr(0, path.filename().string().find('.'));
    const std::string name = database + "." + ddl.table;
    SCOPED_TRACE(name);
    databases.insert(database);
    expected.insert(name);
    ASSERT_TRUE(tables_.contains(name));
    auto table = tracker_.table(tables_[name]);
    ASSERT_TRUE(table.ok()) << table.status().to_string();
    if ((*table)->is_base_table()) expect_same(**table, ddl);
  }
  for (const auto& [name, id] : tables_) {
    if (!databases.contains(name.substr(0, name.find('.')))) continue;
    auto table = tracker_.table(id);
    const bool is_base_table = table.ok() && (*table)->is_base_table();
    EXPECT_TRUE(!is_base_table || expected.contains(name)) << name << " is one too many";
  }
}

TEST_P(CapturesTest, AllJobsGiveTheTablesAtTheEnd) {
  apply_all();
  expect_the_tables_at_the_end();
}

TEST_P(CapturesTest, HeadersGiveTheSameAndAreMostlyEnough) {
  const size_t jobs = history_.size();
  keep_only_headers();
  apply_all();
  EXPECT_LT(jobs_read_, jobs / 2) << "of " << jobs;
  expect_the_tables_at_the_end();
}

INSTANTIATE_TEST_SUITE_P(All, CapturesTest, testing::Values("types", "stress", "clustered"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tbl::schema
