#include "tidb/server/http_reply.h"

#include <charconv>

#include "base/ascii.h"

namespace tbl::tidb {
namespace {

constexpr char kJsonType[] = "application/json";

std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

template <typename T>
bool parse_all(const std::string& text, T* out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

rpc::HttpResponse json_reply(const Json& json) { return {200, kJsonType, dump(json, 1)}; }
rpc::HttpResponse json_line_reply(const Json& json) { return {200, kJsonType, dump(json, -1)}; }
rpc::HttpResponse bad_request(const std::string& why) {
  return {400, "text/plain; charset=utf-8", why};
}

bool parse_number(const std::string& text, int64_t* out) { return parse_all(text, out); }
bool parse_number(const std::string& text, uint64_t* out) { return parse_all(text, out); }

Result<PhysicalTable> find_physical_table(const Schema& schema, const std::string& db,
                                          const std::string& table) {
  const size_t open = table.find('(');
  const bool names_partition = open != table.npos && table.back() == ')';
  const std::string name = names_partition ? table.substr(0, open) : table;
  PhysicalTable found{schema.table(db, name)};
  if (found.table == nullptr) {
    return not_found("Table '" + db + "." + name + "' doesn't exist");
  }
  if (!names_partition) {
    found.id = found.table->id;
    return found;
  }
  const std::string partition = ascii_lower(table.substr(open + 1, table.size() - open - 2));
  if (found.table->is_partitioned()) {
    for (const auto& definition : found.table->partition->definitions) {
      if (definition.name.l != partition) continue;
      found.id = definition.id;
      return found;
    }
  }
  return not_found("partition " + partition + " is not found in table " + name);
}

}  // namespace tbl::tidb
