// Schema JSON and a map of meta keys for tests.
#pragma once

#include <fmt/format.h>

#include <map>
#include <memory>
#include <string>

#include "schema/meta_reader.h"

namespace tbl::schema {

/// Meta keys in a map: every read sees all of it, whatever the ts.
class MapReader : public MetaReader {
 public:
  Result<std::optional<std::string>> get(Bytes key, uint64_t) override {
    auto it = values.find(std::string(key));
    if (it == values.end()) return std::optional<std::string>();
    return std::optional(it->second);
  }
  Status scan(Bytes start, Bytes end, uint64_t, const Visit& visit) override {
    for (auto it = values.lower_bound(std::string(start)); it != values.end(); ++it) {
      if (Bytes(it->first) >= end) break;
      TBL_TRY(visit(it->first, it->second));
    }
    return ok_status();
  }

  std::map<std::string, std::string> values;
};

/// A column as TiDB writes it.
inline std::string column_json(int64_t id, const std::string& name, int tp, int flag) {
  return fmt::format(
      R"({{"id":{0},"name":{{"O":"{1}","L":"{1}"}},"offset":{2},"origin_default":null,"default":null,)"
      R"("type":{{"Tp":{3},"Flag":{4},"Flen":11,"Decimal":0,"Charset":"binary","Collate":"binary",)"
      R"("Elems":null}},"state":5,"version":2}})",
      id, name, id - 1, tp, flag);
}

/// A table with the given column list and further fields (`"pk_is_handle":true`).
inline std::string table_json(int64_t id, const std::string& name, const std::string& columns,
                              const std::string& more = "") {
  return fmt::format(R"({{"id":{},"name":{{"O":"{}","L":"{}"}},"cols":[{}],"state":5{}{}}})", id,
                     name, name, columns, more.empty() ? "" : ",", more);
}

inline std::string db_json(int64_t id, const std::string& name) {
  return fmt::format(R"({{"id":{},"db_name":{{"O":"{}","L":"{}"}},"state":5}})", id, name, name);
}

/// What the history holds of one job; `json()` is its text.
struct JobText {
  int64_t id = 0;
  int type = 0;
  int64_t version = 0;
  int64_t schema_id = 0;
  int64_t table_id = 0;
  std::string db = "null";
  std::string table = "null";
  std::string tables = "null";
  int state = 6;
  int schema_state = 5;
  std::string query = "q";

  std::string json() const {
    return fmt::format(
        R"({{"id":{},"type":{},"schema_id":{},"table_id":{},"state":{},"schema_state":{},"query":"{}",)"
        R"("binlog":{{"SchemaVersion":{},"DBInfo":{},"TableInfo":{},"FinishedTS":7,)"
        R"("MultipleTableInfos":{}}}}})",
        id, type, schema_id, table_id, state, schema_state, query, version, db, table, tables);
  }
};

}  // namespace tbl::schema
