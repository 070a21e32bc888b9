#include "cluster/etcd.h"

#include "cluster/etcd_calls.h"
#include "cluster/etcd_convert.h"
#include "cluster/etcd_lease.h"
#include "cluster/etcd_watch.h"
#include "proto/etcdserverpb.pb.h"

namespace tbl::cluster {

using Kind = EtcdCalls::Kind;

class Etcd::Impl {
 public:
  Impl(rpc::ClientRuntime& runtime, const EtcdOptions& options) : calls(runtime, options) {}
  EtcdCalls calls;
};

Etcd::Etcd(rpc::ClientRuntime& runtime, EtcdOptions options)
    : impl_(std::make_unique<Impl>(runtime, options)) {}
Etcd::~Etcd() = default;

EtcdOp EtcdOp::get(std::string key) {
  EtcdOp op;
  op.kind = Kind::kRange;
  op.range.key = std::move(key);
  return op;
}

EtcdOp EtcdOp::put(std::string key, std::string value, int64_t lease) {
  EtcdOp op;
  op.kind = Kind::kPut;
  op.key = std::move(key);
  op.value = std::move(value);
  op.lease = lease;
  return op;
}

EtcdOp EtcdOp::remove(std::string key, std::string end) {
  EtcdOp op;
  op.kind = Kind::kDelete;
  op.range.key = std::move(key);
  op.range.end = std::move(end);
  return op;
}

Result<EtcdRangeResult> Etcd::range(const EtcdRange& range) {
  etcdserverpb::RangeRequest request;
  fill(range, &request);
  etcdserverpb::RangeResponse response;
  TBL_TRY(impl_->calls.call("/etcdserverpb.KV/Range", request, &response, Kind::kRead));
  return to_range_result(response);
}

Result<EtcdKeyValue> Etcd::get(const std::string& key) {
  EtcdRange one;
  one.key = key;
  TBL_ASSIGN(EtcdRangeResult found, range(one));
  if (found.kvs.empty()) return not_found("key " + key + " in etcd not found");
  return std::move(found.kvs.front());
}

Result<EtcdRangeResult> Etcd::get_prefix(const std::string& prefix) {
  EtcdRange all;
  all.key = prefix;
  all.end = etcd_prefix_end(prefix);
  return range(all);
}

Result<int64_t> Etcd::put(const std::string& key, const std::string& value, int64_t lease) {
  etcdserverpb::PutRequest request;
  request.set_key(key);
  request.set_value(value);
  request.set_lease(lease);
  etcdserverpb::PutResponse response;
  TBL_TRY(impl_->calls.call("/etcdserverpb.KV/Put", request, &response, Kind::kWrite));
  return response.header().revision();
}

Status Etcd::create(const std::string& key, const std::string& value, int64_t lease) {
  EtcdCompare missing;
  missing.key = key;
  TBL_ASSIGN(const auto result, txn({missing}, {EtcdOp::put(key, value, lease)}));
  if (result.succeeded) return ok_status();
  return already_exists("key " + key + " in etcd already exists");
}

Status Etcd::update(const std::string& key, const std::string& value, int64_t lease) {
  EtcdCompare present;
  present.key = key;
  present.result = EtcdCompareResult::kGreater;
  TBL_ASSIGN(const auto result, txn({present}, {EtcdOp::put(key, value, lease)}));
  if (result.succeeded) return ok_status();
  return not_found("key " + key + " in etcd not found");
}

namespace {

Result<int64_t> remove_range(EtcdCalls& calls, const std::string& key, const std::string& end) {
  etcdserverpb::DeleteRangeRequest request;
  request.set_key(key);
  request.set_range_end(end);
  etcdserverpb::DeleteRangeResponse response;
  TBL_TRY(calls.call("/etcdserverpb.KV/DeleteRange", request, &response, Kind::kWrite));
  return response.deleted();
}

}  // namespace

Result<int64_t> Etcd::remove(const std::string& key) { return remove_range(impl_->calls, key, ""); }

Result<int64_t> Etcd::remove_prefix(const std::string& prefix) {
  return remove_range(impl_->calls, prefix, etcd_prefix_end(prefix));
}

Result<EtcdTxnResult> Etcd::txn(const std::vector<EtcdCompare>& conditions,
                                const std::vector<EtcdOp>& then_ops,
                                const std::vector<EtcdOp>& else_ops) {
  etcdserverpb::TxnRequest request;
  for (const auto& condition : conditions) fill(condition, request.add_compare());
  for (const auto& op : then_ops) fill(op, request.add_success());
  for (const auto& op : else_ops) fill(op, request.add_failure());
  etcdserverpb::TxnResponse response;
  TBL_TRY(impl_->calls.call("/etcdserverpb.KV/Txn", request, &response, Kind::kWrite));
  EtcdTxnResult result;
  result.succeeded = response.succeeded();
  result.revision = response.header().revision();
  for (const auto& one : response.responses()) {
    result.ranges.push_back(to_range_result(one.response_range()));
  }
  return result;
}

Result<EtcdLease> Etcd::grant(int64_t ttl_s, int64_t id) {
  etcdserverpb::LeaseGrantRequest request;
  request.set_ttl(ttl_s);
  request.set_id(id);
  etcdserverpb::LeaseGrantResponse response;
  TBL_TRY(impl_->calls.call("/etcdserverpb.Lease/LeaseGrant", request, &response, Kind::kWrite));
  if (!response.error().empty()) return unknown_error("etcd: lease: " + response.error());
  return EtcdLease{.id = response.id(), .ttl_s = response.ttl()};
}

Status Etcd::revoke(int64_t lease_id) {
  etcdserverpb::LeaseRevokeRequest request;
  request.set_id(lease_id);
  etcdserverpb::LeaseRevokeResponse response;
  return impl_->calls.call("/etcdserverpb.Lease/LeaseRevoke", request, &response, Kind::kWrite);
}

Result<int64_t> Etcd::keep_alive_once(int64_t lease_id) {
  etcdserverpb::LeaseKeepAliveRequest request;
  request.set_id(lease_id);
  etcdserverpb::LeaseKeepAliveResponse response;
  TBL_TRY(impl_->calls.call("/etcdserverpb.Lease/LeaseKeepAlive", request, &response, Kind::kRead));
  if (response.ttl() <= 0) return not_found("etcdserver: requested lease not found");
  return response.ttl();
}

std::unique_ptr<EtcdLeaseKeeper> Etcd::keep_alive(const EtcdLease& lease) {
  return std::make_unique<EtcdLeaseThread>(*this, lease, impl_->calls.options().stop);
}

std::unique_ptr<EtcdWatcher> Etcd::watch(const std::string& prefix, int64_t from_revision,
                                         std::function<void(const EtcdWatchBatch&)> handler) {
  return std::make_unique<EtcdWatchThread>(impl_->calls, prefix, from_revision, std::move(handler));
}

Status Etcd::sync_endpoints() { return impl_->calls.sync(); }

std::vector<std::string> Etcd::endpoints() const { return impl_->calls.addresses(); }

std::string etcd_prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty()) {
    if (static_cast<unsigned char>(end.back()) != 0xff) {
      ++end.back();
      return end;
    }
    end.pop_back();
  }
  return std::string(1, '\0');
}

}  // namespace tbl::cluster
