// information_schema: what is about the server, not about a database.
#include <array>

#include "tidb/memtable/table_definition.h"
#include "tidb/types/collation.h"
#include "tidb/types/convert.h"

namespace tbl::tidb {
namespace {

Rows engines(RowContext&) {
  return std::vector<Row>{{text_value("InnoDB"), text_value("DEFAULT"),
                           text_value("Supports transactions, row-level locking, and foreign keys"),
                           text_value("YES"), text_value("YES"), text_value("YES")}};
}

Rows character_sets(RowContext&) {
  std::vector<Row> rows;
  for (const CharsetInfo& charset : all_charsets()) {
    rows.push_back({text_value(charset.name), text_value(charset.default_collation),
                    text_value(charset.description), int_value(charset.max_length)});
  }
  return rows;
}

Rows collations(RowContext&) {
  std::vector<Row> rows;
  for (const CollationInfo& c : all_collations()) {
    rows.push_back({text_value(c.name), text_value(c.charset), int_value(c.id),
                    text_value(c.is_default ? "Yes" : ""), text_value("Yes"),
                    int_value(c.sort_length)});
  }
  return rows;
}

Rows collation_charsets(RowContext&) {
  std::vector<Row> rows;
  for (const CollationInfo& c : all_collations()) {
    rows.push_back({text_value(c.name), text_value(c.charset)});
  }
  return rows;
}

Rows global_variables(RowContext& c) {
  std::vector<Row> rows;
  if (!c.sources.global_variables) return rows;
  for (const auto& [name, value] : c.sources.global_variables()) {
    rows.push_back({text_value(name), text_value(value)});
  }
  return rows;
}

Rows session_variables(RowContext& c) {
  std::vector<Row> rows;
  if (!c.sources.global_variables) return rows;
  for (const auto& [name, value] : c.sources.global_variables()) {
    SessionHooks* hooks = c.exec.eval.hooks;
    if (hooks == nullptr) continue;
    const auto own = hooks->system_variable(name, VariableScope::kDefault);
    rows.push_back(
        {text_value(name), own.ok() ? text_value(to_text(own->value)) : text_value(value)});
  }
  return rows;
}

Rows processlist(RowContext& c) {
  std::vector<Row> rows;
  if (!c.sources.processes) return rows;
  const AccountName who = c.account();
  const bool all =
      c.sources.privileges == nullptr || c.sources.privileges->has_global(who, kPrivProcess);
  for (const ProcessRow& p : c.sources.processes()) {
    if (!all && p.user != who.user) continue;
    rows.push_back({Value::of_uint(p.id), text_value(p.user), text_value(p.host),
                    p.db.empty() ? Value::null() : text_value(p.db), text_value(p.command),
                    int_value(static_cast<int64_t>(p.seconds)), text_value(p.state),
                    p.info.empty() ? Value::null() : text_value(p.info)});
  }
  return rows;
}

constexpr std::string_view kVariableColumns = "VARIABLE_NAME v64,VARIABLE_VALUE v1024";

constexpr auto kTables = std::to_array<TableDefinition>({
    {"INFORMATION_SCHEMA", "ENGINES",
     "ENGINE v64,SUPPORT v8,COMMENT v80,TRANSACTIONS v3,XA v3,SAVEPOINTS v3", engines},
    {"INFORMATION_SCHEMA", "CHARACTER_SETS",
     "CHARACTER_SET_NAME v32,DEFAULT_COLLATE_NAME v32,DESCRIPTION v60,MAXLEN b", character_sets},
    {"INFORMATION_SCHEMA", "COLLATIONS",
     "COLLATION_NAME v32,CHARACTER_SET_NAME v32,ID b,IS_DEFAULT v3,IS_COMPILED v3,SORTLEN b",
     collations},
    {"INFORMATION_SCHEMA", "COLLATION_CHARACTER_SET_APPLICABILITY",
     "COLLATION_NAME v32,CHARACTER_SET_NAME v32", collation_charsets},
    {"INFORMATION_SCHEMA", "GLOBAL_VARIABLES", kVariableColumns, global_variables},
    {"INFORMATION_SCHEMA", "SESSION_VARIABLES", kVariableColumns, session_variables},
    {"PERFORMANCE_SCHEMA", "GLOBAL_VARIABLES", kVariableColumns, global_variables},
    {"PERFORMANCE_SCHEMA", "SESSION_VARIABLES", kVariableColumns, session_variables},
    {"INFORMATION_SCHEMA", "PROCESSLIST",
     "ID u,USER v16,HOST v64,DB v64,COMMAND v16,TIME b,STATE v7,INFO t", processlist},
});

}  // namespace

std::span<const TableDefinition> server_tables() { return kTables; }

}  // namespace tbl::tidb
