// What executors need of the world, for one statement.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace tbl::tidb {

class AutoIds;
struct EvalContext;
class LoadDataInput;
class Schema;
class Transaction;
class VirtualCatalog;

/// Counts the bytes a statement holds in memory against tidb_mem_quota_query. Used by one thread.
class MemoryQuota {
 public:
  static constexpr int64_t kUnlimited = -1;
  explicit MemoryQuota(int64_t limit = kUnlimited) : limit_(limit) {}

  /// Error 1105 "Out Of Memory Quota!" beyond the limit; what was asked for is then not counted.
  Status consume(int64_t bytes);
  void release(int64_t bytes) { used_ -= bytes; }
  int64_t used() const { return used_; }
  /// Whether `bytes` more would be refused: a sort then writes to a file instead.
  bool would_exceed(int64_t bytes) const { return limit_ >= 0 && used_ + bytes > limit_; }

 private:
  int64_t limit_;
  int64_t used_ = 0;
};

/// Owned by the session for the time of one statement; everything it points to outlives that.
struct ExecContext {
  explicit ExecContext(EvalContext& e) : eval(e) {}

  EvalContext& eval;
  Transaction* transaction = nullptr;  ///< null only for plans that read no stored table
  const Schema* schema = nullptr;
  AutoIds* auto_ids = nullptr;         ///< needed by INSERT and LOAD DATA
  LoadDataInput* load_data = nullptr;  ///< needed by LOAD DATA
  bool client_found_rows = false;      ///< affected rows of UPDATE count matched rows
  bool row_format_v2 = false;          ///< tidb_row_format_version = 2
  bool check_in_place = false;         ///< tidb_constraint_check_in_place
  uint64_t auto_increment_increment = 1;
  uint64_t auto_increment_offset = 1;
  MemoryQuota memory = MemoryQuota();
  /// Filled while a SELECT ... FOR UPDATE reads: the record keys it locks before it answers.
  std::vector<std::string> keys_to_lock{};
};

}  // namespace tbl::tidb
