// What is known of downstream tables, read once and forgotten after DDL.
#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

#include "base/stop.h"
#include "drainer/mysql/downstream_table.h"
#include "drainer/mysql/session.h"
#include "drainer/schedule/hold_ups.h"

namespace tbl::mysql {

/// Any thread. Has a connection of its own, opened when first needed and again when lost.
class TableCache {
 public:
  TableCache(const ConnectionFactory& factory, schedule::HoldUps& hold_ups, StopToken stop)
      : factory_(factory), hold_ups_(hold_ups), stop_(std::move(stop)) {}

  /// Error: the table does not exist downstream, or the server cannot be asked.
  Result<MySqlTablePtr> get(const decode::TablePtr& table);
  /// The same of a table that get() was called for since the last clear().
  MySqlTablePtr find(const decode::Table* table) const;
  /// Says once per table that a row without any key may come twice in safe mode.
  void warn_of_repetition(const schedule::SinkTable& table);
  /// After a DDL, or when a statement shows that the table is another one.
  void clear();
  /// Changes with each clear(): whoever keeps what get() gave looks here first.
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

 private:
  Result<DownstreamTable> read(const decode::Table& table);
  Result<DownstreamTable> try_read(const decode::Table& table);
  bool is_new(const MySqlTable& table, const std::string& finding);
  void warn_once(const MySqlTable& table, const DownstreamTable& downstream);

  const ConnectionFactory& factory_;
  schedule::HoldUps& hold_ups_;
  const StopToken stop_;
  std::atomic<uint64_t> generation_ = 0;
  mutable std::mutex mutex_;
  std::unordered_map<const decode::Table*, MySqlTablePtr> tables_;
  std::mutex connection_mutex_;
  std::unique_ptr<Connection> connection_;
  std::set<std::string> warned_;             // under connection_mutex_
  std::set<std::string> repetition_warned_;  // under mutex_
};

}  // namespace tbl::mysql
