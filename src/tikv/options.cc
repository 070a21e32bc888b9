#include "tikv/options.h"

#include "base/units.h"
#include "base/urls.h"
#include "base/version.h"

namespace tbl::tikv {
namespace {

/// Values as they are written, before they are checked.
struct Raw {
  Options options;
  bool version = false;
  bool config_check = false;
  bool print_sample_config = false;
  std::string config_path;
  std::vector<std::string> labels;
  std::map<std::string, std::string> label_table;
  ScalarText capacity;
  ScalarText block_cache;
  std::string ignored;
  ScalarText raft_files;
  std::string split_every = "0s";
  std::string move_leader_every = "0s";
  std::string election_time = "0s";
  std::string report_delay = "0s";
};

void declare_addresses(ConfigSpec& spec, Raw& raw) {
  Options& o = raw.options;
  spec.add(&o.addr, {.flag = "addr,A", .key = "server.addr", .help = "address to listen on"});
  spec.add(&o.advertise_addr, {.flag = "advertise-addr",
                               .key = "server.advertise-addr",
                               .help = "address that clients are told (default: addr)"});
  spec.add(&o.status_addr, {.flag = "status-addr",
                            .key = "server.status-addr",
                            .help = "address of the HTTP status server, empty for none"});
  spec.add(&o.advertise_status_addr,
           {.flag = "advertise-status-addr",
            .key = "server.advertise-status-addr",
            .help = "status address that is told (default: status-addr)"});
  spec.add(&o.pd_endpoints,
           {.flag = "pd-endpoints,pd", .key = "pd.endpoints", .help = "addresses of PD"});
  spec.add(&raw.labels, {.flag = "labels", .help = "labels of the store, k=v,..."});
  spec.add(&raw.label_table, {.key = "server.labels"});
}

void declare_rest(ConfigSpec& spec, Raw& raw) {
  Options& o = raw.options;
  spec.add(&raw.version, {.flag = "version,V", .help = "print the version and exit"});
  spec.add(&raw.config_path, {.flag = "config,C", .help = "configuration file"});
  spec.add(&raw.config_check, {.flag = "config-check", .help = "check the configuration and exit"});
  spec.add(&raw.print_sample_config,
           {.flag = "print-sample-config", .help = "print a configuration file and exit"});
  spec.add(&o.data_dir,
           {.flag = "data-dir,s", .key = "storage.data-dir", .help = "data directory"});
  spec.add(&raw.capacity, {.flag = "capacity",
                           .key = "raftstore.capacity",
                           .help = "capacity that PD is told, 0 for the disk's"});
  spec.add(&raw.block_cache, {.key = "storage.block-cache.capacity"});
  spec.add(&o.max_open_files, {.key = "rocksdb.max-open-files"});
  // The tutorial's file has it; there is no raft here.
  spec.add(&raw.raft_files, {.key = "raftdb.max-open-files", .shown = false});
  spec.add(&o.worker_threads, {.key = "storage.scheduler-worker-pool-size"});
  spec.add(&o.log.level, {.flag = "log-level,L", .key = "log-level", .help = "log level"});
  spec.add(&o.log.file, {.flag = "log-file,f", .key = "log-file", .help = "log file path"});
  spec.add(&o.tls.ca_path, {.key = "security.ca-path"});
  spec.add(&o.tls.cert_path, {.key = "security.cert-path"});
  spec.add(&o.tls.key_path, {.key = "security.key-path"});
  spec.add(&o.tls.allowed_cn, {.key = "security.cert-allowed-cn"});
  spec.add(&raw.ignored, {.flag = "metrics-addr", .help = "has no effect"});
}

void declare_unrest(ConfigSpec& spec, Raw& raw) {
  UnrestOptions& o = raw.options.unrest;
  spec.add(&o.store_addrs, {.flag = "test-store-addrs",
                            .key = "test.store-addrs",
                            .help = "for tests: addresses of further stores over the same data"});
  spec.add(&raw.split_every, {.flag = "test-split-every",
                              .key = "test.split-every",
                              .help = "for tests: split or merge a region so often"});
  spec.add(&raw.move_leader_every, {.flag = "test-move-leader-every",
                                    .key = "test.move-leader-every",
                                    .help = "for tests: move a region's leader so often"});
  spec.add(&raw.election_time, {.key = "test.election-time"});
  spec.add(&raw.report_delay, {.key = "test.report-delay"});
  spec.add(&o.max_regions, {.key = "test.max-regions"});
  spec.add(&o.busy_percent, {.key = "test.busy-percent"});
  spec.add(&o.seed, {.key = "test.seed"});
}

Status read_size(const ScalarText& text, const std::string& option, uint64_t* bytes) {
  if (text.text.empty()) return ok_status();
  auto size = parse_byte_size(text.text);
  if (!size.ok()) return std::move(size).status().wrap(option);
  *bytes = *size;
  return ok_status();
}

Status read_labels(const Raw& raw, Options& o) {
  for (const auto& [key, value] : raw.label_table) o.labels.emplace_back(key, value);
  for (const auto& text : raw.labels) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return invalid_argument("labels: " + text + " is not key=value");
    }
    o.labels.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return ok_status();
}

Status read_time(const std::string& text, const std::string& option,
                 std::chrono::milliseconds* out) {
  auto time = parse_duration(text);
  if (!time.ok()) return std::move(time).status().wrap(option);
  if (time->count() < 0) return invalid_argument(option + ": " + text + " is below zero");
  *out = std::chrono::duration_cast<std::chrono::milliseconds>(*time);
  return ok_status();
}

Status complete_unrest(Raw& raw) {
  UnrestOptions& o = raw.options.unrest;
  for (const auto& text : o.store_addrs) {
    const auto addr = parse_host_port(text);
    if (!addr.ok()) return addr.status().wrap("test.store-addrs");
  }
  TBL_TRY(read_time(raw.split_every, "test.split-every", &o.split_every));
  TBL_TRY(read_time(raw.move_leader_every, "test.move-leader-every", &o.move_leader_every));
  TBL_TRY(read_time(raw.election_time, "test.election-time", &o.election_time));
  TBL_TRY(read_time(raw.report_delay, "test.report-delay", &o.report_delay));
  if (o.max_regions < 1) return invalid_argument("test.max-regions: must be at least 1");
  if (o.busy_percent < 0 || o.busy_percent > 90) {
    return invalid_argument("test.busy-percent: " + std::to_string(o.busy_percent) +
                            " is not between 0 and 90");
  }
  return ok_status();
}

Status complete(Raw& raw) {
  Options& o = raw.options;
  if (o.data_dir.empty()) return invalid_argument("data-dir: must not be empty");
  if (o.pd_endpoints.empty()) return invalid_argument("pd-endpoints: must not be empty");
  if (o.worker_threads < 1 || o.worker_threads > 1024) {
    return invalid_argument("storage.scheduler-worker-pool-size: " +
                            std::to_string(o.worker_threads) + " is not between 1 and 1024");
  }
  const auto addr = parse_host_port(o.addr);
  if (!addr.ok()) return addr.status().wrap("addr");
  if (o.advertise_addr.empty()) o.advertise_addr = o.addr;
  if (o.advertise_status_addr.empty()) o.advertise_status_addr = o.status_addr;
  TBL_TRY(complete_unrest(raw));
  TBL_TRY(read_size(raw.capacity, "capacity", &o.capacity_bytes));
  TBL_TRY(read_size(raw.block_cache, "storage.block-cache.capacity", &o.block_cache_bytes));
  return read_labels(raw, o);
}

constexpr char kSampleConfig[] =
    "# log-level = \"info\"\n"
    "# log-file = \"\"\n"
    "\n"
    "[server]\n"
    "# addr = \"127.0.0.1:20160\"\n"
    "# advertise-addr = \"\"\n"
    "# status-addr = \"127.0.0.1:20180\"\n"
    "# labels = {}\n"
    "\n"
    "[storage]\n"
    "# data-dir = \"/tmp/tikv/store\"\n"
    "\n"
    "[storage.block-cache]\n"
    "# capacity = \"128MiB\"\n"
    "\n"
    "[pd]\n"
    "# endpoints = [\"127.0.0.1:2379\"]\n"
    "\n"
    "[rocksdb]\n"
    "# max-open-files = 1024\n"
    "\n"
    "[security]\n"
    "# ca-path = \"\"\n"
    "# cert-path = \"\"\n"
    "# key-path = \"\"\n";

}  // namespace

Result<ParsedOptions> parse_options(const std::vector<std::string>& args) {
  Raw raw;
  ConfigSpec spec({.program = "tikv-server", .strict = false});
  declare_addresses(spec, raw);
  declare_rest(spec, raw);
  declare_unrest(spec, raw);
  TBL_ASSIGN(auto end, spec.parse_command_line(args));
  if (!end && raw.version) end = CommandLineEnd{0, version_text()};
  if (!end && raw.print_sample_config) end = CommandLineEnd{0, kSampleConfig};
  if (end) return ParsedOptions{{}, std::move(end)};
  TBL_TRY(spec.load(raw.config_path));
  TBL_TRY(complete(raw));
  if (raw.config_check) return ParsedOptions{{}, CommandLineEnd{0, "config check successful\n"}};
  raw.options.dump = spec.dump();
  return ParsedOptions{std::move(raw.options), std::nullopt};
}

}  // namespace tbl::tikv
