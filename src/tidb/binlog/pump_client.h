// The client of the pumps inside tidb-server: finds them in the registry, chooses one for each
// transaction, and knows what to do when none takes a binlog.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/stop.h"
#include "cluster/etcd.h"
#include "rpc/client.h"
#include "tidb/binlog/binlog_writer.h"

namespace tbl::tidb {

struct PumpClientOptions {
  using Millis = std::chrono::milliseconds;

  uint64_t cluster_id = 0;
  std::string strategy =
      "range";         ///< "range" (round robin) or "hash"; others: range, with a warning
  std::string socket;  ///< of a local pump: the registry is not asked
  bool ignore_error = false;
  rpc::TlsOptions tls;
  Millis write_timeout{15000};  ///< of one call, and of the search for a pump
  Millis start_timeout{30000};  ///< how long start() waits for a pump to register
  Millis retry_interval{100};
  Millis finish_retry_interval{1000};
  Millis finish_timeout{600000};
  Millis probe_interval{30000};  ///< of pumps that did not answer
  StopToken stop;                ///< ends every wait with kCancelled
};

/// Any thread. Owns its threads: the registry's watcher, the prober, and one for finish binlogs,
/// for which the destructor waits up to 2 s. Must not outlive the runtime and etcd.
///
/// A prewrite binlog goes to a pump chosen by the strategy; on failure the next one is tried every
/// retry_interval until write_timeout has passed and every available pump was tried; then every
/// pump that calls itself online is tried once more. When all fail, the transaction fails
/// (ignore_error = false; the next one tries again), or from then on all binlogs are skipped until
/// recover() (ignore_error = true).
class PumpClient : public BinlogWriter {
 public:
  /// Waits for a pump key in the registry: kNotFound "no pump found in pd" after start_timeout.
  /// `etcd` may be null if options.socket is given.
  static Result<std::unique_ptr<PumpClient>> start(rpc::ClientRuntime& runtime, cluster::Etcd* etcd,
                                                   PumpClientOptions options);
  ~PumpClient() override;

  std::unique_ptr<PendingBinlog> prewrite(const BinlogRecord& record) override;
  void finish(const BinlogRecord& record, uint64_t commit_ts) override;

  /// Binlogs are being skipped since a failure under ignore_error.
  bool is_skipping() const;
  /// Ends the skipping.
  void recover();
  /// Failures that lost a binlog, since start: metric tidb_server_critical_error_total.
  uint64_t critical_errors() const;
  /// Waits until no finish binlog is under way, at most so long; false: some still are.
  bool drain(std::chrono::milliseconds timeout);

  class Impl;

 private:
  explicit PumpClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tbl::tidb
