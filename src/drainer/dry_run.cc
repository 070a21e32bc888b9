#include "drainer/dry_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "cluster/cluster.h"
#include "drainer/meta_source.h"
#include "drainer/mysql/check_server.h"
#include "drainer/mysql/check_table.h"
#include "drainer/mysql/session.h"
#include "drainer/mysql/state_tables.h"
#include "drainer/own_entry.h"
#include "drainer/router.h"
#include "drainer/sink.h"
#include "drainer/table_track.h"
#include "schema/tracker.h"

namespace tbl::drainer {

namespace {

using mysql::Finding;
using mysql::Findings;
using mysql::Severity;

constexpr int kConnectTries = 3;

class DryRun {
 public:
  DryRun(const DrainerConfig& config, const StopToken& stop, Findings* findings)
      : config_(config), findings_(findings), router_(make_router(config.syncer)) {
    cluster_options_.pd_urls = config.pd_urls;
    cluster_options_.tls = config.tls;
    cluster_options_.connect_tries = kConnectTries;
    cluster_options_.stop = stop;
  }

  void run() {
    const Status upstream = look_at_cluster();
    if (!upstream.ok()) add(Severity::kFatal, "upstream", "PD", upstream.message());
    if (config_.syncer.sink == SinkKind::kDiscard) return;
    const Status downstream = look_at_downstream();
    if (!downstream.ok()) {
      add(Severity::kFatal, "downstream", config_.syncer.to.host, downstream.message());
    }
  }

 private:
  void add(Severity severity, std::string check, std::string object, std::string text) {
    findings_->push_back({severity, std::move(check), std::move(object), std::move(text)});
  }

  Status look_at_cluster() {
    TBL_ASSIGN(cluster_, cluster::Cluster::connect(cluster_options_));
    add(Severity::kInfo, "upstream", "cluster id", std::to_string(cluster_->pd().cluster_id()));
    TBL_ASSIGN(auto pumps, cluster_->registry().nodes(cluster::NodeKind::kPump));
    size_t living = 0;
    for (const auto& pump : pumps) {
      if (pump.state == cluster::kStateOffline) continue;
      ++living;
      if (pump.state == cluster::kStateOnline) continue;
      add(Severity::kWarning, "pumps", pump.node_id,
          pump.state + ": drainer waits for it until it is online or offline");
    }
    if (living == 0) add(Severity::kFatal, "pumps", "registry", "there is no pump");
    return ok_status();
  }

  Status look_at_downstream() {
    const SyncerConfig& syncer = config_.syncer;
    TBL_ASSIGN(auto factory, mysql::ConnectionFactory::create(downstream_options(syncer)));
    TBL_ASSIGN(auto connection, factory.open());
    std::optional<mysql::Checkpoint> checkpoint;
    Status schema = ok_status();
    if (cluster_) {
      TBL_ASSIGN(checkpoint, look_at_checkpoint(*connection));
      schema = load_tables(checkpoint);
      if (!schema.ok()) add(Severity::kFatal, "upstream", "schema", schema.message());
    }
    mysql::ServerCheck server{syncer.checkpoint.schema, {}};
    std::set<std::string> schemas;
    for (const auto& table : tables_) schemas.insert(table->schema_name());
    server.schemas.assign(schemas.begin(), schemas.end());
    TBL_TRY(mysql::check_server(*connection, server, findings_));
    for (const auto& table : tables_) {
      TBL_TRY(check_table(*connection, table, {syncer.sync_mode == 2}, findings_));
    }
    add(Severity::kInfo, "tables", "upstream", fmt::format("{} to be replicated", tables_.size()));
    return ok_status();
  }

  Result<std::optional<mysql::Checkpoint>> look_at_checkpoint(mysql::Connection& downstream) {
    const CheckpointConfig& where = config_.syncer.checkpoint;
    std::unique_ptr<mysql::Connection> other;
    if (!where.type.empty()) {
      TBL_ASSIGN(other, mysql::Connection::open(checkpoint_options(config_.syncer)));
    }
    const mysql::StateTables tables(where.schema, where.table, cluster_->pd().cluster_id());
    auto found = tables.load_checkpoint(other ? *other : downstream);
    if (!found.ok() || !*found || (*found)->commit_ts == 0) {
      add(Severity::kInfo, "checkpoint", where.schema + "." + where.table,
          fmt::format("none yet: drainer begins at initial-commit-ts {}",
                      config_.initial_commit_ts));
      TBL_TRY(look_for_earlier_runs());
      return std::optional<mysql::Checkpoint>();
    }
    const mysql::Checkpoint& checkpoint = **found;
    add(Severity::kInfo, "checkpoint", where.schema + "." + where.table,
        fmt::format("{}{}", checkpoint.commit_ts,
                    checkpoint.consistent ? ", after a clean stop" : ""));
    if (checkpoint.run == 0 && !checkpoint.consistent) {
      add(Severity::kWarning, "checkpoint", where.schema + "." + where.table,
          "another program wrote it and did not stop cleanly: rows come once more, in safe mode");
    }
    return found;
  }

  Status look_for_earlier_runs() {
    if (config_.initial_commit_ts != -1) return ok_status();
    TBL_ASSIGN(const std::string node_id, node_id_of(config_));
    const uint64_t applied_ts = applied_before(cluster_->registry(), node_id);
    if (applied_ts == 0) return ok_status();
    add(Severity::kWarning, "checkpoint", node_id, advice_on_lost_checkpoint(config_, applied_ts));
    return ok_status();
  }

  /// The tables as of the checkpoint, or as they are now.
  Status load_tables(const std::optional<mysql::Checkpoint>& checkpoint) {
    ClusterMetaReader meta(cluster_->tikv());
    SchemaStart start;
    start.get_ts = [this] { return cluster_->pd().get_ts(); };
    TBL_ASSIGN(start.now_ts, start.get_ts());
    TBL_ASSIGN(start.gc_safe_point, cluster_->gc_safe_point());
    start.commit_ts = checkpoint ? checkpoint->commit_ts : start.now_ts;
    start.schema_version = checkpoint ? checkpoint->schema_version : 0;
    schema::SchemaTracker tracker;
    TBL_TRY(load_schema(tracker, meta, start));
    if (!checkpoint) TBL_TRY(tracker.apply_up_to(std::numeric_limits<int64_t>::max()));
    for (int64_t id : tracker.table_ids()) {
      const schema::SchemaAndTable names = *tracker.name_of(id);
      if (router_.skips_rows(names.schema, names.table)) continue;
      TBL_ASSIGN(auto info, tracker.table(id));
      if (!info->is_base_table()) continue;
      tables_.push_back(routed_table(router_, names, std::move(info), nullptr));
    }
    return ok_status();
  }

  const DrainerConfig& config_;
  Findings* findings_;
  const Router router_;
  cluster::ClusterOptions cluster_options_;
  std::unique_ptr<cluster::Cluster> cluster_;
  std::vector<decode::TablePtr> tables_;
};

std::string_view word(Severity severity) {
  switch (severity) {
    case Severity::kFatal:
      return "fatal";
    case Severity::kWarning:
      return "warning";
    case Severity::kInfo:
      break;
  }
  return "info";
}

}  // namespace

Findings dry_run(const DrainerConfig& config, const StopToken& stop) {
  Findings findings;
  DryRun(config, stop, &findings).run();
  return findings;
}

std::string format_findings(Findings findings) {
  std::ranges::stable_sort(findings, [](const Finding& a, const Finding& b) {
    return static_cast<int>(a.severity) > static_cast<int>(b.severity);
  });
  size_t check_width = 0;
  size_t object_width = 0;
  for (const Finding& finding : findings) {
    check_width = std::max(check_width, finding.check.size());
    object_width = std::max(object_width, finding.object.size());
  }
  std::string out;
  std::array<size_t, 3> counts{};
  for (const Finding& finding : findings) {
    ++counts[static_cast<size_t>(finding.severity)];
    out += fmt::format("{:<7}  {:<{}}  {:<{}}  {}\n", word(finding.severity), finding.check,
                       check_width, finding.object, object_width, finding.text);
  }
  return out + fmt::format("{} fatal, {} warnings\n", counts[2], counts[1]);
}

bool has_fatal(const Findings& findings) {
  return std::ranges::any_of(findings,
                             [](const Finding& f) { return f.severity == Severity::kFatal; });
}

}  // namespace tbl::drainer
