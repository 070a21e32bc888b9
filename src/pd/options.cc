#include "pd/options.h"

#include "base/units.h"
#include "base/urls.h"
#include "base/version.h"

namespace tbl::pd {
namespace {

/// Values as they are written, before they are checked, and options that are taken and have no
/// effect.
struct Raw {
  Options options;
  bool version = false;
  bool config_check = false;
  bool force_new_cluster = false;
  std::string config_path;
  std::string tso_save_interval = "3s";
  int lease = 3;
  std::string top_log_file;
  std::string ignored;
  bool ignored_bool = false;
};

void declare_addresses(ConfigSpec& spec, Options& o) {
  spec.add(&o.name, {.flag = "name", .key = "name", .help = "name of this member"});
  spec.add(&o.data_dir, {.flag = "data-dir", .key = "data-dir", .help = "data directory"});
  spec.add(&o.client_urls,
           {.flag = "client-urls", .key = "client-urls", .help = "urls to listen on for clients"});
  spec.add(&o.advertise_client_urls, {.flag = "advertise-client-urls",
                                      .key = "advertise-client-urls",
                                      .help = "urls that clients are told (default: client-urls)"});
  spec.add(
      &o.peer_urls,
      {.flag = "peer-urls", .key = "peer-urls", .help = "urls to listen on for other members"});
  spec.add(&o.advertise_peer_urls, {.flag = "advertise-peer-urls",
                                    .key = "advertise-peer-urls",
                                    .help = "peer urls that are told (default: peer-urls)"});
}

void declare_rest(ConfigSpec& spec, Raw& raw) {
  Options& o = raw.options;
  spec.add(&raw.version, {.flag = "V,version", .help = "print the version and exit"});
  spec.add(&raw.config_path, {.flag = "config", .help = "configuration file"});
  spec.add(&raw.config_check, {.flag = "config-check", .help = "check the configuration and exit"});
  spec.add(&raw.tso_save_interval, {.key = "tso-save-interval"});
  spec.add(&o.quota_backend_bytes, {.key = "quota-backend-bytes"});
  spec.add(&o.auto_compaction_mode, {.key = "auto-compaction-mode"});
  spec.add(&o.auto_compaction_retention, {.key = "auto-compaction-retention"});
  spec.add(&o.log.level, {.flag = "L", .key = "log.level", .help = "log level"});
  spec.add(&raw.top_log_file, {.key = "log-file"});
  spec.add(&o.log.file, {.flag = "log-file", .key = "log.file.filename", .help = "log file path"});
  spec.add(
      &o.tls.ca_path,
      {.flag = "cacert", .key = "security.cacert-path", .help = "certificate authority (PEM)"});
  spec.add(&o.tls.cert_path,
           {.flag = "cert", .key = "security.cert-path", .help = "certificate (PEM)"});
  spec.add(&o.tls.key_path, {.flag = "key", .key = "security.key-path", .help = "key (PEM)"});
  spec.add(&o.tls.allowed_cn, {.key = "security.cert-allowed-cn"});
  spec.add(&o.clock_file, {.flag = "clock-file",
                           .help = "for tests: file with milliseconds to add to the system clock"});
  spec.add(
      &o.initial_cluster,
      {.flag = "initial-cluster",
       .key = "initial-cluster",
       .help = "members that begin the cluster, <name>=<peer url>,...; without it and join this "
               "member is alone for ever and its peer-urls are not listened on"});
  spec.add(
      &o.join,
      {.flag = "join", .key = "join", .help = "client urls of a cluster to become a member of"});
  spec.add(&raw.lease, {.key = "lease"});
  spec.add(&raw.force_new_cluster, {.flag = "force-new-cluster", .help = "has no effect"});
  spec.add(&raw.ignored, {.flag = "metrics-addr", .help = "has no effect"});
  spec.add(&raw.ignored, {.flag = "namespace-classifier", .help = "has no effect"});
  spec.add(&raw.ignored_bool, {.flag = "log-rotate", .help = "has no effect"});
}

Status check_urls(const std::vector<std::string>& urls, const std::string& option) {
  if (urls.empty()) return invalid_argument(option + ": no url");
  for (const auto& text : urls) {
    auto url = parse_url(text);
    if (!url.ok()) return std::move(url).status().wrap(option);
    if (url->scheme != "http" && url->scheme != "https") {
      return invalid_argument(option + ": " + text + ": scheme must be http or https");
    }
    const auto address = parse_host_port(url->host);
    if (!address.ok()) return address.status().wrap(option);
  }
  return ok_status();
}

/// The cluster that a member begins with has it in it, at the urls that it tells.
Status check_members(const Raw& raw) {
  const Options& o = raw.options;
  if (!o.join.empty() && !o.initial_cluster.empty()) {
    return invalid_argument("join and initial-cluster: a member either joins or begins a cluster");
  }
  if (raw.lease < 1 || raw.lease > 60) {
    return invalid_argument("lease: " + std::to_string(raw.lease) + " is not between 1 and 60");
  }
  if (o.initial_cluster.empty()) return ok_status();
  for (const auto& url : o.advertise_peer_urls) {
    const std::string own = "," + o.name + "=" + url + ",";
    if (("," + o.initial_cluster + ",").find(own) == std::string::npos) {
      return invalid_argument("initial-cluster: " + o.initial_cluster + " lacks this member, " +
                              own.substr(1, own.size() - 2));
    }
  }
  return ok_status();
}

Status complete(Raw& raw) {
  Options& o = raw.options;
  if (o.name.empty()) return invalid_argument("name: must not be empty");
  if (o.data_dir.empty()) o.data_dir = "default." + o.name;
  if (o.advertise_client_urls.empty()) o.advertise_client_urls = o.client_urls;
  if (o.advertise_peer_urls.empty()) o.advertise_peer_urls = o.peer_urls;
  if (o.log.file.empty()) o.log.file = raw.top_log_file;
  TBL_TRY(check_urls(o.client_urls, "client-urls"));
  TBL_TRY(check_urls(o.advertise_client_urls, "advertise-client-urls"));
  TBL_TRY(check_urls(o.peer_urls, "peer-urls"));
  TBL_TRY(check_urls(o.advertise_peer_urls, "advertise-peer-urls"));
  if (!o.join.empty()) TBL_TRY(check_urls(o.join, "join"));
  TBL_TRY(check_members(raw));
  o.lease = std::chrono::seconds(raw.lease);
  auto interval = parse_duration(raw.tso_save_interval);
  if (!interval.ok()) return std::move(interval).status().wrap("tso-save-interval");
  o.tso_save_interval = std::chrono::duration_cast<std::chrono::milliseconds>(*interval);
  constexpr std::chrono::milliseconds kLeastSaveInterval(100);
  if (o.tso_save_interval < kLeastSaveInterval) {
    return invalid_argument("tso-save-interval: " + raw.tso_save_interval + " is below 100ms");
  }
  return ok_status();
}

}  // namespace

Result<ParsedOptions> parse_options(const std::vector<std::string>& args) {
  Raw raw;
  ConfigSpec spec({.program = "pd", .strict = false});
  declare_addresses(spec, raw.options);
  declare_rest(spec, raw);
  TBL_ASSIGN(auto end, spec.parse_command_line(args));
  if (!end && raw.version) end = CommandLineEnd{0, version_text()};
  if (end) return ParsedOptions{{}, std::move(end)};
  TBL_TRY(spec.load(raw.config_path));
  TBL_TRY(complete(raw));
  if (raw.config_check) return ParsedOptions{{}, CommandLineEnd{0, "config check successful\n"}};
  raw.options.dump = spec.dump();
  return ParsedOptions{std::move(raw.options), std::nullopt};
}

}  // namespace tbl::pd
