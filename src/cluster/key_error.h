// What a store says about one key, as a Status. Inside of tikv*.cc only.
#pragma once

#include "base/status.h"

namespace kvrpcpb {
class KeyError;
class LockInfo;
}  // namespace kvrpcpb

namespace tbl::cluster {

/// kAborted: the transaction lost (conflict, rolled back, deadlock), a new one may win.
/// kAlreadyExists: an insert met the key. kFailedPrecondition: the commit ts is too low for a
/// reader that pushed it. kUnavailable: locked. Else kUnknown.
Status to_status(const kvrpcpb::KeyError& error);

/// kUnavailable, naming the key and the transaction that holds it.
Status lock_status(const kvrpcpb::LockInfo& lock);

}  // namespace tbl::cluster
