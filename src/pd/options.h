// Command line and configuration file of pd-server.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/config.h"
#include "base/log.h"
#include "base/status.h"
#include "rpc/tls.h"

namespace tbl::pd {

/// The version of PD whose interface this is: clients choose what they call by it.
inline constexpr char kApiVersion[] = "v5.4.3";

/// What the program runs with; complete after parse_options().
struct Options {
  std::string name = "pd";
  std::string data_dir;  ///< default.<name>
  std::vector<std::string> client_urls{"http://127.0.0.1:2379"};
  std::vector<std::string> advertise_client_urls;  ///< client_urls
  std::vector<std::string> peer_urls{"http://127.0.0.1:2380"};
  std::vector<std::string> advertise_peer_urls;  ///< peer_urls
  /// All members that begin the cluster, "<name>=<peer url>,..."; empty: this one, alone for ever.
  std::string initial_cluster;
  std::vector<std::string> join;  ///< client urls of a cluster to become a member of
  std::chrono::seconds lease{3};  ///< of the leadership
  std::chrono::milliseconds tso_save_interval{3000};
  int64_t quota_backend_bytes = 8LL << 30;
  std::string auto_compaction_mode = "periodic";
  std::string auto_compaction_retention = "1h";
  LogOptions log;
  rpc::TlsOptions tls;
  std::string clock_file;  ///< for tests: milliseconds to add to the clock; empty: none
  std::string dump;        ///< all of it as JSON, for the log
};

/// Options, or how the program is to end (help, version, a mistake). Flags stand above the file.
/// Errors name the option or the file.
struct ParsedOptions {
  Options options;
  std::optional<CommandLineEnd> end;
};
Result<ParsedOptions> parse_options(const std::vector<std::string>& args);

}  // namespace tbl::pd
