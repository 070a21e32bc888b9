#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"
#include "tikv/mvcc/errors.h"

namespace tbl::tikv {
namespace {

/// Rolls the transaction back on one key unless it is known how it ended there; tells how it ends.
Result<Outcome> settle_as_rolled_back(WriteCommand& command, const Key& key, uint64_t start_ts) {
  TBL_ASSIGN(auto lock, command.reader().lock(key));
  if (lock && lock->start_ts != start_ts) lock.reset();
  if (!lock) {
    TBL_ASSIGN(const auto outcome, command.reader().outcome(key, start_ts));
    if (outcome.kind != Outcome::Kind::kUnknown) return outcome;
  }
  TBL_TRY(command.roll_back(key, start_ts, lock));
  return Outcome{Outcome::Kind::kRolledBack, 0};
}

}  // namespace

Status batch_rollback(Store& store, const kvrpcpb::BatchRollbackRequest& request,
                      kvrpcpb::BatchRollbackResponse* response) {
  const auto keys = to_keys(request.keys());
  const uint64_t start_ts = request.start_version();
  WriteCommand command(store, keys);
  for (const auto& key : keys) {
    TBL_ASSIGN(const auto outcome, settle_as_rolled_back(command, key, start_ts));
    if (outcome.kind == Outcome::Kind::kCommitted) {
      set_already_committed(start_ts, outcome.commit_ts, response->mutable_error());
      return ok_status();
    }
  }
  return command.apply(Durability::kOnDisk);
}

Status cleanup(Store& store, const kvrpcpb::CleanupRequest& request,
               kvrpcpb::CleanupResponse* response) {
  const std::vector<Key> keys{Key(request.key())};
  const uint64_t start_ts = request.start_version();
  WriteCommand command(store, keys);
  TBL_ASSIGN(const auto lock, command.reader().lock(keys[0]));
  const bool own = lock && lock->start_ts == start_ts;
  if (own && request.current_ts() > 0 && !lock->expired_at(request.current_ts())) {
    set_locked(keys[0], *lock, response->mutable_error());
    return ok_status();
  }
  TBL_ASSIGN(const auto outcome, settle_as_rolled_back(command, keys[0], start_ts));
  response->set_commit_version(outcome.commit_ts);
  return command.apply(Durability::kOnDisk);
}

}  // namespace tbl::tikv
