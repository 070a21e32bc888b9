#include "cluster/cluster.h"

#include <charconv>

namespace tbl::cluster {

Result<std::unique_ptr<Cluster>> Cluster::connect(const ClusterOptions& options) {
  std::unique_ptr<Cluster> cluster(new Cluster());
  cluster->runtime_ = std::make_unique<rpc::ClientRuntime>();
  PdOptions pd;
  pd.urls = options.pd_urls;
  pd.tls = options.tls;
  pd.connect_tries = options.connect_tries;
  pd.stop = options.stop;
  TBL_ASSIGN(cluster->pd_, PdClient::connect(*cluster->runtime_, pd));
  EtcdOptions etcd;
  etcd.endpoints = options.pd_urls;
  etcd.tls = options.tls;
  etcd.stop = options.stop;
  cluster->etcd_ = std::make_unique<Etcd>(*cluster->runtime_, etcd);
  cluster->registry_ = std::make_unique<Registry>(*cluster->etcd_);
  TikvOptions tikv;
  tikv.tls = options.tls;
  tikv.stop = options.stop;
  cluster->tikv_ = std::make_unique<TikvClient>(*cluster->pd_, tikv);
  return cluster;
}

Result<uint64_t> Cluster::gc_safe_point() {
  const std::string key = "/tidb/store/gcworker/saved_safe_point";
  const auto found = etcd_->get(key);
  if (!found.ok()) {
    if (found.status().code() == StatusCode::kNotFound) return uint64_t{0};
    return found.status();
  }
  uint64_t safe_point = 0;
  const std::string& text = found->value;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), safe_point);
  if (error != std::errc() || end != text.data() + text.size()) {
    return data_loss(key + ": not a number: " + text);
  }
  return safe_point;
}

}  // namespace tbl::cluster
