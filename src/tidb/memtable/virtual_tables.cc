#include "tidb/memtable/virtual_tables.h"

#include <algorithm>
#include <map>

#include "tidb/exec/virtual_table.h"
#include "tidb/expr/compare_refine.h"
#include "tidb/memtable/table_definition.h"
#include "tidb/types/collation.h"
#include "tidb/types/field_type.h"

namespace tbl::tidb {
namespace {

/// Virtual tables have ids no stored table can have.
constexpr int64_t kFirstId = int64_t{1} << 62;

schema::FieldType parse_type(std::string_view text) {
  switch (text[0]) {
    case 'b':
      return int_type(false);
    case 'u':
      return int_type(true);
    case 'd':
      return datetime_type();
    case 'f':
      return double_type();
    case 't': {
      schema::FieldType type = string_type(4294967295);
      type.tp = schema::kTypeLongBlob;
      type.flag |= kFlagFoldsCase;
      return type;
    }
    default: {
      schema::FieldType type = string_type(std::stoll(std::string(text.substr(1))));
      type.tp = schema::kTypeVarchar;
      type.flag |= kFlagFoldsCase;
      return type;
    }
  }
}

schema::TableInfoPtr make_info(const TableDefinition& definition, int64_t id) {
  schema::TableInfo table;
  table.id = id;
  table.name = schema::CiName::of(definition.name);
  table.charset = kDefaultCharset;
  table.collate = kDefaultCollation;
  table.state = schema::SchemaState::kPublic;
  std::string_view rest = definition.columns;
  while (!rest.empty()) {
    const size_t comma = rest.find(',');
    const std::string_view one = rest.substr(0, comma);
    const size_t blank = one.find(' ');
    schema::ColumnInfo column;
    column.id = static_cast<int64_t>(table.columns.size()) + 1;
    column.offset = static_cast<int64_t>(table.columns.size());
    column.name = schema::CiName::of(one.substr(0, blank));
    column.type = parse_type(one.substr(blank + 1));
    column.state = schema::SchemaState::kPublic;
    table.columns.push_back(std::move(column));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  // The definitions are ours: they make a table.
  return make_table(std::move(table)).value();
}

struct Entry {
  const TableDefinition* definition;
  schema::TableInfoPtr info;
};
/// By lower-case database, then lower-case table.
using Entries = std::map<std::string, std::map<std::string, Entry, std::less<>>, std::less<>>;

const Entries& entries() {
  static const Entries all = [] {
    Entries made;
    int64_t id = kFirstId;
    for (const auto family :
         {schema_tables(), key_tables(), server_tables(), privilege_tables(), empty_tables()}) {
      for (const TableDefinition& definition : family) {
        made[ascii_lower(definition.db)][ascii_lower(definition.name)] = {
            &definition, make_info(definition, id++)};
      }
    }
    return made;
  }();
  return all;
}

class LiveTable : public VirtualTable {
 public:
  LiveTable(const Entry& entry, const VirtualSources& sources) : entry_(entry), sources_(sources) {}
  const schema::TableInfoPtr& info() const override { return entry_.info; }
  Result<std::vector<Row>> rows(ExecContext& context) const override {
    if (entry_.definition->rows == nullptr) return std::vector<Row>();
    RowContext row_context{sources_, context};
    return entry_.definition->rows(row_context);
  }

 private:
  const Entry& entry_;
  const VirtualSources& sources_;
};

class Catalog : public VirtualCatalog {
 public:
  explicit Catalog(VirtualSources sources) : sources_(std::move(sources)) {
    for (const auto& [db, of_db] : entries()) {
      for (const auto& [name, entry] : of_db) {
        tables_[db][name] = std::make_unique<LiveTable>(entry, sources_);
      }
    }
  }
  const VirtualSource* find(std::string_view db, std::string_view table) const override {
    const auto in = tables_.find(db);
    if (in == tables_.end()) return nullptr;
    const auto it = in->second.find(table);
    return it != in->second.end() ? it->second.get() : nullptr;
  }
  bool has_database(std::string_view db) const override {
    return tables_.find(db) != tables_.end();
  }

 private:
  const VirtualSources sources_;
  std::map<std::string, std::map<std::string, std::unique_ptr<LiveTable>, std::less<>>, std::less<>>
      tables_;
};

}  // namespace

AccountName RowContext::account() const {
  const std::string& name = exec.eval.auth_user;
  const size_t at = name.rfind('@');
  if (at == std::string::npos) return {name, "%"};
  return {name.substr(0, at), name.substr(at + 1)};
}

bool RowContext::sees_database(std::string_view db) const {
  return sources.privileges == nullptr || sources.privileges->sees_database(account(), db);
}

bool RowContext::sees_table(std::string_view db, std::string_view table) const {
  return sources.privileges == nullptr || sources.privileges->sees_table(account(), db, table);
}

bool RowContext::sees_column(std::string_view db, std::string_view table,
                             std::string_view column) const {
  return sources.privileges == nullptr ||
         sources.privileges->sees_column(account(), db, table, column);
}

std::unique_ptr<VirtualCatalog> make_virtual_catalog(VirtualSources sources) {
  return std::make_unique<Catalog>(std::move(sources));
}

const std::vector<std::string>& virtual_database_names() {
  static const std::vector<std::string> names = {"INFORMATION_SCHEMA", "PERFORMANCE_SCHEMA"};
  return names;
}

std::vector<schema::TableInfoPtr> virtual_tables_of(std::string_view db) {
  std::vector<schema::TableInfoPtr> out;
  const auto it = entries().find(db);
  if (it == entries().end()) return out;
  for (const auto& [name, entry] : it->second) out.push_back(entry.info);
  return out;
}

}  // namespace tbl::tidb
