#include "tikv/mvcc/reader.h"

namespace tbl::tikv {

Result<std::optional<Lock>> Reader::lock(const Key& key) {
  TBL_ASSIGN(const auto record, snapshot_.get(Cf::kLock, key.data()));
  if (!record) return std::optional<Lock>();
  TBL_ASSIGN(auto lock, decode_lock(*record));
  return std::optional<Lock>(std::move(lock));
}

Result<std::optional<Version>> Reader::newest(const Key& key, uint64_t ts) {
  if (!writes_) writes_.emplace(snapshot_.cursor(Cf::kWrite));
  writes_->seek(key.at(ts));
  return version_here(key);
}

Result<std::optional<Version>> Reader::older(const Key& key) {
  writes_->next();
  return version_here(key);
}

Result<std::optional<Version>> Reader::version_here(const Key& key) {
  if (!writes_->valid()) {
    TBL_TRY(writes_->status());
    return std::optional<Version>();
  }
  Bytes data;
  Version version;
  if (!split_version(writes_->key(), &data, &version.commit_ts) || data != key.data()) {
    return std::optional<Version>();
  }
  TBL_ASSIGN(version.write, decode_write(writes_->value()));
  return std::optional<Version>(std::move(version));
}

Result<std::optional<Write>> Reader::record_at(const Key& key, uint64_t commit_ts) {
  TBL_ASSIGN(const auto record, snapshot_.get(Cf::kWrite, key.at(commit_ts)));
  if (!record) return std::optional<Write>();
  TBL_ASSIGN(auto write, decode_write(*record));
  return std::optional<Write>(std::move(write));
}

Result<std::optional<Version>> Reader::newest_change(const Key& key, uint64_t ts) {
  TBL_ASSIGN(auto version, newest(key, ts));
  while (version && !is_change(version->write.type)) {
    TBL_ASSIGN(version, older(key));
  }
  return version;
}

Result<std::optional<Value>> Reader::value(const Key& key, uint64_t ts) {
  TBL_ASSIGN(const auto version, newest_change(key, ts));
  if (!version || version->write.type == WriteType::kDelete) return std::optional<Value>();
  Value value;
  value.commit_ts = version->commit_ts;
  TBL_ASSIGN(value.bytes, value_of(key, version->write.start_ts, version->write.short_value));
  return std::optional<Value>(std::move(value));
}

Result<std::string> Reader::value_of(const Key& key, uint64_t start_ts,
                                     const std::optional<std::string>& short_value) {
  if (short_value) return *short_value;
  TBL_ASSIGN(auto stored, snapshot_.get(Cf::kDefault, key.at(start_ts)));
  if (!stored) {
    return data_loss("key " + to_hex(key.raw()) + " has no value of start ts " +
                     std::to_string(start_ts));
  }
  return std::move(*stored);
}

Result<Outcome> Reader::outcome(const Key& key, uint64_t start_ts) {
  // A commit ts is never below its start ts, so what is older cannot be this transaction's.
  TBL_ASSIGN(auto version, newest(key, kMaxTs));
  while (version && version->commit_ts >= start_ts) {
    const Write& write = version->write;
    if (write.start_ts == start_ts) {
      if (write.type == WriteType::kRollback) return Outcome{Outcome::Kind::kRolledBack, 0};
      return Outcome{Outcome::Kind::kCommitted, version->commit_ts};
    }
    if (version->commit_ts == start_ts && write.overlapped_rollback) {
      return Outcome{Outcome::Kind::kRolledBack, 0};
    }
    TBL_ASSIGN(version, older(key));
  }
  return Outcome{};
}

}  // namespace tbl::tikv
