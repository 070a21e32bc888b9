// A client of PD: timestamps, regions, stores and GC safe points.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "base/stop.h"
#include "cluster/region.h"
#include "rpc/client.h"

namespace tbl::cluster {

/// Where timestamps come from; PdClient, or a test's counter.
class TsoSource {
 public:
  virtual ~TsoSource() = default;
  /// A timestamp above every one given out before, to anybody.
  virtual Result<uint64_t> get_ts() = 0;
};

struct PdOptions {
  std::vector<std::string> urls;
  rpc::TlsOptions tls;
  std::chrono::milliseconds call_timeout{3000};    ///< of one try
  std::chrono::milliseconds total_timeout{10000};  ///< of a call with its retries
  int connect_tries = 100;                         ///< of connect(), a second apart
  StopToken stop;                                  ///< ends every wait with kCancelled
};

/// The service that holds the lowest service safe point, which need not be the asking one.
struct ServiceSafePoint {
  std::string service_id;
  int64_t ttl_s = 0;
  uint64_t min_safe_point = 0;
};

/// Any thread. Must not outlive its runtime.
///
/// Talks to PD's leader, and finds the new one when the leader changes or dies: calls are repeated
/// until `total_timeout`. The members' urls are learnt, so any one that lives is enough to start
/// with. A PD of another cluster is refused. What PD itself refuses (a wrong store id, "cluster is
/// not bootstrapped") is returned at once, with PD's text.
class PdClient : public TsoSource {
 public:
  /// Waits until a leader is found.
  static Result<std::unique_ptr<PdClient>> connect(rpc::ClientRuntime& runtime, PdOptions options);
  ~PdClient() override;
  PdClient(const PdClient&) = delete;
  PdClient& operator=(const PdClient&) = delete;

  uint64_t cluster_id() const;
  /// Address of the leader last heard of.
  std::string leader_address() const;

  /// Requests of many threads share one message on one stream.
  Result<uint64_t> get_ts() override;

  /// The region that holds `key`; kNotFound: "region not found for key <hex>" (PD does not know
  /// yet).
  Result<Region> get_region(Bytes key);
  /// The region before the one that holds `key`.
  Result<Region> get_prev_region(Bytes key);
  Result<Region> get_region_by_id(uint64_t id);
  /// Regions of [start, end) in key order; end empty: to the last.
  Result<std::vector<Region>> scan_regions(Bytes start, Bytes end, int limit);

  /// kUnknown "invalid store ID N, not found" for a store that never was.
  Result<Store> get_store(uint64_t id);
  Result<std::vector<Store>> get_all_stores();

  Result<uint64_t> get_gc_safe_point();
  /// Returns the safe point in force: it never goes back.
  Result<uint64_t> update_gc_safe_point(uint64_t safe_point);
  /// ttl_s <= 0 removes the service. Compare min_safe_point with your own: above it, yours was
  /// refused.
  Result<ServiceSafePoint> update_service_gc_safe_point(const std::string& service_id,
                                                        int64_t ttl_s, uint64_t safe_point);

  class Impl;

 private:
  explicit PdClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tbl::cluster
