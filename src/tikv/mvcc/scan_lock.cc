#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"
#include "tikv/mvcc/errors.h"

namespace tbl::tikv {

Status scan_lock(Store& store, const kvrpcpb::ScanLockRequest& request,
                 kvrpcpb::ScanLockResponse* response) {
  const DataRange range = data_range(request.start_key(), request.end_key());
  const auto limit = request.limit() == 0 ? INT32_MAX : static_cast<int>(request.limit());
  const Snapshot snapshot(store.engine);
  Cursor locks = snapshot.cursor(Cf::kLock);
  for (locks.seek(range.lower); locks.valid() && locks.key() < range.upper; locks.next()) {
    if (response->locks_size() >= limit) return ok_status();
    TBL_ASSIGN(const auto lock, decode_lock(locks.value()));
    if (lock.start_ts > request.max_version()) continue;
    TBL_ASSIGN(const auto key, parse_data_key(locks.key()));
    fill_lock_info(key, lock, response->add_locks());
  }
  return locks.status();
}

}  // namespace tbl::tikv
