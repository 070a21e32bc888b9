// Definitions of test_tables.h; compiled into the test binary only.
#include "schema/test_tables.h"

#include <fmt/format.h>

namespace tbl::schema {

std::string column_json(int64_t id, const std::string& name, int tp, int flag) {
  return fmt::format(
      R"({{"id":{0},"name":{{"O":"{1}","L":"{1}"}},"offset":{2},"origin_default":null,"default":null,)"
      R"("type":{{"Tp":{3},"Flag":{4},"Flen":11,"Decimal":0,"Charset":"binary","Collate":"binary",)"
      R"("Elems":null}},"state":5,"version":2}})",
      id, name, id - 1, tp, flag);
}

std::string table_json(int64_t id, const std::string& name, const std::string& columns,
                       const std::string& more) {
  return fmt::format(R"({{"id":{},"name":{{"O":"{}","L":"{}"}},"cols":[{}],"state":5{}{}}})", id,
                     name, name, columns, more.empty() ? "" : ",", more);
}

std::string db_json(int64_t id, const std::string& name) {
  return fmt::format(R"({{"id":{},"db_name":{{"O":"{}","L":"{}"}},"state":5}})", id, name, name);
}

std::string JobText::json() const {
  return fmt::format(
      R"({{"id":{},"type":{},"schema_id":{},"table_id":{},"state":{},"schema_state":{},"query":"q",)"
      R"("binlog":{{"SchemaVersion":{},"DBInfo":{},"TableInfo":{},"FinishedTS":7,)"
      R"("MultipleTableInfos":{}}}}})",
      id, type, schema_id, table_id, state, schema_state, version, db, table, tables);
}

}  // namespace tbl::schema
