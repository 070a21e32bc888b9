#include "pump/why.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/clock.h"
#include "base/go_time.h"
#include "codec/keys.h"
#include "pump/lag_watch.h"

namespace tbl::pump {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kTransactionsShown = 20;
/// An idle pump's fakes keep the newest released ts younger than this.
constexpr int64_t kStandsStillMs = 30'000;

/// One answer being put together.
class Report {
 public:
  explicit Report(const WhyParts& parts)
      : parts_(parts),
        stats_(parts.storage.stats()),
        heartbeat_(parts.registration.last_write()),
        now_ms_(parts.registration.pd_now_ms()) {}

  std::string build() {
    out_["nodeID"] = parts_.registration.node_id();
    out_["state"] = parts_.state.name();
    out_["reasons"] = Json::array();
    add_node();
    add_disk();
    add_pd();
    add_front();
    add_transactions();
    add_drainers();
    add_feed();
    add_storage();
    if (reasons_.empty()) reasons_.push_back("nothing holds the feed up");
    out_["reasons"] = reasons_;
    return out_.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  }

 private:
  int64_t age_ms(uint64_t ts) const { return now_ms_ - tso_physical_ms(ts); }
  template <typename... Args>
  void reason(fmt::format_string<Args...> format, Args&&... args) {
    reasons_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  void add_node() {
    out_["takesPrewrites"] = parts_.state.get() == State::kOnline && parts_.gate.open();
    if (parts_.state.get() != State::kOnline) {
      reason("pump is {}: prewrites are refused", parts_.state.name());
    } else if (!parts_.gate.open()) {
      reason("not every online drainer has answered yet: prewrites wait");
    }
  }

  void add_disk() {
    const DiskSpace space = parts_.disk.space();
    const Status status = parts_.disk.check();
    out_["disk"] = {{"availableBytes", space.available_bytes},
                    {"capacityBytes", space.capacity_bytes},
                    {"stopWriteAtBytes", parts_.disk.limit()},
                    {"writable", status.ok()}};
    if (!status.ok()) reason("only fake binlogs are taken: {}", status.message());
  }

  void add_pd() {
    out_["pd"] = {{"leader", parts_.cluster.pd().leader_address()},
                  {"lastHeartbeatAgeMs", heartbeat_.success_age_ms},
                  {"heartbeatError", heartbeat_.error}};
    if (!heartbeat_.error.empty()) {
      reason("PD's registry could not be written for {} ms: {}", heartbeat_.success_age_ms,
             heartbeat_.error);
    }
  }

  void add_front() {
    const int64_t age = stats_.max_commit_ts == 0 ? 0 : age_ms(stats_.max_commit_ts);
    out_["maxCommitTS"] = stats_.max_commit_ts;
    out_["maxCommitTime"] = format_tso_time(stats_.max_commit_ts);
    out_["maxCommitAgeMs"] = age;
    out_["newestFakeTS"] = stats_.newest_fake_ts;
    out_["gcTS"] = stats_.gc_ts;
    out_["unresolved"] = stats_.unresolved;
    out_["committedWaiting"] = stats_.committed_waiting;
    out_["queueItems"] = stats_.queue_items;
    out_["frontTS"] = stats_.front_ts;
    out_["blocking"] = stats_.blocking;
    if (stats_.blocking.empty() && age > kStandsStillMs && stats_.max_commit_ts > 0) {
      reason("neither a commit nor a fake binlog came for {} ms", age);
    }
  }

  /// Those that hold up the front first, then the others of which TiKV is asked.
  void add_transactions() {
    std::map<uint64_t, OpenQuestion> questions;
    for (OpenQuestion& question : parts_.resolver.open()) {
      questions.emplace(question.start_ts, std::move(question));
    }
    std::vector<uint64_t> shown = stats_.blocking;
    for (const auto& [start_ts, question] : questions) {
      if (std::find(shown.begin(), shown.end(), start_ts) == shown.end()) shown.push_back(start_ts);
    }
    out_["transactions"] = Json::array();
    out_["undecidable"] = Json::array();
    for (const uint64_t start_ts : shown) {
      const auto found = questions.find(start_ts);
      const OpenQuestion question = found == questions.end() ? OpenQuestion() : found->second;
      if (out_["transactions"].size() < kTransactionsShown) add_transaction(start_ts, question);
      if (question.undecidable) out_["undecidable"].push_back(undecidable(question));
    }
  }

  static std::string what_tikv_said(const OpenQuestion& question) {
    if (!question.answer.empty()) return "TiKV: " + question.answer;
    if (question.asking_ms < 0) return "TiKV was not asked yet";
    return fmt::format("TiKV was asked {} ms ago and is silent", question.asking_ms);
  }

  static Json undecidable(const OpenQuestion& question) {
    return {{"startTS", question.start_ts}, {"primary", to_hex(question.primary_key)}};
  }

  void add_transaction(uint64_t start_ts, const OpenQuestion& question) {
    const auto txn = parts_.storage.open_txn(start_ts);
    if (!txn.ok()) return;  // finished meanwhile
    const std::string said = what_tikv_said(question);
    Json one = {{"startTS", start_ts},
                {"startTime", format_tso_time(start_ts)},
                {"ageMs", age_ms(start_ts)},
                {"waitedMs", txn->waited_ms},
                {"bytes", txn->bytes},
                {"ddl", txn->ddl},
                {"rollbackSeen", txn->rollback_seen},
                {"primary", to_hex(txn->primary_key)}};
    const int64_t table = table_of(txn->primary_key);
    if (table != 0) one["tableID"] = table;
    one["tikv"] = question.answer;
    if (!question.answer.empty()) one["tikvAnswerAgeMs"] = question.answer_age_ms;
    one["undecidable"] = question.undecidable;
    out_["transactions"].push_back(std::move(one));
    const auto& blocking = stats_.blocking;
    if (std::find(blocking.begin(), blocking.end(), start_ts) == blocking.end()) return;
    reason(
        "ts {} waits for the outcome of the transaction of start ts {} ({} ms old, primary {}{}): "
        "{}",
        stats_.front_ts, start_ts, age_ms(start_ts), to_hex(txn->primary_key),
        table == 0 ? "" : fmt::format(", table id {}", table), said);
  }

  static int64_t table_of(Bytes primary) {
    codec::RecordKey record;
    if (codec::parse_record_key(primary, &record)) return record.table_id;
    codec::IndexKey index;
    return codec::parse_index_key(primary, &index) ? index.table_id : 0;
  }

  void add_drainers() {
    out_["drainers"] = Json::array();
    if (!heartbeat_.error.empty()) return;
    const auto drainers = parts_.cluster.registry().nodes(cluster::NodeKind::kDrainer);
    if (!drainers.ok()) return reason("drainers are not known: {}", drainers.status().message());
    const auto keep_ms = std::chrono::duration_cast<std::chrono::milliseconds>(parts_.gc_keep);
    for (const cluster::NodeStatus& node : *drainers) {
      if (node.state == cluster::kStateOffline) continue;
      const DrainerLag lag = drainer_lag(node, {stats_.gc_ts, now_ms_, keep_ms.count()});
      out_["drainers"].push_back({{"nodeID", node.node_id},
                                  {"state", node.state},
                                  {"checkpointTS", node.max_commit_ts},
                                  {"behindMs", lag.behind_ms},
                                  {"losesBinlogsInMs", lag.left_ms},
                                  {"hasLostBinlogs", lag.lost}});
      add_drainer_reason(node, lag);
    }
  }

  void add_drainer_reason(const cluster::NodeStatus& node, const DrainerLag& lag) {
    if (lag.lost) {
      reason("drainer {} has not read binlogs that are gone (checkpoint {}, gc ts {})",
             node.node_id, node.max_commit_ts, stats_.gc_ts);
    } else if (lag.in_danger) {
      reason("drainer {} is {} ms behind and begins to lose binlogs in {} ms", node.node_id,
             lag.behind_ms, lag.left_ms);
    } else if (lag.behind_ms > kStandsStillMs) {
      reason("drainer {} ({}) is {} ms behind", node.node_id, node.state, lag.behind_ms);
    }
  }

  void add_feed() {
    out_["pullers"] = Json::array();
    for (const PullerInfo& puller : parts_.feed.list()) {
      out_["pullers"].push_back({{"peer", puller.peer},
                                 {"offset", puller.offset},
                                 {"sentTS", puller.sent_ts},
                                 {"pendingBytes", puller.pending_bytes}});
    }
  }

  void add_storage() {
    out_["indexEntries"] = stats_.index_entries;
    out_["logBytes"] = stats_.log_bytes;
    out_["logSegments"] = stats_.log_segments;
    out_["queuedBytes"] = parts_.storage.queued_bytes();
    out_["snapshotAgeMs"] = stats_.snapshot_age_ms;
    const StorageCounters& c = stats_.counters;
    out_["counters"] = {{"lateCommits", c.late_commits},
                        {"commitsWithoutPrewrite", c.commits_without_p},
                        {"conflictingCommits", c.conflicting_commits},
                        {"duplicates", c.duplicates},
                        {"dropped", c.dropped},
                        {"corruptRanges", c.corrupt_ranges},
                        {"failedGroups", c.failed_groups}};
    const std::string corruption = parts_.storage.corruption();
    out_["corruption"] = corruption;
    if (!corruption.empty()) reason("the log is damaged: {}", corruption);
  }

  const WhyParts& parts_;
  const StorageStats stats_;
  const HeartbeatInfo heartbeat_;
  const int64_t now_ms_;
  std::vector<std::string> reasons_;
  Json out_;
};

}  // namespace

std::string Why::to_json() const { return Report(parts_).build(); }

}  // namespace tbl::pump
