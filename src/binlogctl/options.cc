#include "binlogctl/options.h"

namespace tbl::binlogctl {

void declare_options(Options& options, ConfigSpec& spec) {
  spec.add(&options.command,
           {.flag = "cmd",
            .help = "operator: \"generate_meta\", \"pumps\", \"drainers\", \"update-pump\", "
                    "\"update-drainer\", \"pause-pump\", \"pause-drainer\", \"offline-pump\", "
                    "\"offline-drainer\", \"encrypt\", \"why\""});
  spec.add(&options.pd_urls, {.flag = "pd-urls", .help = "a comma separated list of PD endpoints"});
  spec.add(&options.node_id, {.flag = "node-id", .help = "id of the node to act on"});
  spec.add(&options.state,
           {.flag = "state",
            .help = "state to write: online, pausing, paused, closing or offline (update-*)"});
  spec.add(&options.data_dir,
           {.flag = "data-dir", .help = "directory for the savepoint file (generate_meta)"});
  spec.add(
      &options.time_zone,
      {.flag = "time-zone",
       .help = "also save the time of the ts in this zone, e.g. Asia/Shanghai (generate_meta)"});
  spec.add(&options.show_offline_nodes,
           {.flag = "show-offline-nodes", .help = "list offline nodes too"});
  spec.add(&options.text, {.flag = "text", .help = "text to encrypt", .secret = true});
  spec.add(&options.tls.ca_path, {.flag = "ssl-ca", .help = "path of the certificate authority"});
  spec.add(&options.tls.cert_path, {.flag = "ssl-cert", .help = "path of the client certificate"});
  spec.add(&options.tls.key_path, {.flag = "ssl-key", .help = "path of the client key"});
  spec.add(&options.print_version, {.flag = "V", .help = "print version and exit"});
}

}  // namespace tbl::binlogctl
