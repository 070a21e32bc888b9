#include "tidb/server/http_api.h"

#include "base/log.h"
#include "base/net_address.h"
#include "base/version.h"
#include "rpc/metrics_http.h"
#include "schema/json_writer.h"
#include "tidb/catalog/schema_holder.h"
#include "tidb/ddl/ddl.h"
#include "tidb/server/http_reply.h"
#include "tidb/server/settings_json.h"
#include "tidb/session/global_variables.h"
#include "tidb/types/release.h"

namespace tbl::tidb {
namespace {

using rpc::HttpRequest;
using rpc::HttpResponse;

Json table_json(const schema::TableInfo& table) {
  return Json::parse(schema::write_table_info(table), nullptr, false);
}
Json db_json(const schema::DbInfo& db) {
  return Json::parse(schema::write_db_info(db), nullptr, false);
}

}  // namespace

void HttpApi::add_to(rpc::Server& server) {
  const auto get = [&](const char* path, HttpResponse (HttpApi::*handler)() const) {
    server.add_http("GET", path,
                    [this, handler](const HttpRequest&) { return (this->*handler)(); });
  };
  const auto get_with = [&](const char* path,
                            HttpResponse (HttpApi::*handler)(const HttpRequest&) const) {
    server.add_http("GET", path,
                    [this, handler](const HttpRequest& r) { return (this->*handler)(r); });
  };
  get("/status", &HttpApi::status);
  get("/info", &HttpApi::info);
  get("/info/all", &HttpApi::info_all);
  get("/settings", &HttpApi::settings);
  server.add_http("POST", "/settings", [this](const HttpRequest& r) { return change_settings(r); });
  get_with("/schema", &HttpApi::schema);
  server.add_http("GET", "/schema/{db}",
                  [this](const HttpRequest& r) { return schema_of(r.params[0], ""); });
  server.add_http("GET", "/schema/{db}/{table}",
                  [this](const HttpRequest& r) { return schema_of(r.params[0], r.params[1]); });
  server.add_http("GET", "/db-table/{tableID}",
                  [this](const HttpRequest& r) { return db_table(r.params[0]); });
  get_with("/ddl/history", &HttpApi::ddl_history);
  server.add_http("POST", "/ddl/owner/resign",
                  [](const HttpRequest&) { return json_reply("success!"); });
  get_with("/binlog/recover", &HttpApi::binlog_recover);
  mvcc_.add_to(server);
  regions_.add_to(server);
  rpc::add_metrics_paths(server);
}

HttpResponse HttpApi::status() const {
  const Json json = {{"connections", parts_.connections()},
                     {"version", parts_.domain.facts.server_version},
                     {"git_hash", build_info().git_hash}};
  return json_line_reply(json);
}

HttpResponse HttpApi::info() const {
  const TidbConfig& config = parts_.config;
  const std::string ip =
      config.advertise_address.empty() ? first_ipv4_address() : config.advertise_address;
  return json_reply({{"is_owner", true},
                     {"version", parts_.domain.facts.server_version},
                     {"git_hash", build_info().git_hash},
                     {"ddl_id", parts_.ddl_id},
                     {"ip", ip},
                     {"listening_port", config.port},
                     {"status_port", config.status_port},
                     {"lease", config.lease}});
}

HttpResponse HttpApi::info_all() const {
  Json own = Json::parse(info().body, nullptr, false);
  own.erase("is_owner");
  return json_reply({{"servers_num", 1},
                     {"owner_id", parts_.ddl_id},
                     {"is_all_server_version_consistent", true},
                     {"all_servers_info", {{parts_.ddl_id, std::move(own)}}}});
}

HttpResponse HttpApi::settings() const { return json_reply(settings_json(parts_.config)); }

HttpResponse HttpApi::change_settings(const HttpRequest& request) const {
  const std::string form = "&" + request.body + "&";
  const auto field = [&](const std::string& name) -> std::string {
    const size_t at = form.find("&" + name + "=");
    if (at == std::string::npos) return {};
    const size_t begin = at + name.size() + 2;
    return form.substr(begin, form.find('&', begin) - begin);
  };
  if (const std::string level = field("log_level"); !level.empty()) {
    LogOptions options = parts_.config.log;
    options.level = level;
    if (const Status status = set_up_log(options); !status.ok()) {
      return bad_request(status.message());
    }
  }
  if (const std::string on = field("tidb_general_log"); !on.empty()) {
    if (on != "0" && on != "1") return bad_request("illegal argument");
    parts_.domain.globals->set_constant("tidb_general_log", on == "1" ? "ON" : "OFF");
  }
  return {200, "text/plain; charset=utf-8", ""};
}

HttpResponse HttpApi::schema(const HttpRequest& request) const {
  const SchemaPtr schema = parts_.domain.schemas->current();
  const auto by_id = request.query.find("table_id");
  if (by_id != request.query.end()) {
    int64_t id = 0;
    if (!parse_number(by_id->second, &id)) return bad_request("table_id is not a number");
    const auto found = schema->table_by_id(id);
    if (!found) return bad_request("Table which ID = " + by_id->second + " does not exist.");
    return json_reply(table_json(*found.table));
  }
  Json all = Json::array();
  for (const Database* db : schema->databases()) all.push_back(db_json(*db->info));
  return json_reply(all);
}

HttpResponse HttpApi::schema_of(const std::string& db, const std::string& table) const {
  const SchemaPtr schema = parts_.domain.schemas->current();
  const Database* database = schema->database(db);
  if (database == nullptr) return bad_request("Unknown database '" + db + "'");
  if (!table.empty()) {
    const auto found = schema->table(db, table);
    if (found == nullptr) return bad_request("Table '" + db + "." + table + "' doesn't exist");
    return json_reply(table_json(*found));
  }
  Json all = Json::array();
  for (const auto& [name, one] : database->tables) all.push_back(table_json(*one));
  return json_reply(all);
}

HttpResponse HttpApi::db_table(const std::string& id_text) const {
  int64_t id = 0;
  if (!parse_number(id_text, &id)) return bad_request("table id is not a number: " + id_text);
  const SchemaPtr schema = parts_.domain.schemas->current();
  const auto found = schema->table_by_id(id);
  if (!found) return bad_request("Table which ID = " + id_text + " does not exist.");
  return json_reply({{"db_info", db_json(*found.database->info)},
                     {"table_info", table_json(*found.table)},
                     {"schema_version", schema->version()}});
}

HttpResponse HttpApi::ddl_history(const HttpRequest& request) const {
  int64_t limit = 0;
  const auto written = request.query.find("limit");
  if (written != request.query.end() && (!parse_number(written->second, &limit) || limit < 1)) {
    return bad_request("ddl history limit must be greater than 0");
  }
  const auto jobs = parts_.domain.ddl->jobs(limit == 0 ? SIZE_MAX : static_cast<size_t>(limit));
  if (!jobs.ok()) return bad_request(jobs.status().message());
  Json all = Json::array();
  for (const JobRow& row : *jobs) {
    if (row.job.state != schema::JobState::kSynced &&
        row.job.state != schema::JobState::kCancelled &&
        row.job.state != schema::JobState::kRollbackDone) {
      continue;  // still in the queue
    }
    all.push_back(Json::parse(schema::write_job(row.job), nullptr, false));
  }
  return json_reply(all);
}

HttpResponse HttpApi::binlog_recover(const HttpRequest& request) const {
  const bool skipping = parts_.pumps != nullptr && parts_.pumps->is_skipping();
  const auto op = request.query.find("op");
  if (op != request.query.end() && op->second == "status") {
    return json_reply({{"Skipped", skipping}, {"SkippedCommitterCounter", 0}});
  }
  if (parts_.pumps != nullptr) parts_.pumps->recover();
  return {200, "text/plain; charset=utf-8", ""};
}

}  // namespace tbl::tidb
