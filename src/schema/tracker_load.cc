// The job history as a start: headers are applied, and the rest is read when it is needed.
#include <fmt/format.h>

#include <algorithm>

#include "schema/tracker.h"

namespace tbl::schema {

/// What the job does to names and ids stands in its header.
bool SchemaTracker::header_says_all(const JobHeader& job) {
  switch (job.type) {
    case ActionType::kDropSchema:
    case ActionType::kDropTable:
    case ActionType::kDropView:
    case ActionType::kDropSequence:
      return true;
    case ActionType::kCreateSchema:
    case ActionType::kModifySchemaCharset:
    case ActionType::kRecoverSchema:
    case ActionType::kRenameTables:
    case ActionType::kCreateTables:
    case ActionType::kExchangePartition:
      return false;
    default:
      return is_ignored_action(job.type) || (job.new_table_id != 0 && job.type <= kLastKnownAction);
  }
}

void SchemaTracker::load_history(std::vector<HistoryEntry> entries, ReadJob read_job) {
  read_job_ = std::move(read_job);
  std::ranges::stable_sort(entries, {}, &HistoryEntry::schema_version);
  for (auto& entry : entries) {
    waiting_.push_back({entry.schema_version, entry.job_id, nullptr, std::move(entry.json),
                        std::move(entry.header)});
  }
}

Result<DdlJobPtr> SchemaTracker::job_of(const Waiting& waiting) const {
  if (waiting.job) return waiting.job;
  TBL_ASSIGN(DdlJob job,
             waiting.json.empty() ? read_job_(waiting.job_id) : parse_job(waiting.json));
  return std::make_shared<const DdlJob>(std::move(job));
}

/// Applies a job of which only id and name of the table count now; the rest of the table is read
/// from the job when the table is used.
Status SchemaTracker::apply_header(const JobHeader& header) {
  DdlJob job;
  job.id = header.id;
  job.type = header.type;
  job.state = header.state;
  job.schema_id = header.schema_id;
  job.table_id = header.table_id;
  job.schema_version = header.schema_version;
  auto named = std::make_shared<TableInfo>();
  named->id = header.new_table_id;
  named->name = CiName::of(header.new_table_name);
  if (header.new_table_id != 0) job.table = named;
  TBL_TRY(apply_one(job));
  auto it = tables_.find(header.new_table_id);
  if (it == tables_.end()) return ok_status();
  Form& newest = it->second.forms.back();
  if (newest.info == named) newest = {header.schema_version, nullptr, {}, header.id};
  return ok_status();
}

Result<TableInfoPtr> SchemaTracker::parsed(Form& form) const {
  if (!form.info) TBL_TRY(read(form));
  return form.info;
}

Status SchemaTracker::read(Form& form) const {
  if (form.job_id != 0) {
    TBL_ASSIGN(DdlJob job, read_job_(form.job_id));
    if (!job.table) return not_found(fmt::format("ddl job {} has no table", form.job_id));
    form.info = job.table;
    return ok_status();
  }
  TBL_ASSIGN(std::string json, form.json.text());
  TBL_ASSIGN(form.info, parse_table_info(json));
  form.json = {};
  return ok_status();
}

}  // namespace tbl::schema
