#include "cluster/etcd_convert.h"

namespace tbl::cluster {

using etcdserverpb::Compare;
using etcdserverpb::RangeRequest;

EtcdKeyValue to_key_value(const mvccpb::KeyValue& kv) {
  return {.key = kv.key(),
          .value = kv.value(),
          .create_revision = kv.create_revision(),
          .mod_revision = kv.mod_revision(),
          .version = kv.version(),
          .lease = kv.lease()};
}

EtcdRangeResult to_range_result(const etcdserverpb::RangeResponse& response) {
  EtcdRangeResult result;
  result.revision = response.header().revision();
  result.count = response.count();
  result.more = response.more();
  for (const auto& kv : response.kvs()) result.kvs.push_back(to_key_value(kv));
  return result;
}

void fill(const EtcdRange& range, RangeRequest* out) {
  out->set_key(range.key);
  out->set_range_end(range.end);
  out->set_limit(range.limit);
  out->set_revision(range.revision);
  out->set_keys_only(range.keys_only);
  if (range.oldest_first) {
    out->set_sort_order(RangeRequest::ASCEND);
    out->set_sort_target(RangeRequest::CREATE);
  }
}

void fill(const EtcdCompare& compare, Compare* out) {
  out->set_key(compare.key);
  switch (compare.result) {
    case EtcdCompareResult::kEqual:
      out->set_result(Compare::EQUAL);
      break;
    case EtcdCompareResult::kGreater:
      out->set_result(Compare::GREATER);
      break;
    case EtcdCompareResult::kLess:
      out->set_result(Compare::LESS);
      break;
    case EtcdCompareResult::kNotEqual:
      out->set_result(Compare::NOT_EQUAL);
      break;
  }
  switch (compare.target) {
    case EtcdCompareTarget::kVersion:
      out->set_target(Compare::VERSION);
      out->set_version(compare.number);
      break;
    case EtcdCompareTarget::kCreateRevision:
      out->set_target(Compare::CREATE);
      out->set_create_revision(compare.number);
      break;
    case EtcdCompareTarget::kModRevision:
      out->set_target(Compare::MOD);
      out->set_mod_revision(compare.number);
      break;
    case EtcdCompareTarget::kValue:
      out->set_target(Compare::VALUE);
      out->set_value(compare.value);
      break;
    case EtcdCompareTarget::kLease:
      out->set_target(Compare::LEASE);
      out->set_lease(compare.number);
      break;
  }
}

void fill(const EtcdOp& op, etcdserverpb::RequestOp* out) {
  switch (op.kind) {
    case EtcdOp::Kind::kRange:
      fill(op.range, out->mutable_request_range());
      break;
    case EtcdOp::Kind::kPut: {
      auto* put = out->mutable_request_put();
      put->set_key(op.key);
      put->set_value(op.value);
      put->set_lease(op.lease);
      break;
    }
    case EtcdOp::Kind::kDelete: {
      auto* remove = out->mutable_request_delete_range();
      remove->set_key(op.range.key);
      remove->set_range_end(op.range.end);
      break;
    }
  }
}

}  // namespace tbl::cluster
