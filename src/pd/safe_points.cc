#include "pd/safe_points.h"

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

namespace tbl::pd {
namespace {

constexpr char kServicePrefix[] = "gc/safe_point/service/";
constexpr char kGcWorker[] = "gc_worker";
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

Result<ServiceSafePoint> parse_service(const std::string& key, const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return data_loss("etcd key " + key + ": not a JSON object: " + text);
  ServiceSafePoint service;
  service.service_id = json.value("service_id", std::string());
  service.expired_at = json.value("expired_at", int64_t{0});
  service.safe_point = json.value("safe_point", uint64_t{0});
  return service;
}

std::string to_text(const ServiceSafePoint& service) {
  const nlohmann::ordered_json json{{"service_id", service.service_id},
                                    {"expired_at", service.expired_at},
                                    {"safe_point", service.safe_point}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string hex(uint64_t value) {
  char buffer[16];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value, 16).ptr;
  return {buffer, end};
}

}  // namespace

Status SafePoints::load() {
  std::lock_guard lock(mutex_);
  gc_safe_point_ = 0;
  services_.clear();
  TBL_ASSIGN(const auto stored, gc_key_.load());
  if (stored) {
    const char* end = stored->data() + stored->size();
    if (std::from_chars(stored->data(), end, gc_safe_point_, 16).ptr != end) {
      return data_loss("etcd key gc/safe_point: not a hexadecimal number: " + *stored);
    }
  }
  TBL_ASSIGN(const auto services, meta_.list(kServicePrefix));
  for (const auto& [key, text] : services) {
    TBL_ASSIGN(auto service, parse_service(key, text));
    services_[service.service_id] = std::move(service);
  }
  return ok_status();
}

uint64_t SafePoints::gc_safe_point() const {
  std::lock_guard lock(mutex_);
  return gc_safe_point_;
}

Result<uint64_t> SafePoints::update_gc_safe_point(uint64_t safe_point) {
  std::lock_guard lock(mutex_);
  if (safe_point > gc_safe_point_) {
    TBL_TRY(gc_key_.store(hex(safe_point)));
    gc_safe_point_ = safe_point;
  }
  return gc_safe_point_;
}

Status SafePoints::save(const ServiceSafePoint& service) {
  TBL_TRY(meta_.put(kServicePrefix + service.service_id, to_text(service)));
  services_[service.service_id] = service;
  return ok_status();
}

Status SafePoints::remove(const std::string& service_id) {
  if (service_id == kGcWorker) {
    return unknown_error("cannot remove service safe point of gc_worker");
  }
  TBL_TRY(meta_.remove(kServicePrefix + service_id));
  services_.erase(service_id);
  return ok_status();
}

Status SafePoints::drop_expired(int64_t now_s) {
  std::vector<std::string> expired;
  for (const auto& [id, service] : services_) {
    if (service.expired_at < now_s && id != kGcWorker) expired.push_back(id);
  }
  for (const auto& id : expired) TBL_TRY(remove(id));
  return ok_status();
}

Result<ServiceSafePoint> SafePoints::lowest(int64_t now_s) {
  TBL_TRY(drop_expired(now_s));
  const auto find = [this] {
    ServiceSafePoint least{kGcWorker, kNever, std::numeric_limits<uint64_t>::max()};
    for (const auto& [id, service] : services_) {
      if (service.safe_point < least.safe_point) least = service;
    }
    return least;
  };
  if (!services_.contains(kGcWorker)) {
    // Nobody knows yet what the collector of garbage will say: it begins below everybody.
    const uint64_t begin = services_.empty() ? 0 : find().safe_point;
    TBL_TRY(save({kGcWorker, kNever, begin}));
  }
  return find();
}

Result<ServiceSafePoint> SafePoints::update_service(const Update& update) {
  std::lock_guard lock(mutex_);
  if (update.ttl_s <= 0) TBL_TRY(remove(update.service_id));
  TBL_ASSIGN(auto least, lowest(update.now_s));
  if (update.ttl_s <= 0 || update.safe_point < least.safe_point) return least;
  if (update.service_id.empty()) {
    return unknown_error("service id of service safepoint cannot be empty");
  }
  if (update.service_id == kGcWorker && update.ttl_s != kNever) {
    return unknown_error("TTL of gc_worker's service safe point must be infinity");
  }
  const bool for_ever = kNever - update.now_s <= update.ttl_s;
  TBL_TRY(save(
      {update.service_id, for_ever ? kNever : update.now_s + update.ttl_s, update.safe_point}));
  return lowest(update.now_s);
}

std::vector<ServiceSafePoint> SafePoints::services() const {
  std::lock_guard lock(mutex_);
  std::vector<ServiceSafePoint> out;
  for (const auto& [id, service] : services_) out.push_back(service);
  return out;
}

}  // namespace tbl::pd
