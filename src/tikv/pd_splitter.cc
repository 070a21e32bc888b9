#include "tikv/pd_splitter.h"

#include "base/log.h"
#include "proto/pdpb.pb.h"

namespace tbl::tikv {

Result<std::vector<RegionPtr>> PdSplitter::split(const RegionPtr& region,
                                                 const std::vector<std::string>& keys) {
  pdpb::AskBatchSplitRequest request;
  request.mutable_header()->set_cluster_id(pd_.cluster_id());
  *request.mutable_region() = region->meta;
  request.set_split_count(static_cast<uint32_t>(keys.size()));
  pdpb::AskBatchSplitResponse response;
  TBL_TRY(pd_.call("AskBatchSplit", request, &response).wrap("ask PD for the ids of a split"));
  if (response.header().error().type() != pdpb::OK) {
    return unavailable("PD AskBatchSplit: " + response.header().error().message());
  }
  std::vector<SplitIds> ids;
  for (const auto& one : response.ids()) {
    ids.push_back({one.new_region_id(), {one.new_peer_ids().begin(), one.new_peer_ids().end()}});
  }
  TBL_ASSIGN(auto parts, regions_.split(region, keys, ids));
  log_info("region split", {{"region", region->meta.id()},
                            {"parts", parts.size()},
                            {"version", parts.front()->meta.region_epoch().version()}});
  return parts;
}

}  // namespace tbl::tikv
