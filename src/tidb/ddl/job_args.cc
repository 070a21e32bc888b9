#include "tidb/ddl/job_args.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/go_json.h"
#include "codec/keys.h"
#include "schema/json_writer.h"

namespace tbl::tidb {

namespace {

using nlohmann::json;

void add_text(std::string& out, std::string_view key, const std::string& value) {
  if (!value.empty()) out += fmt::format(",\"{}\":{}", key, go_string(value));
}

void add_number(std::string& out, std::string_view key, int64_t value) {
  if (value != 0) out += fmt::format(",\"{}\":{}", key, value);
}

std::string name_json(const schema::CiName& name) {
  return fmt::format("{{\"O\":{},\"L\":{}}}", go_string(name.o), go_string(name.l));
}

std::string list_json(const std::vector<int64_t>& ids) {
  return fmt::format("[{}]", fmt::join(ids, ","));
}

Result<JobArgs> args_from(const json& object) {
  JobArgs args;
  if (object.contains("db")) {
    TBL_ASSIGN(args.db, schema::parse_db_info(object["db"].dump()));
  }
  if (object.contains("table")) {
    TBL_ASSIGN(schema::TableInfoPtr table, schema::parse_table_info(object["table"].dump()));
    args.table = *table;
  }
  args.name = object.value("name", "");
  args.new_name = object.value("new_name", "");
  args.first = object.value("first", false);
  args.after = object.value("after", "");
  args.charset = object.value("charset", "");
  args.collate = object.value("collate", "");
  args.comment = object.value("comment", "");
  args.number = object.value("number", int64_t{0});
  args.old_id = object.value("old_id", int64_t{0});
  args.new_id = object.value("new_id", int64_t{0});
  args.names = object.value("names", std::vector<std::string>());
  args.convert_columns = object.value("convert_columns", false);
  return args;
}

}  // namespace

std::string write_job_args(const JobArgs& args) {
  std::string out = "[{\"table\":" + schema::write_table_info(args.table);
  if (args.db) out += ",\"db\":" + schema::write_db_info(*args.db);
  add_text(out, "name", args.name);
  add_text(out, "new_name", args.new_name);
  if (args.first) out += ",\"first\":true";
  add_text(out, "after", args.after);
  add_text(out, "charset", args.charset);
  add_text(out, "collate", args.collate);
  add_text(out, "comment", args.comment);
  add_number(out, "number", args.number);
  add_number(out, "old_id", args.old_id);
  add_number(out, "new_id", args.new_id);
  if (!args.names.empty()) {
    std::vector<std::string> quoted;
    for (const std::string& name : args.names) quoted.push_back(go_string(name));
    out += fmt::format(",\"names\":[{}]", fmt::join(quoted, ","));
  }
  if (args.convert_columns) out += ",\"convert_columns\":true";
  return out + "}]";
}

Result<JobArgs> parse_job_args(std::string_view raw_args) {
  auto document = json::parse(raw_args.begin(), raw_args.end(), nullptr, false);
  if (!document.is_array() || document.empty() || !document[0].is_object()) {
    return data_loss("job arguments: not written by this server");
  }
  try {
    return args_from(document[0]);
  } catch (const json::exception& e) {
    return data_loss(fmt::format("job arguments: {}", e.what()));
  }
}

namespace finished_args {

std::string table(int64_t table_id, const std::vector<int64_t>* partition_ids) {
  return fmt::format("[\"{}\",{}]", base64(codec::table_prefix(table_id)),
                     partition_ids == nullptr ? "null" : list_json(*partition_ids));
}

std::string ids(const std::vector<int64_t>& ids) { return "[" + list_json(ids) + "]"; }

std::string index(const schema::CiName& name, int64_t index_id,
                  const std::vector<int64_t>& partition_ids) {
  return fmt::format("[{},{},{}]", name_json(name), index_id, list_json(partition_ids));
}

std::string column(const schema::CiName& name) {
  return fmt::format("[{},[],[]]", name_json(name));
}

}  // namespace finished_args

}  // namespace tbl::tidb
