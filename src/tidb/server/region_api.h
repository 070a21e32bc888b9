// The status port's /regions/... and /tables/.../regions: where the data of tables lies.
#pragma once

#include "cluster/cluster.h"
#include "rpc/http.h"
#include "rpc/server.h"
#include "tidb/session/domain.h"

namespace tbl::tidb {

/// Handlers run on the server's pool threads. Owns nothing; must outlive the server.
class RegionApi {
 public:
  RegionApi(const Domain& domain, cluster::Cluster& cluster) : domain_(domain), cluster_(cluster) {}

  void add_to(rpc::Server& server);

 private:
  rpc::HttpResponse of_table(const rpc::HttpRequest& request) const;
  rpc::HttpResponse of_meta() const;
  rpc::HttpResponse detail(const rpc::HttpRequest& request) const;

  const Domain& domain_;
  cluster::Cluster& cluster_;
};

}  // namespace tbl::tidb
