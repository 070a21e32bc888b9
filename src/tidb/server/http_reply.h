// What the handlers of the status port share: replies, and numbers and names in paths.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/status.h"
#include "rpc/http.h"
#include "tidb/catalog/schema.h"

namespace tbl::tidb {

using Json = nlohmann::ordered_json;

/// 200 with the JSON indented by one space, as TiDB writes it.
rpc::HttpResponse json_reply(const Json& json);
/// 200 with the JSON in one line.
rpc::HttpResponse json_line_reply(const Json& json);
/// 400 with the text.
rpc::HttpResponse bad_request(const std::string& why);

/// All of `text`, decimal.
bool parse_number(const std::string& text, int64_t* out);
bool parse_number(const std::string& text, uint64_t* out);

/// A table, or with "t(p0)" a partition of it.
struct PhysicalTable {
  schema::TableInfoPtr table;
  int64_t id = 0;  ///< in keys
};
/// Error: kNotFound, with TiDB's text.
Result<PhysicalTable> find_physical_table(const Schema& schema, const std::string& db,
                                          const std::string& table);

}  // namespace tbl::tidb
