// A store for DDL's transactions in memory, with snapshots, write conflicts and crashes, for tests.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tidb/ddl/ddl_storage.h"
#include "tidb/kv/kv_error.h"
#include "tidb/kv/transaction.h"

namespace tbl::tidb {

/// Any thread; every transaction copies the store.
class FakeDdlStorage : public DdlStorage {
 public:
  struct Commit {
    uint64_t commit_ts = 0;
    std::optional<DdlBinlog> binlog;
  };
  enum class Crash : uint8_t { kNone, kBefore, kAfter };

  Result<std::unique_ptr<DdlTransaction>> begin() override;

  /// The `number`-th commit from now (0: the next) is lost, or happens without an answer.
  void crash_at(int number, Crash crash) {
    std::lock_guard lock(mutex_);
    crash_in_ = number;
    crash_ = crash;
  }
  std::vector<Commit> commits() {
    std::lock_guard lock(mutex_);
    return commits_;
  }
  std::map<std::string, std::string> values() {
    std::lock_guard lock(mutex_);
    return values_;
  }

 private:
  class Txn;

  std::mutex mutex_;
  uint64_t ts_ = 1000;
  std::map<std::string, std::string> values_;
  std::map<std::string, uint64_t> written_;  ///< commit ts of the last write of a key
  std::vector<Commit> commits_;
  int crash_in_ = -1;
  Crash crash_ = Crash::kNone;
};

class FakeDdlStorage::Txn : public DdlTransaction, public MetaStore {
 public:
  Txn(FakeDdlStorage& storage, uint64_t ts, std::map<std::string, std::string> values)
      : storage_(storage), ts_(ts), values_(std::move(values)) {}
  uint64_t start_ts() const override { return ts_; }
  MetaStore& store() override { return *this; }

  Result<std::optional<std::string>> meta_get(Bytes key) override {
    auto it = values_.find(std::string(key));
    if (it == values_.end()) return std::optional<std::string>();
    return std::optional(it->second);
  }
  Status meta_put(Bytes key, Bytes value) override {
    dirty_.insert(std::string(key));
    values_[std::string(key)] = std::string(value);
    return ok_status();
  }
  Status meta_remove(Bytes key) override {
    dirty_.insert(std::string(key));
    values_.erase(std::string(key));
    return ok_status();
  }
  Status meta_scan(Bytes prefix, const Visit& visit) override {
    for (auto it = values_.lower_bound(std::string(prefix));
         it != values_.end() && it->first.starts_with(prefix); ++it) {
      TBL_TRY(visit(it->first, it->second));
    }
    return ok_status();
  }

  Status commit(const DdlBinlog* binlog) override {
    std::lock_guard lock(storage_.mutex_);
    for (const std::string& key : dirty_) {
      auto it = storage_.written_.find(key);
      if (it != storage_.written_.end() && it->second > ts_) {
        return sql_error(kErrWriteConflict, "Write conflict");
      }
    }
    const bool crashes = storage_.crash_in_-- == 0;
    if (crashes && storage_.crash_ == Crash::kBefore) return unavailable("crashed before");
    const uint64_t commit_ts = ++storage_.ts_;
    for (const std::string& key : dirty_) {
      storage_.written_[key] = commit_ts;
      if (auto it = values_.find(key); it != values_.end()) {
        storage_.values_[key] = it->second;
      } else {
        storage_.values_.erase(key);
      }
    }
    storage_.commits_.push_back(
        {commit_ts, binlog == nullptr ? std::nullopt : std::optional(*binlog)});
    if (crashes) return unavailable("crashed after");
    return ok_status();
  }

 private:
  FakeDdlStorage& storage_;
  uint64_t ts_;
  std::map<std::string, std::string> values_;
  std::set<std::string> dirty_;
};

inline Result<std::unique_ptr<DdlTransaction>> FakeDdlStorage::begin() {
  std::lock_guard lock(mutex_);
  return std::unique_ptr<DdlTransaction>(std::make_unique<Txn>(*this, ++ts_, values_));
}

/// Pretends that every table has `rows` rows, read one by one.
class FakeBackfill : public IndexBackfill {
 public:
  Result<Batch> run(const Task& task) override {
    ++runs;
    if (duplicate) return dup_entry("1", "k");
    if (task.rows_max > quiet_rows) return sql_error(kErrWriteConflict, "Write conflict");
    const int64_t next = task.start_handle == INT64_MIN ? 1 : task.start_handle + 1;
    return Batch{1, next, next >= rows};
  }
  int64_t rows = 1;
  bool duplicate = false;
  int64_t quiet_rows = INT64_MAX;  ///< larger batches always meet a change
  int runs = 0;
};

/// Remembers the statements; says that no row matches unless told otherwise.
class FakeSql : public SqlRunner {
 public:
  Status execute(std::string_view sql) override {
    statements.emplace_back(sql);
    return ok_status();
  }
  Result<bool> any_row(std::string_view select) override {
    statements.emplace_back(select);
    return finds_rows;
  }
  std::vector<std::string> statements;
  bool finds_rows = false;
};

}  // namespace tbl::tidb
