#include "tidb/ddl/gc_ranges.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "base/bytes.h"
#include "codec/keys.h"

namespace tbl::tidb {

namespace {

using nlohmann::json;
using schema::ActionType;
using schema::DdlJob;

struct Range {
  int64_t element_id = 0;
  std::string prefix;
};

std::vector<int64_t> ids_in(const json& args, size_t position) {
  std::vector<int64_t> ids;
  if (position >= args.size() || !args[position].is_array()) return ids;
  for (const auto& id : args[position]) {
    if (id.is_number_integer()) ids.push_back(id.get<int64_t>());
  }
  return ids;
}

void add_tables(const std::vector<int64_t>& ids, std::vector<Range>* ranges) {
  for (int64_t id : ids) ranges->push_back({id, codec::table_prefix(id)});
}

void add_index(const DdlJob& job, const json& args, std::vector<Range>* ranges) {
  if (args.size() < 2 || !args[1].is_number_integer()) return;
  const auto index_id = args[1].get<int64_t>();
  const std::vector<int64_t> parts = ids_in(args, 2);
  if (parts.empty()) ranges->push_back({index_id, codec::index_prefix(job.table_id, index_id)});
  // The table's key is job and element: one row for each partition.
  for (int64_t part : parts) ranges->push_back({part, codec::index_prefix(part, index_id)});
}

/// By the finished job's arguments, see job_args.h.
std::vector<Range> ranges_of(const DdlJob& job) {
  const json args = json::parse(job.raw_args, nullptr, false);
  std::vector<Range> ranges;
  if (!args.is_array() || args.empty()) return ranges;
  switch (job.type) {
    case ActionType::kDropSchema:
    case ActionType::kDropTablePartition:
    case ActionType::kTruncateTablePartition:
      add_tables(ids_in(args, 0), &ranges);
      break;
    case ActionType::kDropTable:
    case ActionType::kTruncateTable: {
      std::vector<int64_t> parts = ids_in(args, 1);
      if (parts.empty()) parts.push_back(job.table_id);
      add_tables(parts, &ranges);
      break;
    }
    case ActionType::kDropIndex:
    case ActionType::kAddIndex:
    case ActionType::kDropPrimaryKey:
    case ActionType::kAddPrimaryKey:
      add_index(job, args, &ranges);
      break;
    default:
      break;
  }
  return ranges;
}

}  // namespace

Status record_gc_ranges(SqlRunner& sql, const DdlJob& job, uint64_t ts) {
  for (const Range& range : ranges_of(job)) {
    TBL_TRY(sql.execute(fmt::format(
        "INSERT IGNORE INTO mysql.gc_delete_range VALUES ({}, {}, '{}', '{}', {})", job.id,
        range.element_id, to_hex(range.prefix), to_hex(codec::prefix_next(range.prefix)), ts)));
  }
  return ok_status();
}

}  // namespace tbl::tidb
