// Partitions.
#include <algorithm>

#include "tidb/ddl/job_step.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using schema::PartitionDefinition;
using schema::SchemaState;
using schema::TableInfo;

/// The table, if it is partitioned and has each of args.names; else the job has failed.
Result<std::optional<TableInfo>> load_with_partitions(JobStep& step) {
  TBL_ASSIGN(auto loaded, step.load_table());
  if (!loaded) return loaded;
  if (!loaded->is_partitioned()) {
    TBL_TRY(
        step.fail(sql_error(kErrPartitionMgmtOnNonpartitioned,
                            "Partition management on a not partitioned table is not possible")));
    return std::optional<TableInfo>();
  }
  for (const std::string& name : step.args.names) {
    const bool found =
        std::ranges::any_of(loaded->partition->definitions,
                            [&](const PartitionDefinition& d) { return d.name.l == name; });
    if (found) continue;
    TBL_TRY(step.fail(
        sql_error(kErrDropPartitionNonExistent, "Error in list of partitions to " + name)));
    return std::optional<TableInfo>();
  }
  return loaded;
}

bool is_named(const JobStep& step, const PartitionDefinition& definition) {
  return std::ranges::find(step.args.names, definition.name.l) != step.args.names.end();
}

}  // namespace

Status step_add_partition(JobStep& step) {
  TBL_ASSIGN(auto loaded, load_with_partitions(step));
  if (!loaded) return ok_status();
  auto& definitions = loaded->partition->definitions;
  for (const PartitionDefinition& added : step.args.table.partition->definitions) {
    const bool same = std::ranges::any_of(
        definitions, [&](const PartitionDefinition& d) { return d.name.l == added.name.l; });
    if (same) {
      return step.fail(
          sql_error(kErrSameNamePartition, "Duplicate partition name " + added.name.o));
    }
    definitions.push_back(added);
  }
  return step.finish(std::move(*loaded), SchemaState::kPublic);
}

Status step_drop_partition(JobStep& step) {
  TBL_ASSIGN(auto loaded, load_with_partitions(step));
  if (!loaded) return ok_status();
  auto& definitions = loaded->partition->definitions;
  std::vector<int64_t> dropped;
  for (const auto& definition : definitions) {
    if (is_named(step, definition)) dropped.push_back(definition.id);
  }
  if (dropped.size() == definitions.size()) {
    return step.fail(
        sql_error(kErrDropLastPartition, "Cannot remove all partitions, use DROP TABLE instead"));
  }
  std::erase_if(definitions, [&](const auto& definition) { return is_named(step, definition); });
  step.job.raw_args = finished_args::ids(dropped);
  return step.finish(std::move(*loaded), SchemaState::kNone);
}

Status step_truncate_partition(JobStep& step) {
  TBL_ASSIGN(auto loaded, load_with_partitions(step));
  if (!loaded) return ok_status();
  std::vector<int64_t> old_ids;
  for (auto& definition : loaded->partition->definitions) {
    if (!is_named(step, definition)) continue;
    old_ids.push_back(definition.id);
    TBL_ASSIGN(definition.id, step.meta.take_global_ids(1));
  }
  step.job.raw_args = finished_args::ids(old_ids);
  return step.finish(std::move(*loaded), SchemaState::kNone);
}

}  // namespace tbl::tidb
