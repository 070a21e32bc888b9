#include "tidb/server/gc_tables.h"

#include "base/bytes.h"
#include "tidb/session/internal_sql.h"

namespace tbl::tidb {

Result<std::optional<std::string>> SqlGcTables::get(const std::string& name) {
  TBL_ASSIGN(
      const TextResult result,
      query_internal(domain_, "SELECT variable_value FROM mysql.tidb WHERE variable_name = " +
                                  sql_quote(name)));
  if (result.rows.empty()) return std::optional<std::string>();
  return result.rows[0][0];
}

Status SqlGcTables::set(const std::string& name, const std::string& value,
                        const std::string& comment) {
  return run_internal(domain_,
                      "REPLACE INTO mysql.tidb (variable_name, variable_value, comment) "
                      "VALUES (" +
                          sql_quote(name) + ", " + sql_quote(value) + ", " + sql_quote(comment) +
                          ")");
}

Result<std::vector<GcTables::Range>> SqlGcTables::delete_ranges(uint64_t safe_point) {
  TBL_ASSIGN(const TextResult result,
             query_internal(domain_,
                            "SELECT job_id, element_id, start_key, end_key, ts FROM "
                            "mysql.gc_delete_range WHERE ts < " +
                                std::to_string(safe_point)));
  std::vector<Range> ranges;
  for (const auto& row : result.rows) {
    Range range;
    range.job_id = std::stoll(row[0].value_or("0"));
    range.element_id = std::stoll(row[1].value_or("0"));
    TBL_ASSIGN(range.start, from_hex(row[2].value_or("")));
    TBL_ASSIGN(range.end, from_hex(row[3].value_or("")));
    range.ts = std::stoull(row[4].value_or("0"));
    ranges.push_back(std::move(range));
  }
  return ranges;
}

Status SqlGcTables::range_done(const Range& range) {
  const std::string where = " WHERE job_id = " + std::to_string(range.job_id) +
                            " AND element_id = " + std::to_string(range.element_id);
  return run_internal_together(
      domain_,
      {"REPLACE INTO mysql.gc_delete_range_done SELECT * FROM mysql.gc_delete_range" + where,
       "DELETE FROM mysql.gc_delete_range" + where});
}

}  // namespace tbl::tidb
