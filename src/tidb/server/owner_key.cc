#include "tidb/server/owner_key.h"

#include "base/log.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

constexpr std::chrono::milliseconds kRetry{500};
constexpr std::chrono::milliseconds kLook{500};

Status taken_by(cluster::Etcd& etcd) {
  const auto other = etcd.get(OwnerKey::kKey);
  return already_exists("another tidb-server serves this cluster: " +
                        (other.ok() ? other->value : std::string("unknown")) +
                        "; this version allows one at a time");
}

/// Takes the key if nobody has it; with `again`, only if nobody else has had it either.
Result<bool> take_key(cluster::Etcd& etcd, const OwnerKey::Options& options, int64_t lease,
                      bool again) {
  cluster::EtcdCompare absent;
  absent.key = OwnerKey::kKey;
  absent.target = cluster::EtcdCompareTarget::kCreateRevision;
  std::vector<cluster::EtcdCompare> conditions{absent};
  if (again) {
    cluster::EtcdCompare ours;
    ours.key = OwnerKey::kLastKey;
    ours.target = cluster::EtcdCompareTarget::kValue;
    ours.value = options.uuid;
    conditions.push_back(ours);
  }
  TBL_ASSIGN(const auto done,
             etcd.txn(conditions, {cluster::EtcdOp::put(OwnerKey::kKey, options.who, lease),
                                   cluster::EtcdOp::put(OwnerKey::kLastKey, options.uuid)}));
  return done.succeeded;
}

}  // namespace

Result<std::unique_ptr<OwnerKey>> OwnerKey::take(cluster::Etcd& etcd, Options options) {
  TBL_ASSIGN(const cluster::EtcdLease lease, etcd.grant(options.ttl.count()));
  const auto deadline = std::chrono::steady_clock::now() + options.patience;
  bool said = false;
  while (true) {
    const auto taken = take_key(etcd, options, lease.id, false);
    if (!taken.ok()) {
      (void)etcd.revoke(lease.id);
      return taken.status().wrap("take the owner key");
    }
    if (*taken) break;
    // A predecessor that was killed leaves its key until its lease runs out.
    if (std::chrono::steady_clock::now() >= deadline) {
      (void)etcd.revoke(lease.id);
      return taken_by(etcd);
    }
    if (!said) log_info("waiting for the owner key of another tidb-server to run out");
    said = true;
    if (!wait_for(options.stop, kRetry)) return cancelled("stopped");
    if (auto renewed = etcd.keep_alive_once(lease.id); !renewed.ok()) return renewed.status();
  }
  return std::unique_ptr<OwnerKey>(new OwnerKey(etcd, lease, std::move(options)));
}

OwnerKey::OwnerKey(cluster::Etcd& etcd, cluster::EtcdLease lease, Options options)
    : etcd_(etcd), options_(std::move(options)), lease_(lease), keeper_(etcd.keep_alive(lease)) {
  watcher_ = Thread("owner_key", [this] { watch(); });
}

OwnerKey::~OwnerKey() {
  stop_.request_stop();
  watcher_.join();
  keeper_.reset();
  if (const Status status = etcd_.revoke(lease_.id); !status.ok()) {
    log_warn("the owner key stays until its lease runs out", {{"error", status}});
  }
}

Status OwnerKey::held() const {
  std::lock_guard lock(mutex_);
  if (keeper_->alive()) return ok_status();
  return sql_error(kErrInfoSchemaExpired,
                   "Information schema is out of date: schema failed to update in 1 lease, please "
                   "make sure TiDB can connect to TiKV");
}

void OwnerKey::watch() {
  bool had = true;
  while (wait_for(stop_.get_token(), kLook)) {
    if (held().ok()) {
      if (!had) log_info("the owner key is held again", {{"who", options_.who}});
      had = true;
      continue;
    }
    if (had) {
      log_error("the owner key's lease has run out: nothing is committed until PD is back",
                {{"who", options_.who}});
    }
    had = false;
    const auto regained = regain();
    if (!regained.ok() || *regained) continue;
    log_error("another tidb-server has taken the owner key", {{"who", options_.who}});
    if (options_.on_lost) options_.on_lost();
    return;
  }
}

Result<bool> OwnerKey::regain() {
  // An etcd that was away itself has not counted that time: then the key was ours all along.
  const auto renewed = etcd_.keep_alive_once(lease_.id);
  if (renewed.ok()) return true;
  if (renewed.status().code() != StatusCode::kNotFound) return renewed.status();
  TBL_ASSIGN(const cluster::EtcdLease lease, etcd_.grant(options_.ttl.count()));
  const auto taken = take_key(etcd_, options_, lease.id, true);
  if (!taken.ok() || !*taken) {
    (void)etcd_.revoke(lease.id);
    return taken;
  }
  auto keeper = etcd_.keep_alive(lease);
  std::lock_guard lock(mutex_);
  lease_ = lease;
  keeper_.swap(keeper);
  return true;
}

}  // namespace tbl::tidb
