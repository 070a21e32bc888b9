#include "schema/history.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/keys.h"

namespace tbl::schema {

namespace {

constexpr std::string_view kHistoryHash = "DDLJobHistory";

bool is_to_be_applied(const JobHeader& job) {
  const bool finished = job.state == JobState::kSynced || job.state == JobState::kDone;
  return finished && job.schema_version > 0 && !is_system_table_id(job.table_id);
}

std::string job_field(int64_t job_id) {
  std::string field;
  put_be64(field, static_cast<uint64_t>(job_id));
  return field;
}

}  // namespace

Result<std::vector<HistoryEntry>> load_history(MetaReader& reader, uint64_t ts) {
  const std::string start = codec::meta_hash_prefix(kHistoryHash);
  std::vector<HistoryEntry> entries;
  auto keep = [&entries](Bytes key, Bytes value) -> Status {
    auto header = parse_job_header(value);
    if (!header.ok()) {
      return std::move(header).status().wrap(fmt::format("ddl job at key {}", to_hex(key)));
    }
    if (is_to_be_applied(*header)) {
      const int64_t id = header->id, version = header->schema_version;
      entries.push_back({id, version, {}, std::move(*header)});
    }
    return ok_status();
  };
  TBL_TRY(reader.scan(start, codec::prefix_next(start), ts, keep).wrap("load ddl job history"));
  std::ranges::stable_sort(entries, {}, &HistoryEntry::schema_version);
  return entries;
}

Result<std::optional<DdlJob>> read_job(MetaReader& reader, int64_t job_id, uint64_t ts) {
  const std::string context = fmt::format("read ddl job {} from history", job_id);
  auto value = reader.get(codec::meta_hash_key(kHistoryHash, job_field(job_id)), ts);
  if (!value.ok()) return std::move(value).status().wrap(context);
  if (!value->has_value()) return std::optional<DdlJob>();
  auto job = parse_job(**value);
  if (!job.ok()) return std::move(job).status().wrap(context);
  return std::optional<DdlJob>(std::move(job).value());
}

}  // namespace tbl::schema
