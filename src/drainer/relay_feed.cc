#include "drainer/relay_feed.h"

#include "base/clock.h"
#include "base/env.h"
#include "base/log.h"
#include "drainer/liveness.h"

namespace tbl::drainer {

Result<std::optional<relay::RelaySpan>> relay_span(const DrainerConfig& config) {
  if (config.syncer.relay_dir.empty()) return std::optional<relay::RelaySpan>();
  return relay::span_of(posix_env(), config.syncer.relay_dir);
}

Result<uint64_t> feed_by_relay(const DrainerConfig& config, const SinkContext& context,
                               const relay::RelaySpan& span) {
  const std::string& dir = config.syncer.relay_dir;
  if (span.cluster_id != context.cluster_id) {
    return failed_precondition("relay log " + dir + " is of cluster " +
                               std::to_string(span.cluster_id) + ", not of " +
                               std::to_string(context.cluster_id));
  }
  const auto applier = make_applier(config, context, {});
  TBL_ASSIGN(const auto start, applier->start());
  Result<relay::Replayed> replayed = relay::Replayed{start.commit_ts, 0};
  if (start.commit_ts == 0) {
    log_warn("the relay log is not applied: the downstream has no checkpoint", {{"dir", dir}});
  } else if (start.consistent || span.last_ts <= start.commit_ts) {
    log_info("the relay log has nothing that is not downstream",
             {{"commit ts", start.commit_ts}, {"relay log", span.last_ts}});
  } else {
    replayed = relay::replay(posix_env(), dir, start.commit_ts, *applier);
  }
  if (span.incomplete_ts > start.commit_ts) {
    log_warn("the relay log ends within a transaction, some of whose rows may be downstream",
             {{"commit ts", span.incomplete_ts}});
  }
  const Status stopped = applier->stop();
  TBL_TRY(replayed.ok() ? stopped : replayed.status());
  if (replayed->gap_ts == 0) {
    log_info("update status as normal");
  } else {
    log_warn("the relay log does not reach back to where the downstream is",
             {{"commit ts", replayed->commit_ts}, {"not applied from", replayed->gap_ts}});
  }
  return replayed->gap_ts;
}

Status feed_without_pd(const DrainerConfig& config, const std::string& node_id,
                       const relay::RelaySpan& span, Status pd_error) {
  log_warn("PD is out of reach, the relay log is applied", {{"error", pd_error}});
  SinkContext context;
  context.cluster_id = span.cluster_id;
  context.node_id = node_id;
  context.address = config.advertise_addr;
  context.memory_bytes = config.memory_limit.bytes / 2;
  // Above every run that PD has given a timestamp, as far as anybody can know.
  context.run_ts = std::max(make_tso(system_clock().unix_ms(), 0), span.last_ts + 1);
  context.is_alive = [&config](const std::string& id, const std::string& address) {
    return node_answers(config.tls, id, address);
  };
  const auto gap_ts = feed_by_relay(config, context, span);
  if (gap_ts.ok() && *gap_ts == 0) return pd_error;
  Status failed =
      gap_ts.ok()
          ? data_loss("relay log " + config.syncer.relay_dir + ": what comes before commit ts " +
                      std::to_string(*gap_ts) + " is neither there nor downstream")
          : gap_ts.status();
  return std::move(failed).wrap("without PD (" + pd_error.message() + ")");
}

Result<std::unique_ptr<relay::RelayedApplier>> with_relay(const DrainerConfig& config,
                                                          uint64_t cluster_id,
                                                          std::unique_ptr<schedule::Applier> inner,
                                                          std::function<void(const Status&)> fail) {
  const SyncerConfig& syncer = config.syncer;
  TBL_ASSIGN(auto zone, codec::TimeZone::load("Local"));
  TBL_ASSIGN(auto log,
             relay::RelayLog::open(posix_env(), syncer.relay_dir, syncer.relay_file_size));
  return std::make_unique<relay::RelayedApplier>(relay::RelayedApplier::Parts{
      std::move(log), relay::RecordEncoder(cluster_id, std::move(zone)), std::move(inner),
      syncer.whole_transactions, std::move(fail)});
}

}  // namespace tbl::drainer
