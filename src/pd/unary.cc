#include "pd/unary.h"

#include "pd/election.h"
#include "proto/pdpb.pb.h"

namespace tbl::pd {

Status MethodGuard::check(const pdpb::RequestHeader& header) const {
  return leading_term() == 0 ? not_leader() : check_cluster_id(header);
}

Status MethodGuard::check_cluster_id(const pdpb::RequestHeader& header) const {
  if (header.cluster_id() == cluster_id()) return ok_status();
  return failed_precondition("mismatch cluster id, need " + std::to_string(cluster_id()) +
                             " but got " + std::to_string(header.cluster_id()));
}

bool MethodGuard::check_bootstrapped(pdpb::ResponseHeader* header) const {
  if (bootstrapped()) return true;
  header->mutable_error()->set_type(pdpb::NOT_BOOTSTRAPPED);
  header->mutable_error()->set_message("cluster is not bootstrapped");
  return false;
}

}  // namespace tbl::pd
