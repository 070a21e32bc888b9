#include "drainer/routes.h"

#include <algorithm>

#include "base/ascii.h"
#include "drainer/mysql/sql_text.h"
#include "drainer/router.h"
#include "schema/sql_edit.h"
#include "schema/table_refs.h"

namespace tbl::drainer {

namespace {

using schedule::TableName;
using schema::RefKind;
using schema::TableRef;

/// How a name is to be written downstream.
std::string routed_text(const TableRef& ref, const TableName& target) {
  return ref.kind == RefKind::kTable ? mysql::quote_table(target.schema, target.table)
                                     : mysql::quote_name(target.schema);
}

}  // namespace

Routes::Routes(const EventFilterConfig& config) : case_sensitive_(config.case_sensitive) {
  for (MigrateRuleConfig rule : config.migrate) {
    if (rule.target_schema.empty()) continue;
    if (!case_sensitive_) {
      rule.schema = ascii_lower(rule.schema);
      rule.table = ascii_lower(rule.table);
    }
    rules_.push_back(std::move(rule));
  }
  std::ranges::stable_partition(rules_, [](const auto& rule) { return !rule.table.empty(); });
}

TableName Routes::route(std::string_view schema, std::string_view table) const {
  TableName name{std::string(schema), std::string(table)};
  if (rules_.empty()) return name;
  const std::string schema_key = case_sensitive_ ? name.schema : ascii_lower(schema);
  const std::string table_key = case_sensitive_ ? name.table : ascii_lower(table);
  for (const MigrateRuleConfig& rule : rules_) {
    if (!matches_pattern(rule.schema, schema_key)) continue;
    if (!rule.table.empty() && (table.empty() || !matches_pattern(rule.table, table_key))) continue;
    name.schema = rule.target_schema;
    if (!table.empty() && !rule.target_table.empty()) name.table = rule.target_table;
    return name;
  }
  return name;
}

Result<std::string> route_ddl(const schedule::DdlTask& task, const Router& router) {
  auto is_routed = [&](const TableName& name) {
    return router.route(name.schema, name.table) != name;
  };
  const auto refs = schema::find_table_refs(task.query);
  if (!refs) {
    if (std::ranges::none_of(task.touched, is_routed)) return task.query;
    return failed_precondition("DDL \"" + task.query +
                               "\", commit ts: " + std::to_string(task.commit_ts) +
                               ": its tables have other names downstream, which cannot be put into "
                               "it: do it by hand and add the commit ts to `ignore-txn-commit-ts`");
  }
  schema::SqlEdit edit(task.query);
  bool any = false;
  for (const TableRef& ref : *refs) {
    const bool is_table = ref.kind == RefKind::kTable;
    TableName name{is_table ? ref.name.schema : ref.name.table, is_table ? ref.name.table : ""};
    if (name.schema.empty()) name.schema = task.schema;
    const bool routed = is_routed(name);
    if (routed && ref.kind == RefKind::kDroppedDatabase) return std::string();
    any = any || routed;
    edit.replace(ref.name.text, routed_text(ref, router.route(name.schema, name.table)));
  }
  return any ? std::move(edit).finish() : task.query;
}

}  // namespace tbl::drainer
