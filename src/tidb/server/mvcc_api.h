// The status port's /mvcc/...: what the store holds of a key or a transaction.
#pragma once

#include "cluster/cluster.h"
#include "rpc/http.h"
#include "rpc/server.h"
#include "tidb/session/domain.h"

namespace tbl::tidb {

/// Handlers run on the server's pool threads. Owns nothing; must outlive the server. Replies are
/// the store's messages as TiDB 3.0 writes them: bytes in base64, keys also in upper-case hex.
class MvccApi {
 public:
  MvccApi(const Domain& domain, cluster::Cluster& cluster) : domain_(domain), cluster_(cluster) {}

  void add_to(rpc::Server& server);

 private:
  rpc::HttpResponse of_row(const rpc::HttpRequest& request) const;
  rpc::HttpResponse of_hex(const rpc::HttpRequest& request) const;
  rpc::HttpResponse of_index(const rpc::HttpRequest& request) const;
  rpc::HttpResponse of_transaction(const rpc::HttpRequest& request) const;
  rpc::HttpResponse of_key(const std::string& key) const;

  const Domain& domain_;
  cluster::Cluster& cluster_;
};

}  // namespace tbl::tidb
