#include "tidb/exec/key_reads.h"

namespace tbl::tidb {
namespace {

/// The one source of rows under `node`; null: there are several, or another kind.
const DataSourcePlan* only_source(const PlanNode& node) {
  if (node.kind == PlanKind::kDataSource) return &as<DataSourcePlan>(node);
  return node.children.size() == 1 ? only_source(*node.children[0]) : nullptr;
}

bool is_one_row(const PlanNode& node) {
  const DataSourcePlan* source = only_source(node);
  if (source == nullptr || source->access != AccessKind::kPointGet) return false;
  if (source->index != nullptr || source->ranges_at_open) return false;
  return source->ranges.size() == 1 && source->ranges[0].is_point() &&
         source->physical_ids.size() == 1;
}

bool is_plain(const InsertPlan& insert) {
  return !insert.select && !insert.replace && !insert.ignore && insert.on_duplicate.empty();
}

}  // namespace

bool reads_keys_only(const StatementPlan& plan) {
  // Every subquery holds on to where it finds its engine.
  if (plan.engine.use_count() > 1) return false;
  if (const auto* p = std::get_if<QueryPlan>(&plan.body)) return is_one_row(*p->root);
  if (const auto* p = std::get_if<UpdatePlan>(&plan.body)) return is_one_row(*p->source);
  if (const auto* p = std::get_if<DeletePlan>(&plan.body)) return is_one_row(*p->source);
  if (const auto* p = std::get_if<InsertPlan>(&plan.body)) return is_plain(*p);
  return false;
}

}  // namespace tbl::tidb
