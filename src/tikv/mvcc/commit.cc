#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"
#include "tikv/mvcc/errors.h"

namespace tbl::tikv {
namespace {

/// Edits for one key, or an error in the answer (false). `*decides`: the key is the primary, whose
/// record commits the whole transaction.
Result<bool> commit_key(WriteCommand& command, const kvrpcpb::CommitRequest& request,
                        const Key& key, kvrpcpb::CommitResponse* response, bool* decides) {
  const uint64_t start_ts = request.start_version();
  TBL_ASSIGN(const auto lock, command.reader().lock(key));
  if (lock && lock->start_ts == start_ts) {
    if (request.commit_version() < lock->min_commit_ts) {
      auto* expired = response->mutable_error()->mutable_commit_ts_expired();
      expired->set_start_ts(start_ts);
      expired->set_attempted_commit_ts(request.commit_version());
      expired->set_key(key.raw());
      expired->set_min_commit_ts(lock->min_commit_ts);
      return false;
    }
    TBL_TRY(command.commit(key, *lock, request.commit_version()));
    *decides = *decides || lock->primary == key.raw();
    return true;
  }
  TBL_ASSIGN(const auto outcome, command.reader().outcome(key, start_ts));
  if (outcome.kind == Outcome::Kind::kCommitted) return true;
  set_lock_not_found(key, start_ts, response->mutable_error());
  return false;
}

}  // namespace

Status commit(Store& store, const kvrpcpb::CommitRequest& request,
              kvrpcpb::CommitResponse* response) {
  const auto keys = to_keys(request.keys());
  WriteCommand command(store, keys);
  bool decides = false;
  for (const auto& key : keys) {
    TBL_ASSIGN(const bool good, commit_key(command, request, key, response, &decides));
    if (!good) return ok_status();
  }
  return command.apply(decides ? Durability::kOnDisk : Durability::kInOrder);
}

}  // namespace tbl::tikv
