#include "pd/meta_store.h"

#include <random>

namespace tbl::pd {
namespace {

constexpr char kClusterIdKey[] = "/pd/cluster_id";

}  // namespace

std::string encode_number(uint64_t value) {
  std::string out;
  put_be64(out, value);
  return out;
}

Result<uint64_t> decode_number(Bytes bytes, const std::string& key) {
  if (bytes.size() != sizeof(uint64_t)) {
    return data_loss("etcd key " + key + ": wants 8 bytes, has " + to_hex(bytes));
  }
  return get_be64(bytes.data());
}

Result<uint64_t> load_or_create_cluster_id(cluster::Etcd& etcd, int64_t unix_s) {
  const uint64_t fresh = static_cast<uint64_t>(unix_s) << 32 | std::random_device()();
  const Status created = etcd.create(kClusterIdKey, encode_number(fresh));
  if (!created.ok() && created.code() != StatusCode::kAlreadyExists) return created;
  TBL_ASSIGN(const auto present, etcd.get(kClusterIdKey));
  return decode_number(present.value, kClusterIdKey);
}

MetaStore::MetaStore(cluster::Etcd& etcd, uint64_t cluster_id)
    : etcd_(etcd), root_("/pd/" + std::to_string(cluster_id) + "/") {}

Result<std::optional<std::string>> MetaStore::get(const std::string& key) {
  auto found = etcd_.get(root_ + key);
  if (found.ok()) return std::optional<std::string>(std::move(found->value));
  if (found.status().code() == StatusCode::kNotFound) return std::optional<std::string>();
  return std::move(found).status();
}

Result<KeyValues> MetaStore::list(const std::string& prefix) {
  TBL_ASSIGN(auto range, etcd_.get_prefix(root_ + prefix));
  KeyValues values;
  for (auto& kv : range.kvs) {
    values.emplace_back(kv.key.substr(root_.size()), std::move(kv.value));
  }
  return values;
}

void MetaStore::set_fence(Fence fence) {
  std::lock_guard lock(mutex_);
  fence_ = std::move(fence);
}

std::optional<MetaStore::Fence> MetaStore::fence() const {
  std::lock_guard lock(mutex_);
  return fence_;
}

Result<std::optional<int64_t>> MetaStore::write(std::vector<cluster::EtcdCompare> conditions,
                                                const std::vector<cluster::EtcdOp>& then_ops) {
  const auto fence = this->fence();
  std::vector<cluster::EtcdOp> else_ops;
  if (fence) {
    cluster::EtcdCompare leads;
    leads.key = root_ + fence->key;
    leads.target = cluster::EtcdCompareTarget::kCreateRevision;
    leads.number = fence->create_revision;
    conditions.push_back(leads);
    else_ops.push_back(cluster::EtcdOp::get(leads.key));
  }
  TBL_ASSIGN(const auto done, etcd_.txn(conditions, then_ops, else_ops));
  if (done.succeeded) return std::optional<int64_t>(done.revision);
  if (!fence) return std::optional<int64_t>();
  const auto& now = done.ranges.at(0).kvs;
  if (!now.empty() && now[0].create_revision == fence->create_revision) {
    return std::optional<int64_t>();
  }
  return Status(StatusCode::kAborted, "this PD does not lead any more");
}

Status MetaStore::put(const std::string& key, const std::string& value) {
  return write({}, {cluster::EtcdOp::put(root_ + key, value)}).status();
}

Result<MetaStore::Versioned> MetaStore::get_versioned(const std::string& key) {
  auto found = etcd_.get(root_ + key);
  if (found.ok()) return Versioned{std::move(found->value), found->mod_revision};
  if (found.status().code() == StatusCode::kNotFound) return Versioned();
  return std::move(found).status();
}

Result<int64_t> MetaStore::put_after(const std::string& key, const std::string& value,
                                     int64_t revision) {
  cluster::EtcdCompare unchanged;
  unchanged.key = root_ + key;
  unchanged.target = cluster::EtcdCompareTarget::kModRevision;
  unchanged.number = revision;
  TBL_ASSIGN(const auto done, write({unchanged}, {cluster::EtcdOp::put(root_ + key, value)}));
  if (done) return *done;
  return Status(StatusCode::kAborted, "etcd key " + unchanged.key + " was written by someone else");
}

Status MetaStore::create(const KeyValues& values) {
  cluster::EtcdCompare absent;
  absent.key = root_ + values.at(0).first;
  absent.target = cluster::EtcdCompareTarget::kCreateRevision;
  std::vector<cluster::EtcdOp> puts;
  for (const auto& [key, value] : values) puts.push_back(cluster::EtcdOp::put(root_ + key, value));
  TBL_ASSIGN(const auto done, write({absent}, puts));
  return done ? ok_status() : already_exists(absent.key + " exists");
}

Status MetaStore::remove(const std::string& key) {
  return write({}, {cluster::EtcdOp::remove(root_ + key)}).status();
}

}  // namespace tbl::pd
