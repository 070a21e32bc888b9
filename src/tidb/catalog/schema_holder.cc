#include "tidb/catalog/schema_holder.h"

#include <algorithm>
#include <chrono>

#include "tidb/types/sql_error.h"

namespace tbl::tidb {

SchemaHolder::SchemaHolder() : schema_(std::make_shared<const Schema>()) {}

SchemaPtr SchemaHolder::current() const {
  std::lock_guard lock(mutex_);
  return schema_;
}

int64_t SchemaHolder::version() const { return current()->version(); }

bool SchemaHolder::changed_since(int64_t version, std::span<const int64_t> table_ids) const {
  if (version == schema_->version()) return false;
  if (version < changes_known_from_) return true;
  for (auto it = changes_.rbegin(); it != changes_.rend() && it->version > version; ++it) {
    const bool touched = std::ranges::any_of(table_ids, [&](int64_t id) {
      return std::ranges::find(it->tables, id) != it->tables.end();
    });
    if (touched) return true;
  }
  return false;
}

Result<SchemaHolder::CommitPass> SchemaHolder::enter_commit(int64_t version,
                                                            std::span<const int64_t> table_ids) {
  std::unique_lock lock(mutex_);
  cond_.wait(lock, [this] { return !changing_; });
  if (changed_since(version, table_ids)) return information_schema_changed();
  ++commits_;
  return CommitPass(this);
}

void SchemaHolder::leave_commit() {
  std::lock_guard lock(mutex_);
  if (--commits_ == 0) cond_.notify_all();
}

SchemaHolder::ChangePass SchemaHolder::enter_change() {
  std::unique_lock lock(mutex_);
  cond_.wait(lock, [this] { return !changing_; });
  changing_ = true;
  cond_.wait(lock, [this] { return commits_ == 0; });
  return ChangePass(this);
}

void SchemaHolder::leave_change() {
  std::lock_guard lock(mutex_);
  changing_ = false;
  cond_.notify_all();
}

void SchemaHolder::reset(SchemaPtr schema) {
  std::lock_guard lock(mutex_);
  schema_ = std::move(schema);
  changes_.clear();
  changes_known_from_ = schema_->version();
  cond_.notify_all();
}

int64_t SchemaHolder::wait_for_change(int64_t version, int64_t timeout_ms) const {
  std::unique_lock lock(mutex_);
  cond_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                 [&] { return schema_->version() != version; });
  return schema_->version();
}

SchemaHolder::CommitPass::CommitPass(CommitPass&& other) noexcept
    : holder_(std::exchange(other.holder_, nullptr)) {}

SchemaHolder::CommitPass& SchemaHolder::CommitPass::operator=(CommitPass&& other) noexcept {
  if (this != &other) {
    release();
    holder_ = std::exchange(other.holder_, nullptr);
  }
  return *this;
}

void SchemaHolder::CommitPass::release() {
  if (holder_ != nullptr) std::exchange(holder_, nullptr)->leave_commit();
}

SchemaHolder::ChangePass::ChangePass(ChangePass&& other) noexcept
    : holder_(std::exchange(other.holder_, nullptr)) {}

SchemaHolder::ChangePass::~ChangePass() {
  if (holder_ != nullptr) holder_->leave_change();
}

void SchemaHolder::ChangePass::publish(SchemaPtr schema, std::vector<int64_t> changed) {
  std::lock_guard lock(holder_->mutex_);
  holder_->changes_.push_back({schema->version(), std::move(changed)});
  if (holder_->changes_.size() > kChangesKept) {
    holder_->changes_known_from_ = holder_->changes_.front().version;
    holder_->changes_.pop_front();
  }
  holder_->schema_ = std::move(schema);
  holder_->cond_.notify_all();
}

}  // namespace tbl::tidb
