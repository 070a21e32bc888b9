#include "drainer/mysql/fence.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "base/crc32c.h"
#include "base/log.h"
#include "drainer/mysql/errors.h"

namespace tbl::mysql {
namespace {

constexpr int kEvictRounds = 6;
constexpr std::chrono::seconds kDdlPoll(1);
constexpr int kDdlPollsPerLogLine = 10;

std::string slot_name(size_t slot) {
  if (slot == kControlSlot) return "control";
  if (slot == kDdlSlot) return "ddl";
  return std::to_string(slot - kFirstWorkerSlot);
}

uint64_t number(const std::optional<std::string>& text) {
  uint64_t value = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

// Two hashes: 64 bits of a name that may be longer than a lock's name may be.
std::string prefix(const StateTables& tables) {
  std::string place = tables.schema() + '.' + tables.table();
  std::string hash;
  put_be32(hash, crc32c(place));
  put_be32(hash, crc32c(place, 1));
  return "tidb_binlog/" + std::to_string(tables.cluster_id()) + "/" + to_hex(hash) + "/";
}

uint64_t recorded_id(const RunRecord& run, size_t slot) {
  return slot < run.connection_ids.size() ? run.connection_ids[slot] : 0;
}

}  // namespace

Fence::Fence(const ConnectionFactory& factory, const StateTables& tables, MarkLedger& ledger,
             FenceOptions options)
    : factory_(factory),
      tables_(tables),
      ledger_(ledger),
      options_(std::move(options)),
      lock_prefix_(prefix(tables)) {}

std::string Fence::lock_name(size_t slot) const { return lock_prefix_ + slot_name(slot); }

Result<bool> Fence::take_lock(Connection& connection, const std::string& name,
                              uint32_t wait_s) const {
  TBL_ASSIGN(auto rows,
             connection.query("SELECT GET_LOCK('" + name + "'," + std::to_string(wait_s) + ")"));
  return !rows.empty() && number(rows[0][0]) == 1;
}

Status Fence::prove_locks() {
  TBL_ASSIGN(auto first, factory_.open());
  TBL_ASSIGN(auto second, factory_.open());
  std::string name = lock_prefix_ + "proof/" + std::to_string(options_.run % 1000000);
  auto taken = take_lock(*first, name, 0);
  auto taken_twice = take_lock(*second, name, 0);
  locks_work_ = taken.ok() && taken_twice.ok() && *taken && !*taken_twice;
  if (!locks_work_) {
    log_warn("the downstream's named locks do not work, two drainers by mistake are not noticed",
             {{"server", first->server_version()}});
  }
  return ok_status();
}

Result<std::unique_ptr<Connection>> Fence::open(size_t slot) const {
  return slot == kDdlSlot ? factory_.open_patient() : factory_.open();
}

Result<std::unique_ptr<Connection>> Fence::claim(size_t slot,
                                                 const std::optional<RunRecord>& before) {
  TBL_ASSIGN(auto connection, open_locked(slot, before));
  record(slot, connection->id());
  return connection;
}

Status Fence::claim_and_release(size_t slot, const std::optional<RunRecord>& before) {
  return open_locked(slot, before).status();
}

Result<std::unique_ptr<Connection>> Fence::open_locked(
    size_t slot, const std::optional<RunRecord>& before) const {
  TBL_ASSIGN(auto connection, open(slot));
  if (!locks_work_) {
    if (before) TBL_TRY(evict_without_locks(*connection, slot, *before));
    return connection;
  }
  for (int round = 1;; ++round) {
    TBL_ASSIGN(bool taken, take_lock(*connection, lock_name(slot), options_.lock_wait_s));
    if (taken) break;
    if (round >= kEvictRounds || options_.stop.stop_requested()) {
      return failed_precondition("another program holds the lock " + lock_name(slot));
    }
    TBL_ASSIGN(bool ending, evict(*connection, slot, before.value_or(RunRecord())));
    if (ending) round = 0;
  }
  return connection;
}

// Whoever holds the lock: a living drainer is left alone, what a dead one left behind is ended.
// True: it was there; the server may have much to roll back before it is gone.
Result<bool> Fence::evict(Connection& connection, size_t slot, const RunRecord& before) const {
  TBL_ASSIGN(uint64_t id, holder(connection, slot, recorded_id(before, slot)));
  if (id == 0) return false;
  if (!before.node_id.empty() && options_.is_alive(before.node_id, before.address)) {
    return failed_precondition("another drainer applies to this downstream: " + before.node_id +
                               " at " + before.address);
  }
  bool known = std::count(before.connection_ids.begin(), before.connection_ids.end(), id) > 0;
  if (!known) {
    return failed_precondition("connection " + std::to_string(id) + " holds the lock " +
                               lock_name(slot) + " and is of no drainer that is recorded");
  }
  return end(connection, slot, id);
}

Status Fence::evict_without_locks(Connection& connection, size_t slot,
                                  const RunRecord& before) const {
  uint64_t id = recorded_id(before, slot);
  if (id == 0 || id == connection.id()) return ok_status();
  if (options_.is_alive(before.node_id, before.address)) {
    return failed_precondition("another drainer applies to this downstream: " + before.node_id +
                               " at " + before.address);
  }
  return end(connection, slot, id).status();
}

// Kills a connection. A DDL that it executes is waited for instead, however long it takes. False:
// it was gone.
Result<bool> Fence::end(Connection& connection, size_t slot, uint64_t id) const {
  for (int polls = 0; slot == kDdlSlot; ++polls) {
    TBL_ASSIGN(std::string command, command_of(connection, id));
    if (command.empty() || command == "Sleep") break;
    if (polls % kDdlPollsPerLogLine == 0) {
      log_info("a DDL is still being executed on a connection that was lost, waiting for it",
               {{"connection", id}, {"seconds", polls}});
    }
    if (!wait_for(options_.stop, kDdlPoll)) return cancelled("waiting for a DDL was stopped");
  }
  return kill(connection, id);
}

// A server that was started again counts its connections from the beginning: the old id may by now
// be that of a connection we just made.
Status Fence::end_unless_own(Connection& connection, size_t slot, uint64_t id) const {
  std::vector<uint64_t> own = connection_ids();
  own.at(slot) = connection.id();
  if (std::count(own.begin(), own.end(), id) > 0) return ok_status();
  return end(connection, slot, id).status();
}

Result<uint64_t> Fence::holder(Connection& connection, size_t slot, uint64_t recorded) const {
  auto rows = connection.query("SELECT IS_USED_LOCK('" + lock_name(slot) + "')");
  if (is_lost(rows.status())) return rows.status();
  uint64_t id = rows.ok() && !rows->empty() ? number((*rows)[0][0]) : 0;
  if (connection.server_kind() == ServerKind::kTiDb) return recorded;
  return id;
}

Result<std::string> Fence::command_of(Connection& connection, uint64_t id) const {
  TBL_ASSIGN(auto rows,
             connection.query("SELECT command FROM information_schema.processlist WHERE id = " +
                              std::to_string(id)));
  return rows.empty() ? std::string() : rows[0][0].value_or("");
}

Result<bool> Fence::kill(Connection& connection, uint64_t id) const {
  TBL_ASSIGN(std::string command, command_of(connection, id));
  if (command.empty()) return false;
  if (command == "Killed") {
    log_info("the server has not done with a connection that was killed, waiting for it",
             {{"connection", id}});
    return true;
  }
  log_warn("killing a connection that an earlier run left behind", {{"connection", id}});
  Status killed = connection.exec("KILL " + std::to_string(id));
  if (error_number(killed) == kErrNoSuchThread) return false;
  TBL_TRY(std::move(killed));
  return true;
}

void Fence::record(size_t slot, uint64_t id) {
  std::lock_guard lock(mutex_);
  if (ids_.size() <= slot) ids_.resize(slot + 1);
  ids_[slot] = id;
}

std::vector<uint64_t> Fence::connection_ids() const {
  std::lock_guard lock(mutex_);
  return ids_;
}

Result<std::unique_ptr<Connection>> Fence::reopen(size_t slot) {
  TBL_ASSIGN(auto connection, open(slot));
  uint64_t old_id = connection_ids().at(slot);
  bool taken = !locks_work_;
  if (!locks_work_) TBL_TRY(end_unless_own(*connection, slot, old_id));
  for (int round = 1; !taken; ++round) {
    TBL_ASSIGN(taken, take_lock(*connection, lock_name(slot), options_.lock_wait_s));
    if (taken || options_.stop.stop_requested()) break;
    TBL_ASSIGN(uint64_t id, holder(*connection, slot, old_id));
    if (id != 0 && id != old_id) return failed_precondition("another drainer has taken over");
    if (round >= kEvictRounds) return unavailable("the old connection does not go away");
    if (id != old_id) continue;
    TBL_ASSIGN(bool ending, end(*connection, slot, old_id));
    if (ending) round = 0;
  }
  if (!taken) return cancelled("connecting was stopped");
  TBL_TRY(verify(*connection));
  record(slot, connection->id());
  TBL_TRY(connection->exec(tables_.save_connections_sql(options_.run, connection_ids())));
  return connection;
}

// The K that the server has, which must not be behind the one we know to be saved.
Result<uint64_t> Fence::saved_ts(Connection& connection, uint64_t known_ts) const {
  if (!options_.checkpoint_is_here) return ledger_.view().saved_ts;
  TBL_ASSIGN(auto checkpoint, tables_.load_checkpoint(connection));
  uint64_t saved = checkpoint ? checkpoint->commit_ts : 0;
  if (saved >= known_ts) return saved;
  return data_loss("the server's checkpoint " + std::to_string(saved) + " is behind " +
                   std::to_string(known_ts) + ", which was saved");
}

Status Fence::verify(Connection& connection) const {
  // Taken before asking: what is deleted in between lies at or below the K that is read then.
  MarkLedger::View known = ledger_.view();
  TBL_ASSIGN(auto run, tables_.load_run(connection));
  if (!run) return data_loss("the server does not know this run any more");
  if (run->run != options_.run) {
    return failed_precondition("another drainer has taken over: " + run->node_id + " at " +
                               run->address);
  }
  TBL_ASSIGN(auto numbers, tables_.load_mark_numbers(connection, options_.run));
  std::unordered_set<uint64_t> present(numbers.begin(), numbers.end());
  TBL_ASSIGN(uint64_t saved, saved_ts(connection, known.saved_ts));
  for (const auto& [mark, high_ts] : known.high_ts_by_number) {
    if (present.count(mark) > 0 || high_ts <= saved) continue;
    return data_loss("the server lost transactions that were durable, the last with commit ts " +
                     std::to_string(high_ts));
  }
  return ok_status();
}

}  // namespace tbl::mysql
