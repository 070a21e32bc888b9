#include "pump/config.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/net_address.h"
#include "base/secret.h"
#include "base/units.h"
#include "base/urls.h"

namespace tbl::pump {
namespace {

constexpr char kDefaultPort[] = ":8250";

/// Texts as the user gave them, before they are checked; and options that are taken and mean
/// nothing here.
struct RawConfig {
  std::string addr = first_ipv4_address() + kDefaultPort;
  std::string pd_urls = "http://127.0.0.1:2379";
  std::string socket;
  std::string config_file;
  ScalarText gc{"7"};
  std::string on_damage = "stop";

  /// By name; set where the user gave them.
  std::map<std::string, std::optional<bool>> ignored_bools;
  std::map<std::string, std::optional<int64_t>> ignored_ints;
  std::map<std::string, std::optional<double>> ignored_floats;
  std::map<std::string, std::optional<ScalarText>> ignored_texts;
};

void add_flags(ConfigSpec& spec, RawConfig& raw, PumpConfig& c) {
  spec.add(&c.node_id, {.flag = "node-id",
                        .key = "node-id",
                        .help = "the ID of pump node; if not specified, it is <hostname>:<port>"});
  spec.add(&raw.addr,
           {.flag = "addr", .key = "addr", .help = "addr(i.e. 'host:port') to listen on"});
  spec.add(&c.advertise_addr, {.flag = "advertise-addr",
                               .key = "advertise-addr",
                               .help = "addr(i.e. 'host:port') to advertise to the public"});
  spec.add(&raw.socket,
           {.flag = "socket", .key = "socket", .help = "unix socket addr to listen on"});
  spec.add(
      &raw.pd_urls,
      {.flag = "pd-urls", .key = "pd-urls", .help = "a comma separated list of the PD endpoints"});
  spec.add(&c.data_dir,
           {.flag = "data-dir", .key = "data-dir", .help = "the path to store binlog data"});
  spec.add(&c.heartbeat_interval_s, {.flag = "heartbeat-interval",
                                     .key = "heartbeat-interval",
                                     .help = "number of seconds between heartbeat ticks"});
  spec.add(&raw.gc, {.flag = "gc",
                     .key = "gc",
                     .help = "recycle binlog files older than gc time; use 7 "
                             "for 7 days, 7h for 7 hours"});
  spec.add(&c.log_level,
           {.flag = "L", .key = "log-level", .help = "log level: debug, info, warn, error, fatal"});
  spec.add(&c.log_file, {.flag = "log-file", .key = "log-file", .help = "log file path"});
  spec.add(
      &c.metrics_addr,
      {.flag = "metrics-addr",
       .key = "MetricsAddr",
       .help = "prometheus pushgateway address, leaves it empty will disable prometheus push"});
  spec.add(
      &c.metrics_interval_s,
      {.flag = "metrics-interval",
       .key = "MetricsInterval",
       .help = "prometheus client push interval in second, set \"0\" to disable prometheus push"});
  spec.add(&c.fake_interval_s,
           {.flag = "fake-binlog-interval",
            .key = "gen-binlog-interval",
            .help = "interval time to generate fake binlog, the unit is second"});
  spec.add(&raw.config_file, {.flag = "config", .help = "path of the configuration file"});
  spec.add(&c.max_message_bytes,
           {.flag = "max-message-size", .help = "max message size tidb produce into pump"});
}

void add_file_keys(ConfigSpec& spec, RawConfig& raw, PumpConfig& c) {
  spec.add(&c.tls.ca_path, {.key = "security.ssl-ca"});
  spec.add(&c.tls.cert_path, {.key = "security.ssl-cert"});
  spec.add(&c.tls.key_path, {.key = "security.ssl-key"});
  spec.add(&c.tls.allowed_cn, {.key = "security.cert-allowed-cn"});
  spec.add(&c.sync_log, {.key = "storage.sync-log"});
  spec.add(&c.slow_write_threshold_s, {.key = "storage.slow_write_threshold"});
  spec.add(&c.stop_write_at, {.key = "storage.stop-write-at-available-space"});
  spec.add(&raw.on_damage, {.key = "storage.on-damage"});
  spec.add(&c.memory_limit, {.key = "memory-limit"});
}

/// Taken so that old command lines and files work.
void add_ignored(ConfigSpec& spec, RawConfig& raw) {
  for (const char* flag : {"enable-debug", "enable-binlog-slice"}) {
    spec.add(&raw.ignored_bools[flag],
             {.flag = flag, .help = "accepted, no effect", .shown = false});
  }
  for (const char* flag : {"binlog-file-size", "binlog-slice-size", "log-rotate"}) {
    spec.add(&raw.ignored_texts[flag],
             {.flag = flag, .help = "accepted, no effect", .shown = false});
  }
  for (const char* key : {"EtcdDialTimeout", "EtcdTimeout"}) {
    spec.add(&raw.ignored_texts[key], {.key = key, .shown = false});
  }
  for (const char* name :
       {"kv_chan_cap", "kv.block-cache-capacity", "kv.block-restart-interval", "kv.block-size",
        "kv.compaction-L0-trigger", "kv.compaction-table-size", "kv.compaction-total-size",
        "kv.write-buffer", "kv.write-L0-pause-trigger", "kv.write-L0-slowdown-trigger"}) {
    const std::string key = std::string("storage.") + name;
    spec.add(&raw.ignored_ints[key], {.key = key, .shown = false});
  }
  const std::string multiplier = "storage.kv.compaction-total-size-multiplier";
  spec.add(&raw.ignored_floats[multiplier], {.key = multiplier, .shown = false});
}

/// Names of the options that were given and mean nothing here.
std::vector<std::string> ignored_options(const RawConfig& raw) {
  std::vector<std::string> names;
  const auto collect = [&names](const auto& options) {
    for (const auto& [name, value] : options) {
      if (value) names.push_back(name);
    }
  };
  collect(raw.ignored_bools);
  collect(raw.ignored_ints);
  collect(raw.ignored_floats);
  collect(raw.ignored_texts);
  return names;
}

/// "host:port", also written as a URL.
Result<HostPort> check_address(const std::string& text, const std::string& what) {
  size_t scheme = text.find("://");
  auto parsed = parse_host_port(scheme == text.npos ? text : text.substr(scheme + 3));
  if (parsed.ok()) return parsed;
  return invalid_argument("bad " + what + " host format: " + text + ", " +
                          parsed.status().message());
}

/// The original listens on the host part of the URL, "unix://name/x" on "name". An absolute path,
/// which leaves it no host, is taken whole.
Result<std::string> socket_path(const std::string& text) {
  if (text.empty()) return std::string();
  auto url = parse_url(text);
  if (!url.ok() || url->path.find('/') == url->path.npos) {
    return invalid_argument("bad Socket addr format: " + (url.ok() ? url->path : text));
  }
  return url->host.empty() ? url->path : url->host;
}

Status check_gc(const RawConfig& raw, PumpConfig& c) {
  auto gc = parse_days_or_duration(raw.gc.text);
  if (!gc.ok()) {
    return invalid_argument("parse GC time failed, err: " + gc.status().message());
  }
  if (gc->count() <= 0) {
    return invalid_argument("GC is " + raw.gc.text + ", must bigger than 0");
  }
  c.gc = *gc;
  return ok_status();
}

Status check(const RawConfig& raw, PumpConfig& c) {
  c.addr = raw.addr.empty() ? std::string("127.0.0.1") + kDefaultPort : raw.addr;
  if (c.advertise_addr.empty()) c.advertise_addr = c.addr;
  TBL_ASSIGN(HostPort listen, check_address(c.addr, "ListenAddr"));
  c.addr = listen.to_string();
  TBL_ASSIGN(HostPort advertise, check_address(c.advertise_addr, "AdvertiseAddr"));
  if (advertise.host.empty() || advertise.host == "0.0.0.0") {
    return invalid_argument("invalid advertiseAddr host: " + advertise.host);
  }
  c.advertise_addr = advertise.to_string();
  TBL_ASSIGN(c.socket, socket_path(raw.socket));
  TBL_ASSIGN(c.pd_urls, parse_etcd_urls(raw.pd_urls));
  TBL_TRY(check_gc(raw, c));
  c.skip_damaged = raw.on_damage == "skip";
  if (!c.skip_damaged && raw.on_damage != "stop") {
    return invalid_argument("storage.on-damage is " + raw.on_damage + ", must be stop or skip");
  }
  if (c.heartbeat_interval_s <= 0) c.heartbeat_interval_s = 2;
  if (c.fake_interval_s <= 0) c.fake_interval_s = 3;
  if (c.slow_write_threshold_s <= 0) c.slow_write_threshold_s = 1.0;
  return ok_status();
}

/// What works on a data directory offline, and ends.
struct RawOffline {
  std::string print_range;
  std::string format = "text";
};

void add_offline(ConfigSpec& spec, RawOffline& raw, PumpCommand& command) {
  spec.add(&command.print_version,
           {.flag = "V", .help = "print version information and exit", .shown = false});
  spec.add(&command.export_dir,
           {.flag = "to-original",
            .help = "turn this data directory over to an original pump and exit",
            .shown = false});
  spec.add(&command.check_dir,
           {.flag = "check",
            .help = "verify this data directory and exit: 0 sound, 1 damaged, 2 not readable",
            .shown = false});
  spec.add(&raw.print_range,
           {.flag = "print",
            .help = "FROM..TO: list the binlogs with these ts of the data directory that is named "
                    "last, and exit",
            .shown = false});
  spec.add(&raw.format, {.flag = "format", .help = "of -print: text or json", .shown = false});
}

bool is_print_flag(const std::string& arg) {
  const std::string name = arg.substr(0, arg.find('='));
  return name == "-print" || name == "--print";
}

/// The one word that is no flag: the directory of -print.
std::string take_print_dir(std::vector<std::string>& args) {
  if (args.size() < 2 || std::none_of(args.begin(), args.end(), is_print_flag)) return "";
  if (args.back().starts_with("-")) return "";
  std::string dir = std::move(args.back());
  args.pop_back();
  return dir;
}

Status check_print(const RawOffline& raw, PumpCommand& command) {
  if (raw.print_range.empty()) return ok_status();
  if (command.print_dir.empty())
    return invalid_argument("-print wants a data directory at the end");
  TBL_ASSIGN(command.print, parse_print_range(raw.print_range));
  TBL_ASSIGN(command.print.format, parse_print_format(raw.format));
  return ok_status();
}

}  // namespace

Result<PumpCommand> parse_pump_command(std::vector<std::string> args) {
  PumpCommand command;
  command.print_dir = take_print_dir(args);
  RawConfig raw;
  RawOffline offline;
  ConfigSpec spec({.program = "pump", .environment_prefix = "PUMP_"});
  add_flags(spec, raw, command.config);
  add_file_keys(spec, raw, command.config);
  add_ignored(spec, raw);
  add_offline(spec, offline, command);
  TBL_ASSIGN(command.end, spec.parse_command_line(args));
  if (command.end || command.print_version) return command;
  TBL_TRY(check_print(offline, command));
  const bool is_offline =
      !command.export_dir.empty() || !command.check_dir.empty() || !command.print_dir.empty();
  if (is_offline) return command;
  TBL_TRY(spec.load(raw.config_file));
  TBL_TRY(check(raw, command.config));
  command.config.without_effect = ignored_options(raw);
  command.config.text = without_passwords(spec.dump());
  return command;
}

}  // namespace tbl::pump
