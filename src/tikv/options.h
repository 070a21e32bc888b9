// Command line and configuration file of tikv-server.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/config.h"
#include "base/log.h"
#include "base/status.h"
#include "rpc/tls.h"

namespace tbl::tikv {

/// The version of TiKV whose interface this is; PD's clients read it from the store's metadata.
inline constexpr char kApiVersion[] = "5.4.3";

/// For tests of clients: a cluster of many stores and regions that never comes to rest.
struct UnrestOptions {
  /// Addresses of further stores that this process stands for, over the same data.
  std::vector<std::string> store_addrs;
  std::chrono::milliseconds split_every{0};        ///< 0: never
  std::chrono::milliseconds move_leader_every{0};  ///< 0: never
  std::chrono::milliseconds election_time{0};      ///< at most; a moved region is without a leader
  std::chrono::milliseconds report_delay{0};       ///< at most; PD hears of a change so much later
  int max_regions = 32;                            ///< from then on regions are merged, too
  int busy_percent = 0;                            ///< of requests that are answered server_is_busy
  int64_t seed = 0;                                ///< 0: another one each time
};

/// What the program runs with; complete after parse_options().
struct Options {
  std::string addr = "127.0.0.1:20160";
  std::string advertise_addr;                   ///< addr
  std::string status_addr = "127.0.0.1:20180";  ///< empty: no status server
  std::string advertise_status_addr;            ///< status_addr
  std::string data_dir = "/tmp/tikv/store";
  std::vector<std::string> pd_endpoints{"127.0.0.1:2379"};
  std::vector<std::pair<std::string, std::string>> labels;
  uint64_t capacity_bytes = 0;  ///< 0: the disk's
  uint64_t block_cache_bytes = 128ULL << 20;
  int max_open_files = 1024;
  int worker_threads = 32;
  UnrestOptions unrest;
  LogOptions log;
  rpc::TlsOptions tls;
  std::string dump;  ///< all of it as JSON, for the log
};

/// Options, or how the program is to end (help, version, a mistake). Flags stand above the file.
/// Errors name the option or the file.
struct ParsedOptions {
  Options options;
  std::optional<CommandLineEnd> end;
};
Result<ParsedOptions> parse_options(const std::vector<std::string>& args);

}  // namespace tbl::tikv
