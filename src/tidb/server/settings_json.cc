#include "tidb/server/settings_json.h"

#include "base/units.h"

namespace tbl::tidb {

Json settings_json(const TidbConfig& c) {
  const Json file = {{"filename", c.log.file}, {"max-size", c.log.max_file_bytes >> 20}};
  return {{"host", c.host},
          {"advertise-address", c.advertise_address},
          {"port", c.port},
          {"cors", c.cors},
          {"store", c.store},
          {"path", c.path},
          {"socket", c.socket},
          {"lease", c.lease},
          {"run-ddl", c.run_ddl},
          {"token-limit", c.token_limit},
          {"mem-quota-query", c.mem_quota_query},
          {"lower-case-table-names", 2},
          {"server-version", c.server_version},
          {"log",
           {{"level", c.log.level},
            {"format", "text"},
            {"file", file},
            {"slow-query-file", c.slow_query_file},
            {"slow-threshold", c.slow_threshold_ms}}},
          {"security",
           {{"skip-grant-table", c.skip_grant_table},
            {"ssl-ca", c.client_tls.ca_path},
            {"ssl-cert", c.client_tls.cert_path},
            {"ssl-key", c.client_tls.key_path},
            {"cluster-ssl-ca", c.cluster_tls.ca_path},
            {"cluster-ssl-cert", c.cluster_tls.cert_path},
            {"cluster-ssl-key", c.cluster_tls.key_path}}},
          {"status",
           {{"report-status", c.report_status},
            {"status-host", c.status_host},
            {"status-port", c.status_port}}},
          {"performance", {{"txn-total-size-limit", c.txn_total_size_limit}}},
          {"binlog",
           {{"enable", c.binlog},
            {"write-timeout", format_duration(c.binlog_write_timeout)},
            {"ignore-error", c.binlog_ignore_error},
            {"binlog-socket", c.binlog_socket},
            {"strategy", c.binlog_strategy}}}};
}

}  // namespace tbl::tidb
