#include "tikv/region.h"

#include "proto/errorpb.pb.h"
#include "proto/kvrpcpb.pb.h"

namespace tbl::tikv {

bool LocalRegion::epoch_matches(const metapb::RegionEpoch& epoch, bool admin) const {
  const auto& own = meta_.region_epoch();
  return epoch.version() == own.version() && (!admin || epoch.conf_ver() == own.conf_ver());
}

bool LocalRegion::admits(const kvrpcpb::Context& context, bool admin, errorpb::Error* error) const {
  if (context.peer().store_id() != peer().store_id()) {
    error->set_message("store not match");
    error->mutable_store_not_match()->set_request_store_id(context.peer().store_id());
    error->mutable_store_not_match()->set_actual_store_id(peer().store_id());
  } else if (context.region_id() != meta_.id()) {
    error->set_message("region not found");
    error->mutable_region_not_found()->set_region_id(context.region_id());
  } else if (context.peer().id() != peer().id()) {
    error->set_message("mismatch peer id " + std::to_string(context.peer().id()) +
                       " != " + std::to_string(peer().id()));
  } else if (context.term() != 0 && context.term() + 1 < kTerm) {
    error->set_message("stale command");
    error->mutable_stale_command();
  } else if (!epoch_matches(context.region_epoch(), admin)) {
    error->set_message("stale epoch");
    *error->mutable_epoch_not_match()->add_current_regions() = meta_;
  } else {
    return true;
  }
  return false;
}

}  // namespace tbl::tikv
