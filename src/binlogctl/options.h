// The command line of binlogctl. It has no config file.
#pragma once

#include <string>
#include <vector>

#include "base/config.h"
#include "rpc/tls.h"

namespace tbl::binlogctl {

struct Options {
  std::string command = "pumps";
  std::string pd_urls = "http://127.0.0.1:2379";
  std::string node_id;
  std::string state;
  std::string data_dir = "binlog_position";
  std::string time_zone;
  bool show_offline_nodes = false;
  std::string text;
  rpc::TlsOptions tls;
  bool print_version = false;
};

/// Declares every flag on `spec`.
void declare_options(Options& options, ConfigSpec& spec);

}  // namespace tbl::binlogctl
