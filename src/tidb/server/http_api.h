// The status port's HTTP API, with TiDB's paths and answers.
#pragma once

#include <functional>
#include <string>

#include "cluster/cluster.h"
#include "rpc/http.h"
#include "rpc/server.h"
#include "tidb/binlog/pump_client.h"
#include "tidb/server/config.h"
#include "tidb/server/mvcc_api.h"
#include "tidb/server/region_api.h"
#include "tidb/session/domain.h"

namespace tbl::tidb {

/// Handlers run on the server's pool threads. Must outlive the server.
class HttpApi {
 public:
  struct Parts {
    const TidbConfig& config;
    Domain& domain;
    cluster::Cluster& cluster;
    PumpClient* pumps;  ///< null: no binlog
    std::string ddl_id;
    std::function<size_t()> connections;
  };
  explicit HttpApi(Parts parts)
      : parts_(std::move(parts)),
        mvcc_(parts_.domain, parts_.cluster),
        regions_(parts_.domain, parts_.cluster) {}

  void add_to(rpc::Server& server);

 private:
  rpc::HttpResponse status() const;
  rpc::HttpResponse info() const;
  rpc::HttpResponse info_all() const;
  rpc::HttpResponse settings() const;
  rpc::HttpResponse change_settings(const rpc::HttpRequest& request) const;
  rpc::HttpResponse schema(const rpc::HttpRequest& request) const;
  rpc::HttpResponse schema_of(const std::string& db, const std::string& table) const;
  rpc::HttpResponse db_table(const std::string& id) const;
  rpc::HttpResponse ddl_history(const rpc::HttpRequest& request) const;
  rpc::HttpResponse binlog_recover(const rpc::HttpRequest& request) const;

  const Parts parts_;
  MvccApi mvcc_;
  RegionApi regions_;
};

}  // namespace tbl::tidb
