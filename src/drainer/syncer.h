// The rules of the stream: what each binlog means for the downstream.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <unordered_set>

#include "base/metrics.h"
#include "base/status.h"
#include "base/stop.h"
#include "drainer/binlog_item.h"
#include "drainer/ddl_jobs.h"
#include "drainer/loop_marks.h"
#include "drainer/rename_ddl.h"
#include "drainer/router.h"
#include "drainer/step.h"
#include "drainer/table_track.h"
#include "schema/tracker.h"

namespace tbl::drainer {

struct SyncerRules {
  std::unordered_set<uint64_t> ignore_txn_commit_ts = {};
  bool sync_ddl = true;
  /// Tables made by one batch job (a restore) have no SQL that would be worth executing.
  bool skip_create_tables = true;
  /// `loopback-control`: transactions with marks of this channel are ours, coming back.
  std::optional<int64_t> channel_id = {};
  /// What this run writes into each downstream transaction, where the downstream could be the
  /// upstream: to meet it is an error.
  std::optional<LoopMark> own_mark = {};
};

/// Takes the merged stream binlog by binlog and gives one step for each. Applies DDL to the schema
/// when rows or DDL of its version come by. One thread. After an error it must not go on.
class Syncer {
 public:
  Syncer(SyncerRules rules, schema::SchemaTracker& schema, const Router& router, DdlJobs& jobs);

  /// Waits until a DDL's job is in TiDB's history. kCancelled on stop. A step of rows may use
  /// `memory`, which is to outlive it.
  Result<Step> handle(BinlogItem item, const StopToken& stop,
                      std::pmr::memory_resource* memory = std::pmr::get_default_resource());
  /// The steps from here to the next call live about as long as each other.
  void begin_batch() { tables_.begin_batch(); }

 private:
  Result<Step> handle_rows(BinlogItem& item, std::pmr::memory_resource* memory);
  Result<bool> is_ours_coming_back(const RowsStep& rows);
  /// How the rows of each table are to be decoded. False: none is for us.
  Result<bool> resolve_rows(BinlogItem& item, RowsStep* rows);
  Result<bool> resolve_large_rows(const BinlogItem& item, RowsStep* rows);
  Result<spill::TableForm> resolve(int64_t table_id, int64_t version, RowsStep* rows);
  Result<Step> handle_ddl(const BinlogItem& item, const StopToken& stop);
  Status follow_ignored(const BinlogItem& item);
  Result<DdlStep> make_ddl(const BinlogItem& item, const schema::DdlJob& job) const;
  /// Puts in the names that tables have downstream.
  Status route(schedule::DdlTask* task) const;
  /// False: no table is for us.
  bool adapt_to_renames(const RenameDdl& renames, schedule::DdlTask* task) const;
  Step progress(const BinlogItem& item) const;
  Step skip(const BinlogItem& item, const schema::DdlJob& job, std::string_view why) const;

  const SyncerRules rules_;
  schema::SchemaTracker& schema_;
  const Router& router_;
  DdlJobs& jobs_;
  TableTrack tables_;
  std::optional<LoopMarks> loop_marks_;
  std::optional<LoopMarks> own_marks_;
  Counter& ddl_jobs_total_;
  Counter& ddl_events_;
  int64_t schema_version_;  ///< of the last rows or DDL
};

}  // namespace tbl::drainer
