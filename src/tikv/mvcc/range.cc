#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"

namespace tbl::tikv {
namespace {

Status erase(Store& store, Bytes start, Bytes end) {
  const DataRange range = data_range(start, end);
  if (range.lower >= range.upper) return ok_status();
  WriteSet edits;
  for (const Cf cf : {Cf::kDefault, Cf::kLock, Cf::kWrite}) {
    edits.erase_range(cf, range.lower, range.upper);
  }
  return store.engine.write(edits);
}

}  // namespace

Status delete_range(Store& store, const kvrpcpb::DeleteRangeRequest& request,
                    kvrpcpb::DeleteRangeResponse*) {
  // notify_only tells other replicas of a range that is gone already.
  if (request.notify_only()) return ok_status();
  return erase(store, request.start_key(), request.end_key());
}

Status unsafe_destroy_range(Store& store, const kvrpcpb::UnsafeDestroyRangeRequest& request,
                            kvrpcpb::UnsafeDestroyRangeResponse*) {
  return erase(store, request.start_key(), request.end_key());
}

}  // namespace tbl::tikv
