#include "tidb/server/owner_key.h"

#include "base/log.h"

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

}  // namespace

Result<std::unique_ptr<OwnerKey>> OwnerKey::take(cluster::Etcd& etcd, Options options) {
  TBL_ASSIGN(const cluster::EtcdLease lease, etcd.grant(options.ttl.count()));
  const auto deadline = std::chrono::steady_clock::now() + options.patience;
  bool said = false;
  while (true) {
    const Status created = etcd.create(kKey, options.who, lease.id);
    if (created.ok()) break;
    if (created.code() != StatusCode::kAlreadyExists) {
      (void)etcd.revoke(lease.id);
      return created.wrap("take the owner key");
    }
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
    : etcd_(etcd), lease_(lease), options_(std::move(options)), keeper_(etcd.keep_alive(lease)) {
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

void OwnerKey::watch() {
  while (wait_for(stop_.get_token(), kLook)) {
    if (keeper_->alive()) continue;
    log_error("the owner key's lease is gone", {{"who", options_.who}});
    if (options_.on_lost) options_.on_lost();
    return;
  }
}

}  // namespace tbl::tidb
