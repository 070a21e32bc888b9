#include "tidb/server/region_api.h"

#include "base/base64.h"
#include "codec/keys.h"
#include "tidb/catalog/schema_holder.h"
#include "tidb/server/http_reply.h"

namespace tbl::tidb {
namespace {

using cluster::Region;
using rpc::HttpRequest;
using rpc::HttpResponse;

struct Span {
  std::string start;
  std::string end;
};

Span span_of_prefix(const std::string& prefix) { return {prefix, codec::prefix_next(prefix)}; }
Span span_of_rows(int64_t id) { return span_of_prefix(codec::record_prefix(id)); }
Span span_of_index(int64_t id, const schema::IndexInfo& index) {
  return span_of_prefix(codec::index_prefix(id, index.id));
}

Json peer_json(const cluster::Peer& peer) {
  Json out = {{"id", peer.id}, {"store_id", peer.store_id}};
  if (peer.learner) out["is_learner"] = true;
  return out;
}

Json meta_json(const Region& region) {
  Json peers = Json::array();
  for (const cluster::Peer& peer : region.peers) peers.push_back(peer_json(peer));
  return {{"region_id", region.id},
          {"leader", peer_json(region.leader)},
          {"peers", std::move(peers)},
          {"region_epoch", {{"conf_ver", region.conf_ver}, {"version", region.version}}}};
}

/// Every region that holds keys of the span.
Result<Json> regions_in(cluster::PdClient& pd, const Span& span) {
  Json all = Json::array();
  std::string at = span.start;
  do {
    TBL_ASSIGN(const Region region, pd.get_region(at));
    all.push_back(meta_json(region));
    at = region.end_key;
  } while (!at.empty() && at < span.end);
  return all;
}

Result<Json> physical_json(cluster::PdClient& pd, const schema::TableInfo& table,
                           const std::string& name, int64_t id) {
  Json indices = Json::array();
  for (const schema::IndexInfo& index : table.indexes) {
    TBL_ASSIGN(Json regions, regions_in(pd, span_of_index(id, index)));
    indices.push_back({{"name", index.name.o}, {"id", index.id}, {"regions", std::move(regions)}});
  }
  TBL_ASSIGN(Json records, regions_in(pd, span_of_rows(id)));
  return Json{{"name", name},
              {"id", id},
              {"record_regions", std::move(records)},
              {"indices", std::move(indices)}};
}

/// One entry for a table, a list with one for each partition otherwise.
Result<Json> table_json(cluster::PdClient& pd, const schema::TableInfo& table) {
  if (!table.is_partitioned()) return physical_json(pd, table, table.name.o, table.id);
  Json all = Json::array();
  for (const auto& partition : table.partition->definitions) {
    TBL_ASSIGN(Json one, physical_json(pd, table, partition.name.o, partition.id));
    all.push_back(std::move(one));
  }
  return all;
}

bool overlaps(const Region& region, const Span& span) {
  return (region.end_key.empty() || span.start < region.end_key) &&
         (span.end.empty() || region.start_key < span.end);
}

/// What of a table or partition lies in the region.
void add_frames(const Region& region, const std::string& db, const schema::TableInfo& table,
                int64_t id, Json* frames) {
  const Json place = {{"db_name", db}, {"table_name", table.name.o}, {"table_id", id}};
  for (const schema::IndexInfo& index : table.indexes) {
    if (!overlaps(region, span_of_index(id, index))) continue;
    Json frame = place;
    frame["is_record"] = false;
    frame["index_name"] = index.name.o;
    frame["index_id"] = index.id;
    frames->push_back(std::move(frame));
  }
  if (!overlaps(region, span_of_rows(id))) return;
  Json frame = place;
  frame["is_record"] = true;
  frames->push_back(std::move(frame));
}

}  // namespace

void RegionApi::add_to(rpc::Server& server) {
  server.add_http("GET", "/tables/{db}/{table}/regions",
                  [this](const HttpRequest& r) { return of_table(r); });
  server.add_http("GET", "/regions/meta", [this](const HttpRequest&) { return of_meta(); });
  server.add_http("GET", "/regions/{regionID}", [this](const HttpRequest& r) { return detail(r); });
}

HttpResponse RegionApi::of_table(const HttpRequest& request) const {
  const auto found =
      find_physical_table(*domain_.schemas->current(), request.params[0], request.params[1]);
  if (!found.ok()) return bad_request(found.status().message());
  const auto json = table_json(cluster_.pd(), *found->table);
  return json.ok() ? json_reply(*json) : bad_request(json.status().message());
}

HttpResponse RegionApi::of_meta() const {
  const auto json = regions_in(cluster_.pd(), span_of_prefix("m"));
  return json.ok() ? json_reply(*json) : bad_request(json.status().message());
}

HttpResponse RegionApi::detail(const HttpRequest& request) const {
  uint64_t id = 0;
  if (!parse_number(request.params[0], &id)) {
    return bad_request("region id is not a number: " + request.params[0]);
  }
  const auto region = cluster_.pd().get_region_by_id(id);
  if (!region.ok()) return bad_request(region.status().message());
  Json frames = Json::array();
  const SchemaPtr schema = domain_.schemas->current();
  for (const Database* db : schema->databases()) {
    for (const auto& [name, table] : db->tables) {
      if (!table->is_base_table()) continue;
      if (!table->is_partitioned()) {
        add_frames(*region, db->info->name.o, *table, table->id, &frames);
        continue;
      }
      for (const auto& partition : table->partition->definitions) {
        add_frames(*region, db->info->name.o, *table, partition.id, &frames);
      }
    }
  }
  return json_reply({{"region_id", region->id},
                     {"start_key", base64(region->start_key)},
                     {"end_key", base64(region->end_key)},
                     {"frames", std::move(frames)}});
}

}  // namespace tbl::tidb
