// The fence: of all programs and dead connections that could write into this downstream, exactly
// one run does.
//
// Each connection that writes holds a named lock of its slot for life (GET_LOCK). What an earlier
// run left behind keeps its locks until the server is done with it, so whoever has got the lock
// knows that nothing more comes from there.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/stop.h"
#include "drainer/mysql/mark_ledger.h"
#include "drainer/mysql/session.h"
#include "drainer/mysql/state_tables.h"

namespace tbl::mysql {

/// Slots: connections in a fixed order, the same in every run.
constexpr size_t kControlSlot = 0;  ///< checkpoint
constexpr size_t kDdlSlot = 1;
constexpr size_t kFirstWorkerSlot = 2;

struct FenceOptions {
  uint64_t run = 0;
  uint32_t lock_wait_s = 10;
  /// True: the drainer of that node id, at that address, lives, and it is not the caller itself.
  std::function<bool(const std::string& node_id, const std::string& address)> is_alive =
      [](const auto&, const auto&) { return false; };
  bool checkpoint_is_here = true;  ///< false: it is kept on another server
  StopToken stop;
};

/// Any thread. Lives as long as the connections it gave out.
class Fence {
 public:
  Fence(const ConnectionFactory& factory, const StateTables& tables, MarkLedger& ledger,
        FenceOptions options);

  /// Finds out whether the server's named locks can be trusted: not with old TiDB, nor behind a
  /// proxy that pools connections. Without them the connections of the run before are killed by id.
  Status prove_locks();

  /// At start: a connection that holds its slot's lock. Connections of `before`, the run that was
  /// recorded last, are killed if they hold it, except a DDL that is still being executed: that is
  /// waited for, and so is the rollback of what is killed, however long it takes.
  /// kFailedPrecondition: another drainer is alive.
  Result<std::unique_ptr<Connection>> claim(size_t slot, const std::optional<RunRecord>& before);

  /// At start: waits until nothing is left at a slot that this run does not use.
  Status claim_and_release(size_t slot, const std::optional<RunRecord>& before);

  /// Once the run is recorded: a new connection for a slot whose old one is gone, once the server
  /// is done with the old one. kFailedPrecondition: another run has taken over. kDataLoss: this
  /// server lacks what was durable (a failover lost the tail): start again from its checkpoint.
  Result<std::unique_ptr<Connection>> reopen(size_t slot);

  std::vector<uint64_t> connection_ids() const;
  const ConnectionFactory& factory() const { return factory_; }

 private:
  Result<std::unique_ptr<Connection>> open(size_t slot) const;
  std::string lock_name(size_t slot) const;
  Result<bool> take_lock(Connection& connection, const std::string& name, uint32_t wait_s) const;
  Result<uint64_t> holder(Connection& connection, size_t slot, uint64_t recorded) const;
  Result<std::string> command_of(Connection& connection, uint64_t id) const;
  Result<std::unique_ptr<Connection>> open_locked(size_t slot,
                                                  const std::optional<RunRecord>& before) const;
  Result<bool> end(Connection& connection, size_t slot, uint64_t id) const;
  Status end_unless_own(Connection& connection, size_t slot, uint64_t id) const;
  Result<bool> kill(Connection& connection, uint64_t id) const;
  Result<bool> evict(Connection& connection, size_t slot, const RunRecord& before) const;
  Status evict_without_locks(Connection& connection, size_t slot, const RunRecord& before) const;
  Status verify(Connection& connection) const;
  Result<uint64_t> saved_ts(Connection& connection, uint64_t known_ts) const;
  void record(size_t slot, uint64_t id);

  const ConnectionFactory& factory_;
  const StateTables& tables_;
  MarkLedger& ledger_;
  const FenceOptions options_;
  const std::string lock_prefix_;
  bool locks_work_ = true;

  mutable std::mutex mutex_;
  std::vector<uint64_t> ids_;  // by slot
};

}  // namespace tbl::mysql
