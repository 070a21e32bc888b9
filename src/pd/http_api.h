// PD's HTTP API: /pd/api/v1/…, /pd/health, /pd/ping and /metrics.
#pragma once

#include <string>

#include "pd/options.h"
#include "pd/service.h"
#include "rpc/http.h"
#include "rpc/server.h"

namespace tbl::pd {

/// What people and tools read; replies as those of PD 5.4, indented by two spaces but for lists of
/// regions. A member that does not lead asks the leader for what only that one knows, and passes
/// the answer on. Any thread; `parts` must outlive the server.
class HttpApi {
 public:
  HttpApi(Parts& parts, const Options& options, int64_t start_s)
      : parts_(parts), options_(options), start_s_(start_s) {}
  void register_handlers(rpc::Server& server);

 private:
  void register_members(rpc::Server& server);
  void register_stores(rpc::Server& server);
  void register_regions(rpc::Server& server);
  void register_cluster(rpc::Server& server);

  /// The handler of the leader.
  void add(rpc::Server& server, const std::string& method, const std::string& pattern,
           rpc::HttpHandler handler);
  rpc::HttpResponse ask_leader(const rpc::HttpRequest& request) const;

  rpc::HttpResponse members() const;
  rpc::HttpResponse leader() const;
  rpc::HttpResponse resign(const std::string& to);
  rpc::HttpResponse health() const;
  bool serves(const MemberInfo& member) const;
  rpc::HttpResponse stores() const;
  rpc::HttpResponse store(const std::string& id) const;
  rpc::HttpResponse regions(const std::vector<RegionInfo>& regions) const;
  rpc::HttpResponse region(const std::optional<RegionInfo>& region) const;
  rpc::HttpResponse cluster_status() const;
  rpc::HttpResponse config() const;
  rpc::HttpResponse gc_safe_points() const;
  rpc::HttpResponse region_stats() const;
  /// Those the store has a peer of.
  std::vector<RegionInfo> regions_of(uint64_t store_id) const;

  Parts& parts_;
  const Options& options_;
  const int64_t start_s_;
};

}  // namespace tbl::pd
