// Pump's options: flags, environment PUMP_*, TOML file; names and defaults are the original's.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/config.h"
#include "base/status.h"
#include "pump/inspect/print.h"
#include "rpc/tls.h"

namespace tbl::pump {

struct PumpConfig {
  std::string node_id;
  std::string addr;            ///< "host:port" to listen on
  std::string advertise_addr;  ///< "host:port" in the registry
  std::string socket;          ///< path of a unix socket, or empty
  std::vector<std::string> pd_urls;
  std::string data_dir = "data.pump";
  int heartbeat_interval_s = 2;
  std::chrono::nanoseconds gc{};
  std::string log_level = "info";
  std::string log_file;
  std::string metrics_addr;
  int metrics_interval_s = 15;
  int fake_interval_s = 3;
  int64_t max_message_bytes = INT64_MAX - (4LL << 20);
  rpc::TlsOptions tls;

  bool sync_log = true;
  double slow_write_threshold_s = 1.0;
  ByteSize stop_write_at{10ULL << 30};  ///< free bytes; 0: never
  bool skip_damaged = false;            ///< storage.on-damage = "skip"
  ByteSize memory_limit{256ULL << 20};  ///< of binlogs received and not yet written

  std::vector<std::string> without_effect;  ///< options that were given and mean nothing here
  std::string text;                         ///< everything, for the start-up line
};

/// What the command line asks for.
struct PumpCommand {
  std::optional<CommandLineEnd> end;  ///< help or a mistake: print and exit
  bool print_version = false;
  std::string
      export_dir;  ///< -to-original: turn this data directory over to an original pump, and exit
  std::string check_dir;  ///< -check: verify this data directory, and exit
  std::string print_dir;  ///< -print: list binlogs of this data directory, and exit
  PrintOptions print;
  PumpConfig config;  ///< valid unless one of the above is set
};

/// Reads and checks everything. Errors have the original's texts.
Result<PumpCommand> parse_pump_command(std::vector<std::string> args);

}  // namespace tbl::pump
