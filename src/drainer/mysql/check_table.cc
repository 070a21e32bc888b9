#include "drainer/mysql/check_table.h"

#include <functional>

#include "base/ascii.h"
#include "drainer/mysql/downstream_table.h"
#include "drainer/mysql/errors.h"
#include "drainer/mysql/sql_text.h"

namespace tbl::mysql {
namespace {

/// Gathers what is found about one table.
class Report {
 public:
  Report(const decode::Table& table, Findings* findings)
      : name_(table.quoted_name()), findings_(findings) {}

  void add(Severity severity, const char* check, std::string text) {
    findings_->push_back({severity, check, name_, std::move(text)});
  }

 private:
  const std::string& name_;
  Findings* findings_;
};

void check_columns(const MySqlTable& joined, const TableCheck& check, Report& report) {
  const Severity severity = check.partial_columns ? Severity::kInfo : Severity::kWarning;
  for (const std::string& column : joined.missing_downstream) {
    report.add(severity, "columns", "column " + column + " is missing, its values are left out");
  }
}

void check_keys(const MySqlTable& joined, const DownstreamTable& downstream, Report& report) {
  if (joined.where_keys.empty()) {
    report.add(Severity::kWarning, "keys",
               "no unique key on either side: rows are found by all columns, one after the other, "
               "and come twice where another program has applied them");
  } else if (downstream.unique_keys.empty()) {
    report.add(Severity::kWarning, "keys", "no unique key downstream: each change scans the table");
  }
  if (!joined.coarse_key.empty()) {
    report.add(Severity::kWarning, "collation",
               joined.coarse_key +
                   ": what differs upstream may be one key downstream, and stops "
                   "drainer as a duplicate");
  }
  if (!is_transactional(downstream.engine)) {
    report.add(Severity::kFatal, "engine",
               downstream.engine + " has no transactions: after a crash rows would come twice");
  }
}

std::string of_table(const decode::Table& table, const char* schema_column,
                     const char* table_column) {
  return std::string(" WHERE ") + schema_column + " = _utf8mb4 x'" + to_hex(table.schema_name()) +
         "' AND " + table_column + " = _utf8mb4 x'" + to_hex(table.name()) + "'";
}

// One finding for each row of `sql`, whose first column is a name.
Status report_names(Connection& connection, const std::string& sql,
                    const std::function<void(const std::string&)>& report) {
  TBL_ASSIGN(auto rows, connection.query(sql));
  for (const SqlRow& row : rows) report(row[0].value_or(""));
  return ok_status();
}

Status check_surroundings(Connection& connection, const decode::Table& table, Report& report) {
  TBL_TRY(report_names(connection,
                       "SELECT trigger_name FROM information_schema.triggers" +
                           of_table(table, "event_object_schema", "event_object_table"),
                       [&](const std::string& name) {
                         report.add(Severity::kWarning, "triggers",
                                    "trigger " + name +
                                        " fires for replicated rows too: what it does comes on top "
                                        "of what upstream did");
                       }));
  TBL_TRY(report_names(connection,
                       "SELECT constraint_name FROM information_schema.referential_constraints" +
                           of_table(table, "constraint_schema", "table_name"),
                       [&](const std::string& name) {
                         report.add(Severity::kInfo, "foreign keys",
                                    name + " is not looked at by the sessions that apply rows");
                       }));
  return ok_status();
}

// Columns that upstream lacks get their default: where they have none, no row can be inserted.
Status check_own_columns(Connection& connection, const decode::Table& table, Report& report) {
  const std::string sql =
      "SELECT column_name FROM information_schema.columns" +
      of_table(table, "table_schema", "table_name") +
      " AND is_nullable = 'NO' AND column_default IS NULL AND extra NOT LIKE '%auto_increment%' "
      "AND extra NOT LIKE '%GENERATED%'";
  return report_names(connection, sql, [&](const std::string& name) {
    if (table.info().column_by_name(ascii_lower(name)) != nullptr) return;
    report.add(Severity::kFatal, "columns",
               "column " + name + " is not known upstream and has no default");
  });
}

}  // namespace

Status check_table(Connection& connection, const decode::TablePtr& table, const TableCheck& check,
                   Findings* findings) {
  Report report(*table, findings);
  auto downstream = read_downstream_table(connection, table->schema_name(), table->name());
  if (downstream.status().code() == StatusCode::kNotFound) {
    report.add(Severity::kFatal, "tables", "missing downstream: its first row stops drainer");
    return ok_status();
  }
  if (!downstream.ok()) return downstream.status();
  const MySqlTablePtr joined = join_tables(table, *downstream, connection.server_kind());
  check_columns(*joined, check, report);
  check_keys(*joined, *downstream, report);
  TBL_TRY(check_own_columns(connection, *table, report));
  return check_surroundings(connection, *table, report);
}

}  // namespace tbl::mysql
