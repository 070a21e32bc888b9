// Drainer's options: flags, environment BINLOG_SERVER_*, TOML file; names and defaults are the
// original's.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/config.h"
#include "base/status.h"
#include "drainer/event_filter.h"
#include "drainer/filter.h"
#include "rpc/tls.h"

namespace tbl::drainer {

/// Where a database server is. Passwords are plain text here.
struct ServerAddress {
  std::string host;
  int port = 3306;
  std::string user;
  std::string password;
  rpc::TlsOptions tls;
};

struct CheckpointConfig {
  std::string type;  ///< "mysql", "tidb", or empty: in the downstream itself
  std::string schema = "tidb_binlog";
  std::string table = "checkpoint";
  ServerAddress server;  ///< where `type` is not empty
};

enum class SinkKind : uint8_t {
  kMysql,  ///< MySQL and MariaDB
  kTidb,
  kDiscard,  ///< "discard": takes everything, keeps nothing; for measurements
};

struct SyncerConfig {
  SinkKind sink = SinkKind::kMysql;
  ServerAddress to;
  std::map<std::string, std::string> session_params;
  int sync_mode = 1;  ///< 1 full columns, 2 columns that both sides have
  std::chrono::nanoseconds read_timeout{};
  CheckpointConfig checkpoint;
  std::optional<std::string> sql_mode;
  std::unordered_set<uint64_t> ignore_txn_commit_ts;
  FilterRules filter;
  EventFilterConfig events;
  int txn_batch = 20;
  int worker_count = 16;
  bool enable_dispatch = true;
  bool enable_detect = true;
  bool safe_mode = false;
  bool sync_ddl = true;
  bool loopback = false;
  int64_t channel_id = 0;
  std::string ddl_rules;                  ///< path of the rules' file; empty: none
  bool wait_after_ddl_error = false;      ///< `ddl-error = "wait"`
  bool replace_duplicate_rows = false;    ///< `duplicate-row = "warn"`
  bool stop_on_missing_row = false;       ///< `missing-row = "stop"`
  bool commit_in_upstream_order = false;  ///< `commit-order = "upstream"`
  bool whole_transactions = false;        ///< `transaction-atomicity = "whole"`
  std::string relay_dir;                  ///< `relay.log-dir`; empty: no relay log
  uint64_t relay_file_size = 10 << 20;    ///< `relay.max-file-size`
};

struct DrainerConfig {
  std::string node_id;
  std::string addr;            ///< "host:port" to listen on
  std::string advertise_addr;  ///< "host:port" in the registry
  std::string data_dir = "data.drainer";
  int detect_interval_s = 5;
  std::vector<std::string> pd_urls;
  std::string log_level = "info";
  std::string log_file;
  int64_t initial_commit_ts = -1;
  std::string compressor;
  int synced_check_minutes = 5;
  rpc::TlsOptions tls;
  ByteSize memory_limit{512ULL << 20};  ///< of binlogs and transactions on their way
  ByteSize spill_size{64ULL << 20};     ///< a larger binlog waits in a file in `data_dir`
  std::string metrics_addr;             ///< push gateway; empty: none
  int metrics_interval_s = 15;
  bool load_schema_snapshot = false;
  SyncerConfig syncer;

  std::string text;  ///< everything but passwords, for the start-up line
};

/// What the command line asks for.
struct DrainerCommand {
  std::optional<CommandLineEnd> end;  ///< help or a mistake: print and exit
  bool print_version = false;
  bool check_config = false;  ///< it is good: say so and exit
  bool dry_run = false;
  DrainerConfig config;  ///< valid unless one of the above is set
};

/// Reads and checks everything. Errors have the original's texts.
Result<DrainerCommand> parse_drainer_command(const std::vector<std::string>& args);

}  // namespace tbl::drainer
