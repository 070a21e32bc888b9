#include "tidb/kv/gc_worker.h"

#include <algorithm>

#include "base/clock.h"
#include "base/log.h"
#include "base/units.h"
#include "tidb/kv/cluster_gc.h"
#include "tidb/kv/gc_time.h"

namespace tbl::tidb {
namespace {

using Millis = std::chrono::milliseconds;

constexpr Millis kLease = std::chrono::minutes(2);
constexpr Millis kIntervalMin = std::chrono::minutes(10);
constexpr char kStandardInterval[] = "10m0s";

constexpr char kLeaderId[] = "tikv_gc_leader_uuid";
constexpr char kLeaderDesc[] = "tikv_gc_leader_desc";
constexpr char kLeaderLease[] = "tikv_gc_leader_lease";
constexpr char kLastRun[] = "tikv_gc_last_run_time";
constexpr char kSafePoint[] = "tikv_gc_safe_point";

constexpr char kLeaderIdComment[] = "Current GC worker leader UUID. (DO NOT EDIT)";
constexpr char kLeaderDescComment[] = "Host name and pid of current GC leader. (DO NOT EDIT)";
constexpr char kLeaderLeaseComment[] = "Current GC worker leader lease. (DO NOT EDIT)";
constexpr char kLastRunComment[] = "The time when last GC starts. (DO NOT EDIT)";
constexpr char kSafePointComment[] = "All versions after safe point can be accessed. (DO NOT EDIT)";

}  // namespace

GcWorker::GcWorker(GcCluster& cluster, KvStore& store, GcTables& tables, GcOptions options)
    : cluster_(cluster), store_(store), tables_(tables), options_(std::move(options)) {}

GcWorker::GcWorker(cluster::Cluster& cluster, KvStore& store, GcTables& tables, GcOptions options)
    : own_cluster_(std::make_unique<ClusterGc>(cluster)),
      cluster_(*own_cluster_),
      store_(store),
      tables_(tables),
      options_(std::move(options)) {}

GcWorker::~GcWorker() { stop_.request_stop(); }

void GcWorker::start() {
  thread_ = Thread("gc-worker", [this] {
    const std::stop_callback outer(options_.stop, [this] { stop_.request_stop(); });
    complain(prepare().status());
    while (wait_for(stop_.get_token(), options_.tick)) complain(tick().status());
  });
}

void GcWorker::complain(const Status& status) const {
  if (status.ok() || stop_.stop_requested()) return;
  log_warn("garbage collection failed", {{"error", status}});
}

Result<std::string> GcWorker::setting(const std::string& name, const std::string& standard,
                                      const std::string& comment) {
  TBL_ASSIGN(const auto value, tables_.get(name));
  if (value) return *value;
  TBL_TRY(tables_.set(name, standard, comment));
  return standard;
}

Result<Millis> GcWorker::interval(const std::string& name, const std::string& comment) {
  TBL_ASSIGN(const std::string text, setting(name, kStandardInterval, comment));
  auto duration = parse_duration(text);
  if (!duration.ok()) return std::move(duration).status().wrap("mysql.tidb: " + name);
  const auto millis = std::chrono::duration_cast<Millis>(*duration);
  if (millis >= kIntervalMin) return millis;
  // As TiDB: a shorter one is corrected where the user sees it.
  TBL_TRY(tables_.set(name, kStandardInterval, comment));
  return kIntervalMin;
}

Result<bool> GcWorker::is_enabled() {
  TBL_ASSIGN(const std::string text, setting("tikv_gc_enable", "true", "Current GC enable status"));
  return text == "true";
}

Result<bool> GcWorker::lead(int64_t now_ms) {
  TBL_ASSIGN(const auto leader, tables_.get(kLeaderId));
  if (leader && *leader != options_.leader_id) {
    TBL_ASSIGN(const auto lease, tables_.get(kLeaderLease));
    const auto until = lease ? parse_gc_time(*lease) : Result<int64_t>(int64_t{0});
    if (until.ok() && *until > now_ms) return false;
  }
  TBL_TRY(tables_.set(kLeaderId, options_.leader_id, kLeaderIdComment));
  TBL_TRY(tables_.set(kLeaderDesc, options_.leader_desc, kLeaderDescComment));
  TBL_TRY(tables_.set(kLeaderLease, format_gc_time(now_ms + kLease.count()), kLeaderLeaseComment));
  return true;
}

Result<std::optional<GcWorker::Settings>> GcWorker::prepare() {
  TBL_ASSIGN(const uint64_t now_ts, cluster_.now_ts());
  Settings settings;
  settings.now_ms = tso_physical_ms(now_ts);
  TBL_ASSIGN(const bool leads, lead(settings.now_ms));
  if (!leads) return std::optional<Settings>();
  TBL_ASSIGN(const bool enabled, is_enabled());
  TBL_ASSIGN(settings.run_interval,
             interval("tikv_gc_run_interval", "GC run interval, at least 10m, in Go format."));
  TBL_ASSIGN(settings.life_time,
             interval("tikv_gc_life_time",
                      "All versions within life time will not be collected by GC, at least 10m, "
                      "in Go format."));
  return enabled ? std::optional(settings) : std::nullopt;
}

Result<std::optional<uint64_t>> GcWorker::due_safe_point(const Settings& settings) {
  TBL_ASSIGN(const auto last_run, tables_.get(kLastRun));
  if (last_run) {
    const auto last_ms = parse_gc_time(*last_run);
    const int64_t interval_ms = settings.run_interval.count();
    if (last_ms.ok() && settings.now_ms - *last_ms < interval_ms) return std::optional<uint64_t>();
  }
  const int64_t wanted_ms = settings.now_ms - settings.life_time.count();
  TBL_ASSIGN(const auto last_safe, tables_.get(kSafePoint));
  if (last_safe) {
    const auto last_ms = parse_gc_time(*last_safe);
    // A longer life time must not ask for what is gone.
    if (last_ms.ok() && wanted_ms <= *last_ms) return std::optional<uint64_t>();
  }
  return std::optional<uint64_t>(make_tso(wanted_ms, 0));
}

Result<bool> GcWorker::tick() {
  TBL_ASSIGN(const auto settings, prepare());
  if (!settings) return false;
  TBL_ASSIGN(const auto wanted, due_safe_point(*settings));
  if (!wanted) return false;
  TBL_TRY(tables_.set(kLastRun, format_gc_time(settings->now_ms), kLastRunComment));
  const uint64_t oldest = store_.oldest_start_ts();
  TBL_ASSIGN(const uint64_t safe_point, cluster_.agree(std::min(*wanted, oldest - 1)));
  TBL_TRY(collect(safe_point));
  return true;
}

void GcWorker::destroy_ranges(const std::vector<GcTables::Range>& ranges) {
  for (const auto& range : ranges) {
    Status status = cluster_.destroy_range(range.start, range.end);
    if (status.ok()) status = tables_.range_done(range);
    if (!status.ok()) {
      // The row stays and the range is tried again the next time.
      log_warn("data of a dropped table is still there",
               {{"job", range.job_id}, {"element", range.element_id}, {"error", status}});
    }
  }
}

Status GcWorker::collect(uint64_t safe_point) {
  const int64_t safe_ms = tso_physical_ms(safe_point);
  log_info("garbage collection", {{"safe point", safe_point}});
  TBL_TRY(tables_.set(kSafePoint, format_gc_time(safe_ms), kSafePointComment));
  TBL_TRY(cluster_.announce(safe_point));
  TBL_TRY(cluster_.resolve_locks(safe_point));
  TBL_ASSIGN(const auto ranges, tables_.delete_ranges(safe_point));
  destroy_ranges(ranges);
  return cluster_.collect(safe_point);
}

}  // namespace tbl::tidb
