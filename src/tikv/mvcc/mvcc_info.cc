#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"
#include "tikv/mvcc/errors.h"

namespace tbl::tikv {
namespace {

kvrpcpb::Op write_op(WriteType type) {
  switch (type) {
    case WriteType::kPut:
      return kvrpcpb::Put;
    case WriteType::kDelete:
      return kvrpcpb::Del;
    case WriteType::kLock:
      return kvrpcpb::Lock;
    case WriteType::kRollback:
      return kvrpcpb::Rollback;
  }
  return kvrpcpb::Rollback;
}

void fill_lock(const Key& key, const Lock& lock, kvrpcpb::MvccLock* out) {
  kvrpcpb::LockInfo info;
  fill_lock_info(key, lock, &info);
  out->set_type(info.lock_type());
  out->set_start_ts(lock.start_ts);
  out->set_primary(lock.primary);
  if (lock.short_value) out->set_short_value(*lock.short_value);
  out->set_ttl(lock.ttl_ms);
  out->set_for_update_ts(lock.for_update_ts);
  out->set_txn_size(lock.txn_size);
}

void fill_write(const Version& version, kvrpcpb::MvccWrite* out) {
  out->set_type(write_op(version.write.type));
  out->set_start_ts(version.write.start_ts);
  out->set_commit_ts(version.commit_ts);
  if (version.write.short_value) out->set_short_value(*version.write.short_value);
  out->set_has_overlapped_rollback(version.write.overlapped_rollback);
}

Status fill_info(const Snapshot& snapshot, const Key& key, kvrpcpb::MvccInfo* info) {
  Reader reader(snapshot);
  TBL_ASSIGN(const auto lock, reader.lock(key));
  if (lock) fill_lock(key, *lock, info->mutable_lock());
  TBL_ASSIGN(auto version, reader.newest(key, kMaxTs));
  while (version) {
    fill_write(*version, info->add_writes());
    TBL_ASSIGN(version, reader.older(key));
  }
  Cursor values = snapshot.cursor(Cf::kDefault);
  for (values.seek(key.data()); values.valid(); values.next()) {
    Bytes data;
    uint64_t start_ts = 0;
    if (!split_version(values.key(), &data, &start_ts) || data != key.data()) break;
    auto* value = info->add_values();
    value->set_start_ts(start_ts);
    value->set_value(std::string(values.value()));
  }
  return values.status();
}

Result<std::optional<Key>> first_locked(const Snapshot& snapshot, uint64_t start_ts,
                                        const DataRange& range) {
  Cursor locks = snapshot.cursor(Cf::kLock, range.lower, range.upper);
  for (locks.seek(range.lower); locks.valid(); locks.next()) {
    TBL_ASSIGN(const auto lock, decode_lock(locks.value()));
    if (lock.start_ts != start_ts) continue;
    TBL_ASSIGN(auto key, parse_data_key(locks.key()));
    return std::optional<Key>(std::move(key));
  }
  TBL_TRY(locks.status());
  return std::optional<Key>();
}

Result<std::optional<Key>> first_written(const Snapshot& snapshot, uint64_t start_ts,
                                         const DataRange& range) {
  Cursor writes = snapshot.cursor(Cf::kWrite, range.lower, range.upper);
  for (writes.seek(range.lower); writes.valid(); writes.next()) {
    TBL_ASSIGN(const auto write, decode_write(writes.value()));
    if (write.start_ts != start_ts) continue;
    Bytes data;
    uint64_t commit_ts = 0;
    split_version(writes.key(), &data, &commit_ts);
    TBL_ASSIGN(auto key, parse_data_key(data));
    return std::optional<Key>(std::move(key));
  }
  TBL_TRY(writes.status());
  return std::optional<Key>();
}

}  // namespace

Status mvcc_get_by_key(Store& store, const kvrpcpb::MvccGetByKeyRequest& request,
                       kvrpcpb::MvccGetByKeyResponse* response) {
  const Snapshot snapshot(store.engine);
  // Present even when empty: the original pump dereferences it unchecked.
  TBL_TRY(fill_info(snapshot, Key(request.key()), response->mutable_info()));
  return store.engine.sync();
}

Status mvcc_get_by_start_ts(Store& store, const kvrpcpb::MvccGetByStartTsRequest& request,
                            kvrpcpb::MvccGetByStartTsResponse* response) {
  return mvcc_get_by_start_ts(store, request, response, data_range("", ""));
}

Status mvcc_get_by_start_ts(Store& store, const kvrpcpb::MvccGetByStartTsRequest& request,
                            kvrpcpb::MvccGetByStartTsResponse* response, const DataRange& range) {
  const Snapshot snapshot(store.engine);
  TBL_ASSIGN(auto locked, first_locked(snapshot, request.start_ts(), range));
  TBL_ASSIGN(auto written, first_written(snapshot, request.start_ts(), range));
  if (locked && (!written || *locked < *written)) written = std::move(locked);
  auto* info = response->mutable_info();
  if (!written) return ok_status();
  response->set_key(written->raw());
  TBL_TRY(fill_info(snapshot, *written, info));
  return store.engine.sync();
}

}  // namespace tbl::tikv
