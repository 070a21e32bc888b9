#include <algorithm>

#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"
#include "tikv/mvcc/errors.h"

namespace tbl::tikv {
namespace {

using Steady = std::chrono::steady_clock;

/// What a wait_timeout of 0 means, and the longest that a request is held back: clients look in
/// between whether the lock's owner is still alive.
constexpr std::chrono::milliseconds kLongestWait(1000);

void set_deadline(const kvrpcpb::PessimisticLockRequest& request, LockWait* wait) {
  if (wait->deadline != Steady::time_point()) return;
  auto timeout = kLongestWait;
  if (request.wait_timeout() != 0) {
    timeout = std::chrono::milliseconds(
        std::clamp<int64_t>(request.wait_timeout(), 0, kLongestWait.count()));
  }
  wait->deadline = Steady::now() + timeout;
}

/// The lock in the way, when it is the only thing that is.
const kvrpcpb::LockInfo* obstacle(const kvrpcpb::PessimisticLockResponse& response) {
  if (response.errors_size() != 1 || !response.errors(0).has_locked()) return nullptr;
  return &response.errors(0).locked();
}

}  // namespace

Status lock_or_wait(Store& store, const kvrpcpb::PessimisticLockRequest& request,
                    kvrpcpb::PessimisticLockResponse* response, LockWait* wait) {
  wait->ticket.reset();
  set_deadline(request, wait);
  std::string waits_for;
  uint64_t holder = 0;
  while (true) {
    response->Clear();
    const Status status = pessimistic_lock(store, request, response);
    const auto* lock = status.ok() ? obstacle(*response) : nullptr;
    const bool willing =
        lock != nullptr && request.wait_timeout() >= 0 && Steady::now() < wait->deadline;
    // The second look, after entering, found the same lock: a release from here on is told.
    if (willing && wait->ticket && lock->key() == waits_for && lock->lock_version() == holder)
      break;
    if (wait->ticket) store.lock_waits.leave(*wait->ticket);
    wait->ticket.reset();
    if (!willing) return status;
    waits_for = lock->key();
    holder = lock->lock_version();
    const auto entry =
        store.lock_waits.enter({waits_for, request.start_version(), holder, wait->deadline});
    if (entry.deadlock_key) {
      response->mutable_errors(0)->Clear();
      set_deadlock(Key(waits_for), holder, Key(*entry.deadlock_key), response->mutable_errors(0));
      return ok_status();
    }
    wait->ticket = entry.ticket;
  }
  return ok_status();
}

}  // namespace tbl::tikv
