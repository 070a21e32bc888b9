// The current schema of this server, and the gate that keeps commits and schema changes apart.
//
// One server owns the cluster, so no lease is needed: a commit holds the gate shared from before
// its prewrite until its keys are committed; a DDL step closes the gate, commits its meta
// transaction and publishes the new schema before it opens the gate again. Hence a DDL's commit ts
// lies after every DML that used the old schema and before every one that uses the new.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <vector>

#include "base/status.h"
#include "tidb/catalog/schema.h"

namespace tbl::tidb {

/// Any thread.
class SchemaHolder {
 public:
  SchemaHolder();
  SchemaHolder(const SchemaHolder&) = delete;
  SchemaHolder& operator=(const SchemaHolder&) = delete;

  /// Never null; an empty schema of version 0 at first.
  SchemaPtr current() const;
  int64_t version() const;

  /// Right to commit; given back by the destructor. Movable.
  class CommitPass {
   public:
    CommitPass() = default;
    CommitPass(CommitPass&& other) noexcept;
    CommitPass& operator=(CommitPass&& other) noexcept;
    ~CommitPass() { release(); }
    void release();

   private:
    friend class SchemaHolder;
    explicit CommitPass(SchemaHolder* holder) : holder_(holder) {}
    SchemaHolder* holder_ = nullptr;
  };
  /// Waits while a schema change is under way. `table_ids`: tables and partitions the transaction
  /// wrote; `version`: of the schema they were taken from. Error 8028 when one of them changed
  /// since, or `version` is too old to tell.
  Result<CommitPass> enter_commit(int64_t version, std::span<const int64_t> table_ids);

  /// Right to change the schema: no commit is under way while it lives. One at a time.
  class ChangePass {
   public:
    ChangePass(ChangePass&& other) noexcept;
    ChangePass& operator=(ChangePass&&) = delete;
    ~ChangePass();
    /// Makes `schema` current. `changed`: see changed_tables().
    void publish(SchemaPtr schema, std::vector<int64_t> changed);

   private:
    friend class SchemaHolder;
    explicit ChangePass(SchemaHolder* holder) : holder_(holder) {}
    SchemaHolder* holder_;
  };
  /// Waits for the commits under way; commits that come later wait for the pass to end.
  ChangePass enter_change();

  /// At start and after a change whose outcome was unknown: every transaction of an older version
  /// fails at commit.
  void reset(SchemaPtr schema);
  /// Waits until version() differs from `version` or `timeout_ms` has passed; gives version().
  int64_t wait_for_change(int64_t version, int64_t timeout_ms) const;

 private:
  struct Change {
    int64_t version = 0;
    std::vector<int64_t> tables;
  };
  static constexpr size_t kChangesKept = 1024;

  bool changed_since(int64_t version, std::span<const int64_t> table_ids) const;
  void leave_commit();
  void leave_change();

  mutable std::mutex mutex_;
  mutable std::condition_variable cond_;
  SchemaPtr schema_;
  std::deque<Change> changes_;      ///< oldest first
  int64_t changes_known_from_ = 0;  ///< versions >= this one can be judged
  size_t commits_ = 0;
  bool changing_ = false;  ///< a change waits or is under way
};

}  // namespace tbl::tidb
