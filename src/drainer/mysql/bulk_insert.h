// Inserts by MariaDB's bulk protocol: one prepared statement, executed with arrays of values.
//
// Costs the server about two thirds of a multi-row INSERT, and nothing is quoted or parsed.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "drainer/mysql/connection.h"
#include "drainer/mysql/downstream_table.h"
#include "drainer/schedule/batch_plan.h"

namespace tbl::mysql {

/// Belongs to one connection at a time, which must have bulk; keeps its statements and buffers.
class BulkInsert {
 public:
  BulkInsert();
  ~BulkInsert();

  /// Forgets the statements: call before the connection is closed.
  void forget();

  bool is_prepared(const MySqlTable& table) const { return statements_.contains(&table); }

  /// Inserts rows, each piece within `limit` bytes. Errors name the table and a commit ts.
  Status insert(Connection& connection, const MySqlTablePtr& table,
                std::span<const schedule::PlannedRow> rows, uint64_t limit);

 private:
  struct Statement;
  struct Column;

  Result<Statement*> prepare(Connection& connection, const MySqlTablePtr& table);
  Status fill(const MySqlTable& table, std::span<const schedule::PlannedRow> rows);
  Status fill_column(const MySqlTable& table, size_t place,
                     std::span<const schedule::PlannedRow> rows);
  Status execute(Statement& statement, size_t rows);
  static size_t count_fitting(const MySqlTable& table, std::span<const schedule::PlannedRow> rows,
                              uint64_t limit);

  std::map<const MySqlTable*, std::unique_ptr<Statement>> statements_;
  std::vector<Column> columns_;
};

}  // namespace tbl::mysql
