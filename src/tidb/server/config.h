// Options of tidb-server: command line over tidb.toml over TiDB 3.0's standard values.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/config.h"
#include "base/log.h"
#include "rpc/tls.h"

namespace tbl::tidb {

struct TidbConfig {
  std::string host = "0.0.0.0";
  std::string advertise_address;
  int port = 4000;
  std::string socket;  ///< unix socket; empty: none
  std::vector<std::string> pd_urls;
  std::string store = "mocktikv";
  std::string path = "/tmp/tidb";
  bool run_ddl = true;
  std::string lease = "45s";
  int64_t token_limit = 1000;
  int64_t mem_quota_query = 34359738368;
  std::string server_version;  ///< empty: the one of this release
  std::string cors;

  LogOptions log;
  std::string slow_query_file = "tidb-slow.log";
  int64_t slow_threshold_ms = 300;

  bool skip_grant_table = false;
  rpc::TlsOptions client_tls;   ///< MySQL clients
  rpc::TlsOptions cluster_tls;  ///< PD, TiKV, pumps, the status port

  bool report_status = true;
  std::string status_host = "0.0.0.0";
  int status_port = 10080;

  bool binlog = false;
  bool binlog_ignore_error = false;
  std::chrono::milliseconds binlog_write_timeout{15000};
  std::string binlog_socket;
  std::string binlog_strategy = "range";

  int64_t txn_total_size_limit = 104857600;
  std::string text;  ///< all of it, for the log
};

struct TidbCommand {
  TidbConfig config;
  bool print_version = false;
  bool config_check = false;
  std::optional<CommandLineEnd> end;
};

/// Unknown keys of the file are warned about; with -config-strict they are an error.
Result<TidbCommand> parse_tidb_command(const std::vector<std::string>& args);

/// The eight lines of tidb_version() and -V, without a newline at the end.
std::string tidb_version_text();

}  // namespace tbl::tidb
