// One real etcd for all tests of this folder, as PD's child.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "cluster/etcd.h"
#include "pd/etcd_child.h"
#include "pd/meta_store.h"

namespace tbl::pd {

/// Each test gets a MetaStore with a cluster id of its own.
class EtcdFixture : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pd-etcd-XXXXXX").string();
    dir_ = mkdtemp(pattern.data());
    EtcdChildOptions options;
    options.name = "pd";
    options.data_dir = dir_;
    options.advertise_client_urls = {"http://127.0.0.1:2379"};
    options.advertise_peer_urls = {"http://127.0.0.1:2380"};
    options.quota_backend_bytes = 1 << 30;
    options.auto_compaction_mode = "periodic";
    options.auto_compaction_retention = "1h";
    child_ = std::move(EtcdChild::start(options)).value();
    runtime_ = std::make_unique<rpc::ClientRuntime>();
    cluster::EtcdOptions client;
    client.endpoints = {child_->address()};
    client.sync_interval = std::chrono::milliseconds(0);
    etcd_ = std::make_unique<cluster::Etcd>(*runtime_, client);
    wait_until_ready();
  }
  static void TearDownTestSuite() {
    etcd_.reset();
    runtime_.reset();
    child_.reset();
    std::filesystem::remove_all(dir_);
  }
  static void wait_until_ready() {
    const StopSource never;
    for (int i = 0; i < 1000; ++i) {
      if (etcd_->get_prefix("/").ok()) return;
      wait_for(never.get_token(), std::chrono::milliseconds(20));
    }
    FAIL() << "etcd does not come up";
  }

  EtcdFixture() : meta(*etcd_, ++last_cluster_id_) {}
  static uint64_t cluster_id() { return last_cluster_id_; }

  MetaStore meta;

  inline static std::string dir_;
  inline static std::unique_ptr<EtcdChild> child_;
  inline static std::unique_ptr<rpc::ClientRuntime> runtime_;
  inline static std::unique_ptr<cluster::Etcd> etcd_;
  inline static uint64_t last_cluster_id_ = 100;
};

}  // namespace tbl::pd
