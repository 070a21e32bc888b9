// Up to where garbage may be collected, and who still reads below.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/status.h"
#include "pd/fenced_key.h"

namespace tbl::pd {

struct ServiceSafePoint {
  std::string service_id;
  int64_t expired_at = 0;  ///< unix seconds; INT64_MAX: never
  uint64_t safe_point = 0;
};

/// The safe points, in memory and under "gc/" of etcd. Any thread; updates block. The messages of
/// kUnknown errors are PD's.
class SafePoints {
 public:
  explicit SafePoints(MetaStore& meta) : meta_(meta), gc_key_(meta, "gc/safe_point") {}

  Status load();

  uint64_t gc_safe_point() const;
  /// Returns the safe point in force; it never falls.
  Result<uint64_t> update_gc_safe_point(uint64_t safe_point);

  struct Update {
    std::string service_id;
    int64_t ttl_s = 0;  ///< <= 0: the service leaves; INT64_MAX: for ever
    uint64_t safe_point = 0;
    int64_t now_s = 0;
  };
  /// Takes the service's safe point, unless it is below the lowest living one; returns the lowest.
  Result<ServiceSafePoint> update_service(const Update& update);
  std::vector<ServiceSafePoint> services() const;

 private:
  Status save(const ServiceSafePoint& service);
  Status remove(const std::string& service_id);
  Status drop_expired(int64_t now_s);
  Result<ServiceSafePoint> lowest(int64_t now_s);

  MetaStore& meta_;
  mutable std::mutex mutex_;
  FencedKey gc_key_;
  uint64_t gc_safe_point_ = 0;
  std::map<std::string, ServiceSafePoint> services_;
};

}  // namespace tbl::pd
