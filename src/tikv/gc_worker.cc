#include "tikv/gc_worker.h"

#include "base/log.h"
#include "proto/kvrpcpb.pb.h"
#include "proto/pdpb.pb.h"
#include "tikv/mvcc/commands.h"

namespace tbl::tikv {
namespace {

constexpr std::chrono::milliseconds kSafePointInterval(10000);

}  // namespace

GcWorker::GcWorker(Store& store, PdSession& pd)
    : store_(store), pd_(pd), thread_("gc", [this] { run(); }) {}

GcWorker::~GcWorker() { stop_.request_stop(); }

void GcWorker::run() {
  while (wait_for(stop_.get_token(), kSafePointInterval)) {
    const Status status = collect_up_to_safe_point();
    if (!status.ok()) log_warn("garbage collection failed", {{"error", status}});
  }
}

Status GcWorker::collect_up_to_safe_point() {
  pdpb::GetGCSafePointRequest request;
  request.mutable_header()->set_cluster_id(pd_.cluster_id());
  pdpb::GetGCSafePointResponse response;
  TBL_TRY(pd_.call("GetGCSafePoint", request, &response));
  if (response.safe_point() <= collected_) return ok_status();
  kvrpcpb::GCRequest collect;
  collect.set_safe_point(response.safe_point());
  kvrpcpb::GCResponse done;
  TBL_TRY(gc(store_, collect, &done));
  collected_ = response.safe_point();
  log_info("garbage collected", {{"safe point", collected_}});
  return ok_status();
}

}  // namespace tbl::tikv
