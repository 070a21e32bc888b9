#include "drainer/mysql/apply_metrics.h"

namespace tbl::mysql {
namespace {

Histogram& query_seconds(const char* type) {
  return metrics().histogram("binlog_drainer_query_duration_time",
                             "seconds of a query of the downstream",
                             exponential_buckets(0.00005, 2, 18), {{"type", type}});
}

}  // namespace

ApplyMetrics& ApplyMetrics::instance() {
  static ApplyMetrics all{
      metrics().histogram("binlog_drainer_execute_duration_time",
                          "seconds until something is applied downstream, with all tries",
                          exponential_buckets(0.00005, 2, 18)),
      query_seconds("exec"), query_seconds("commit")};
  return all;
}

}  // namespace tbl::mysql
