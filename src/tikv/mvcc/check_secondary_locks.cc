#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"
#include "tikv/mvcc/errors.h"

namespace tbl::tikv {

Status check_secondary_locks(Store& store, const kvrpcpb::CheckSecondaryLocksRequest& request,
                             kvrpcpb::CheckSecondaryLocksResponse* response) {
  const auto keys = to_keys(request.keys());
  const uint64_t start_ts = request.start_version();
  WriteCommand command(store, keys);
  for (const auto& key : keys) {
    TBL_ASSIGN(auto lock, command.reader().lock(key));
    if (lock && lock->start_ts != start_ts) lock.reset();
    // A pessimistic lock was never prewritten: its transaction cannot have committed.
    if (lock && lock->type != LockType::kPessimistic) {
      fill_lock_info(key, *lock, response->add_locks());
      continue;
    }
    // One key without a lock decides for all of them.
    response->clear_locks();
    TBL_ASSIGN(const auto outcome, command.reader().outcome(key, start_ts));
    response->set_commit_ts(outcome.commit_ts);
    if (outcome.kind == Outcome::Kind::kUnknown) {
      TBL_TRY(command.roll_back(key, start_ts, lock));
    }
    break;
  }
  return command.apply(Durability::kOnDisk);
}

}  // namespace tbl::tikv
