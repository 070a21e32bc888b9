// Between etcd's messages and our structs. Inside of etcd*.cc only.
#pragma once

#include "cluster/etcd.h"
#include "proto/etcdserverpb.pb.h"

namespace tbl::cluster {

EtcdKeyValue to_key_value(const mvccpb::KeyValue& kv);
EtcdRangeResult to_range_result(const etcdserverpb::RangeResponse& response);
void fill(const EtcdRange& range, etcdserverpb::RangeRequest* out);
void fill(const EtcdCompare& compare, etcdserverpb::Compare* out);
void fill(const EtcdOp& op, etcdserverpb::RequestOp* out);

}  // namespace tbl::cluster
