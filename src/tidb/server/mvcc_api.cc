#include "tidb/server/mvcc_api.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "base/bytes.h"
#include "codec/keys.h"
#include "proto/kvrpcpb.pb.h"
#include "tidb/catalog/schema_holder.h"
#include "tidb/server/http_reply.h"
#include "tidb/table/index_codec.h"
#include "tidb/types/collation.h"
#include "tidb/types/convert.h"

namespace tbl::tidb {
namespace {

using rpc::HttpRequest;
using rpc::HttpResponse;

/// Fields that hold their type's zero are left out, as Go does.
class Fields {
 public:
  void number(const char* name, uint64_t value) {
    if (value != 0) json_[name] = value;
  }
  void bytes(const char* name, const std::string& value) {
    if (!value.empty()) json_[name] = base64(value);
  }
  void json(const char* name, Json&& items) {
    if (!items.empty()) json_[name] = std::move(items);
  }
  Json take() { return std::move(json_); }

 private:
  Json json_ = Json::object();
};

Json lock_json(const kvrpcpb::MvccLock& lock) {
  Fields out;
  out.number("type", lock.type());
  out.number("start_ts", lock.start_ts());
  out.bytes("primary", lock.primary());
  out.bytes("short_value", lock.short_value());
  return out.take();
}

Json write_json(const kvrpcpb::MvccWrite& write) {
  Fields out;
  out.number("type", write.type());
  out.number("start_ts", write.start_ts());
  out.number("commit_ts", write.commit_ts());
  out.bytes("short_value", write.short_value());
  return out.take();
}

Json value_json(const kvrpcpb::MvccValue& value) {
  Fields out;
  out.number("start_ts", value.start_ts());
  out.bytes("value", value.value());
  return out.take();
}

Json info_json(const kvrpcpb::MvccInfo& info) {
  Fields out;
  if (info.has_lock()) out.json("lock", lock_json(info.lock()));
  Json writes = Json::array(), values = Json::array();
  for (const auto& write : info.writes()) writes.push_back(write_json(write));
  for (const auto& value : info.values()) values.push_back(value_json(value));
  out.json("writes", std::move(writes));
  out.json("values", std::move(values));
  return out.take();
}

/// The columns of an index from the query, in a row of the table; times are UTC.
Result<Row> row_of_query(const TableInfo& table, const IndexInfo& index,
                         const HttpRequest& request) {
  Row row(table.columns.size());
  ConvertContext context;
  context.strict = true;
  for (const auto& part : index.columns) {
    const auto& column = table.columns[static_cast<size_t>(part.offset)];
    auto written = request.query.find(column.name.o);
    if (written == request.query.end()) written = request.query.find(column.name.l);
    if (written == request.query.end()) {
      return invalid_argument("Missing value for index column " + column.name.l + ".");
    }
    TBL_ASSIGN(
        row[static_cast<size_t>(part.offset)],
        cast_to_column(Value::of_string(written->second), {column.type, column.name.o}, context));
  }
  return row;
}

}  // namespace

void MvccApi::add_to(rpc::Server& server) {
  const auto get = [&](const char* path,
                       HttpResponse (MvccApi::*handler)(const HttpRequest&) const) {
    server.add_http("GET", path,
                    [this, handler](const HttpRequest& r) { return (this->*handler)(r); });
  };
  get("/mvcc/key/{db}/{table}/{handle}", &MvccApi::of_row);
  get("/mvcc/hex/{hexKey}", &MvccApi::of_hex);
  get("/mvcc/index/{db}/{table}/{index}/{handle}", &MvccApi::of_index);
  get("/mvcc/txn/{startTS}", &MvccApi::of_transaction);
  get("/mvcc/txn/{startTS}/{db}/{table}", &MvccApi::of_transaction);
}

HttpResponse MvccApi::of_key(const std::string& key) const {
  const auto bytes = cluster_.tikv().mvcc_get_by_key_raw(key);
  if (!bytes.ok()) return bad_request(bytes.status().message());
  kvrpcpb::MvccGetByKeyResponse response;
  if (!response.ParseFromString(*bytes)) return bad_request("the store's answer is damaged");
  return json_reply(
      {{"key", ascii_upper(to_hex(key))}, {"value", {{"info", info_json(response.info())}}}});
}

HttpResponse MvccApi::of_row(const HttpRequest& request) const {
  const auto found =
      find_physical_table(*domain_.schemas->current(), request.params[0], request.params[1]);
  if (!found.ok()) return bad_request(found.status().message());
  int64_t handle = 0;
  if (!parse_number(request.params[2], &handle)) {
    return bad_request("handle is not a number: " + request.params[2]);
  }
  return of_key(codec::record_key(found->id, handle));
}

HttpResponse MvccApi::of_hex(const HttpRequest& request) const {
  const auto key = from_hex(request.params[0]);
  if (!key.ok()) return bad_request(key.status().message());
  return of_key(*key);
}

HttpResponse MvccApi::of_index(const HttpRequest& request) const {
  const auto found =
      find_physical_table(*domain_.schemas->current(), request.params[0], request.params[1]);
  if (!found.ok()) return bad_request(found.status().message());
  int64_t handle = 0;
  if (!parse_number(request.params[3], &handle)) {
    return bad_request("handle is not a number: " + request.params[3]);
  }
  const std::string name = ascii_lower(request.params[2]);
  for (const IndexInfo& index : found->table->indexes) {
    if (index.name.l != name) continue;
    const auto row = row_of_query(*found->table, index, request);
    if (!row.ok()) return bad_request(row.status().message());
    const IndexPlace place{*found->table, index, found->id};
    return of_key(index_entry(place, *row, handle, codec::TimeZone()).key);
  }
  return bad_request("Index " + request.params[2] + " not found.");
}

HttpResponse MvccApi::of_transaction(const HttpRequest& request) const {
  uint64_t start_ts = 0;
  if (!parse_number(request.params[0], &start_ts)) {
    return bad_request("start ts is not a number: " + request.params[0]);
  }
  std::string start, end;
  if (request.params.size() > 1) {
    const auto found =
        find_physical_table(*domain_.schemas->current(), request.params[1], request.params[2]);
    if (!found.ok()) return bad_request(found.status().message());
    start = codec::table_prefix(found->id);
    end = codec::prefix_next(start);
  }
  const auto bytes = cluster_.tikv().mvcc_get_by_start_ts_raw(start_ts, start, end);
  if (!bytes.ok()) return bad_request(bytes.status().message());
  kvrpcpb::MvccGetByStartTsResponse response;
  if (!response.ParseFromString(*bytes)) return bad_request("the store's answer is damaged");
  const std::string& key = response.key();
  if (key.empty()) return json_reply(nullptr);
  if (key < start || (!end.empty() && key >= end)) {
    return bad_request("the first key of transaction " + request.params[0] + " is " +
                       ascii_upper(to_hex(key)) + ", outside of the table");
  }
  return json_reply({{"key", base64(key)}, {"info", info_json(response.info())}});
}

}  // namespace tbl::tidb
