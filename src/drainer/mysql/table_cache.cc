#include "drainer/mysql/table_cache.h"

#include "base/log.h"
#include "drainer/mysql/errors.h"
#include "drainer/schedule/backoff.h"

namespace tbl::mysql {
MySqlTablePtr TableCache::find(const decode::Table* table) const {
  std::lock_guard lock(mutex_);
  auto it = tables_.find(table);
  return it == tables_.end() ? nullptr : it->second;
}

void TableCache::clear() {
  std::lock_guard lock(mutex_);
  tables_.clear();
  ++generation_;
}

void TableCache::warn_of_repetition(const schedule::SinkTable& table) {
  if (!table.where_keys.empty()) return;
  std::lock_guard lock(mutex_);
  if (!repetition_warned_.insert(table.table->quoted_name()).second) return;
  log_warn("table has no key: rows that another program has applied come a second time",
           {{"table", table.table->quoted_name()}});
}

Result<MySqlTablePtr> TableCache::get(const decode::TablePtr& table) {
  if (MySqlTablePtr known = find(table.get())) return known;
  std::lock_guard connection_lock(connection_mutex_);
  if (MySqlTablePtr known = find(table.get())) return known;
  TBL_ASSIGN(DownstreamTable downstream, read(*table));
  MySqlTablePtr joined = join_tables(table, downstream, connection_->server_kind());
  warn_once(*joined, downstream);
  std::lock_guard lock(mutex_);
  tables_[table.get()] = joined;
  return joined;
}

Result<DownstreamTable> TableCache::read(const decode::Table& table) {
  schedule::HoldUps::Call call(hold_ups_, 0, "the columns of " + table.quoted_name());
  schedule::Backoff backoff;
  while (true) {
    auto read = try_read(table);
    if (!is_lost(read.status())) return read;
    call.failed(read.status());
    if (backoff.is_worth_a_line()) {
      log_warn(
          "the downstream cannot be asked for a table's columns, trying again",
          {{"table", table.quoted_name()}, {"tries", backoff.tries()}, {"error", read.status()}});
    }
    connection_.reset();
    if (!backoff.wait(stop_)) return read;
  }
}

Result<DownstreamTable> TableCache::try_read(const decode::Table& table) {
  if (!connection_) {
    TBL_ASSIGN(connection_, factory_.open());
  }
  return read_downstream_table(*connection_, table.schema_name(), table.name());
}

// A table may be changed by DDL, or by hand: what is said of it once is the same finding.
bool TableCache::is_new(const MySqlTable& table, const std::string& finding) {
  return warned_.insert(table.quoted_name + " " + finding).second;
}

void TableCache::warn_once(const MySqlTable& table, const DownstreamTable& downstream) {
  if (downstream.unique_keys.empty() && is_new(table, "key")) {
    log_warn("table has no unique key downstream, its rows are found by all their columns",
             {{"table", table.quoted_name}});
  }
  if (!table.coarse_key.empty() && is_new(table, table.coarse_key)) {
    log_warn("what differs upstream may be one key downstream, and then stops as a duplicate",
             {{"table", table.quoted_name}, {"key", table.coarse_key}});
  }
  if (!is_transactional(downstream.engine) && is_new(table, "engine")) {
    log_warn("table is not transactional downstream: after a crash rows may be applied twice",
             {{"table", table.quoted_name}, {"engine", downstream.engine}});
  }
  for (const std::string& column : table.missing_downstream) {
    if (!is_new(table, "column " + column)) continue;
    log_warn("column is missing downstream, its values are left out",
             {{"table", table.quoted_name}, {"column", column}});
  }
}

}  // namespace tbl::mysql
