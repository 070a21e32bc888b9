#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"
#include "tikv/mvcc/errors.h"
#include "tikv/mvcc/read_view.h"

namespace tbl::tikv {
namespace {

/// What a read of one key finds: a value, nothing, or a lock in the way.
struct Found {
  std::optional<Value> value;
  std::optional<Lock> blocked_by;
};

Result<Found> read_key(Reader& reader, const ReadView& view, const Key& key) {
  Found found;
  TBL_ASSIGN(auto lock, reader.lock(key));
  const auto verdict = lock ? view.judge(key, *lock) : ReadView::Verdict::kPass;
  if (verdict == ReadView::Verdict::kBlocked) {
    found.blocked_by = std::move(lock);
  } else if (verdict == ReadView::Verdict::kUseLock) {
    if (lock->type == LockType::kDelete) return found;
    TBL_ASSIGN(auto bytes, reader.value_of(key, lock->start_ts, lock->short_value));
    found.value = Value{std::move(bytes), 0};
  } else {
    TBL_ASSIGN(found.value, reader.value(key, view.ts()));
  }
  return found;
}

/// Keys that are read without a pause.
constexpr int kQuickKeys = 256;

}  // namespace

Status get(Store& store, const kvrpcpb::GetRequest& request, kvrpcpb::GetResponse* response) {
  return get(store, request, response, MayBlock::kYes);
}

Status batch_get(Store& store, const kvrpcpb::BatchGetRequest& request,
                 kvrpcpb::BatchGetResponse* response) {
  return batch_get(store, request, response, MayBlock::kYes);
}

Status get(Store& store, const kvrpcpb::GetRequest& request, kvrpcpb::GetResponse* response,
           MayBlock may_block) {
  const Snapshot snapshot(store.engine, may_block);
  Reader reader(snapshot);
  const ReadView view(request.context(), request.version());
  const Key key(request.key());
  TBL_ASSIGN(auto found, read_key(reader, view, key));
  if (store.unsynced.contains(key)) TBL_TRY(store.engine.sync(may_block));
  if (found.blocked_by) {
    set_locked(key, *found.blocked_by, response->mutable_error());
  } else if (found.value) {
    response->set_value(std::move(found.value->bytes));
    if (request.need_commit_ts()) response->set_commit_ts(found.value->commit_ts);
  } else {
    response->set_not_found(true);
  }
  return ok_status();
}

Status batch_get(Store& store, const kvrpcpb::BatchGetRequest& request,
                 kvrpcpb::BatchGetResponse* response, MayBlock may_block) {
  if (may_block == MayBlock::kNo && request.keys_size() > kQuickKeys) return would_block();
  const Snapshot snapshot(store.engine, may_block);
  Reader reader(snapshot);
  const ReadView view(request.context(), request.version());
  bool unsynced = false;
  for (const auto& raw : request.keys()) {
    const Key key(raw);
    TBL_ASSIGN(auto found, read_key(reader, view, key));
    unsynced = unsynced || store.unsynced.contains(key);
    if (!found.blocked_by && !found.value) continue;
    auto* pair = response->add_pairs();
    pair->set_key(raw);
    if (found.blocked_by) {
      set_locked(key, *found.blocked_by, pair->mutable_error());
    } else {
      pair->set_value(std::move(found.value->bytes));
      if (request.need_commit_ts()) pair->set_commit_ts(found.value->commit_ts);
    }
  }
  return unsynced ? store.engine.sync(may_block) : ok_status();
}

}  // namespace tbl::tikv
