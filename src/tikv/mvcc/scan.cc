#include <algorithm>

#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"
#include "tikv/mvcc/errors.h"
#include "tikv/mvcc/read_view.h"

namespace tbl::tikv {
namespace {

/// Walks over every key of a range that has a lock or a version, upwards or downwards, by moving
/// one cursor in the lock CF and one in the write CF.
class KeyWalk {
 public:
  KeyWalk(const Snapshot& snapshot, DataRange range, bool reverse)
      : range_(std::move(range)),
        reverse_(reverse),
        locks_(snapshot.cursor(Cf::kLock, range_.lower, range_.upper)),
        writes_(snapshot.cursor(Cf::kWrite, range_.lower, range_.upper)) {
    if (reverse_) {
      seek_below(locks_, range_.upper);
      seek_below(writes_, range_.upper);
    } else {
      locks_.seek(range_.lower);
      writes_.seek(range_.lower);
    }
  }

  /// Stored form of the next key, which stays current until the next call; empty at the end.
  Result<std::string> next() {
    if (!current_.empty()) leave_current();
    TBL_TRY(locks_.valid() ? ok_status() : locks_.status());
    TBL_TRY(writes_.valid() ? ok_status() : writes_.status());
    const Bytes lock = in_range(locks_) ? locks_.key() : Bytes();
    Bytes version;
    uint64_t ts = 0;
    if (in_range(writes_) && !split_version(writes_.key(), &version, &ts)) {
      return data_loss("bad key in the write column family: " + to_hex(writes_.key()));
    }
    if (lock.empty() || version.empty()) {
      current_ = lock.empty() ? version : lock;
    } else {
      current_ = reverse_ ? std::max(lock, version) : std::min(lock, version);
    }
    return current_;
  }

  /// Whether the current key has a lock, and its record.
  bool locked() const { return in_range(locks_) && locks_.key() == current_; }
  Bytes lock_record() const { return locks_.value(); }

  /// The current key's newest record, where the walk stands on it: upwards.
  Result<std::optional<Version>> newest_record() const {
    if (reverse_ || !at_current(writes_)) return std::optional<Version>();
    Bytes data;
    Version version;
    split_version(writes_.key(), &data, &version.commit_ts);
    TBL_ASSIGN(version.write, decode_write(writes_.value()));
    return std::optional<Version>(std::move(version));
  }

 private:
  bool in_range(const Cursor& cursor) const {
    return cursor.valid() && cursor.key() >= range_.lower && cursor.key() < range_.upper;
  }

  static void seek_below(Cursor& cursor, Bytes key) {
    cursor.seek_for_prev(key);
    if (cursor.valid() && cursor.key() == key) cursor.prev();
  }

  bool at_current(const Cursor& cursor) const {
    return cursor.valid() && cursor.key().starts_with(current_);
  }

  void leave_current() {
    if (at_current(locks_)) reverse_ ? locks_.prev() : locks_.next();
    if (!at_current(writes_)) return;
    // Most keys have few versions: stepping over them is cheaper than a seek.
    constexpr int kStepsMax = 8;
    for (int i = 0; i < kStepsMax && at_current(writes_); ++i) {
      reverse_ ? writes_.prev() : writes_.next();
    }
    if (!at_current(writes_)) return;
    if (reverse_) {
      seek_below(writes_, current_);
    } else {
      // The first byte string above everything that starts with the key, whose last byte is a
      // marker below 0xff.
      std::string beyond = current_;
      ++beyond.back();
      writes_.seek(beyond);
    }
  }

  const DataRange range_;
  const bool reverse_;
  Cursor locks_;
  Cursor writes_;
  std::string current_;
};

DataRange range_of(const kvrpcpb::ScanRequest& request) {
  if (request.reverse()) return data_range(request.end_key(), request.start_key());
  return data_range(request.start_key(), request.end_key());
}

class Scan {
 public:
  Scan(const Snapshot& snapshot, DataRange range, const kvrpcpb::ScanRequest& request,
       kvrpcpb::ScanResponse* response)
      : request_(request),
        response_(response),
        view_(request.context(), request.version()),
        reader_(snapshot),
        walk_(snapshot, std::move(range), request.reverse()) {}

  Status run() {
    while (static_cast<uint32_t>(response_->pairs_size()) < request_.limit()) {
      TBL_ASSIGN(const auto data, walk_.next());
      if (data.empty()) break;
      TBL_TRY(visit(data));
    }
    return ok_status();
  }

 private:
  Status visit(Bytes data) {
    TBL_ASSIGN(const Key key, parse_data_key(data));
    if (walk_.locked()) {
      TBL_ASSIGN(const auto lock, decode_lock(walk_.lock_record()));
      const auto verdict = view_.judge(key, lock);
      if (verdict == ReadView::Verdict::kBlocked) {
        auto* pair = response_->add_pairs();
        pair->set_key(key.raw());
        set_locked(key, lock, pair->mutable_error());
        return ok_status();
      }
      if (verdict == ReadView::Verdict::kUseLock) {
        if (lock.type == LockType::kDelete) return ok_status();
        return add(key, lock.start_ts, lock.short_value);
      }
    }
    TBL_ASSIGN(auto version, walk_.newest_record());
    if (!version || version->commit_ts > view_.ts() || !is_change(version->write.type)) {
      TBL_ASSIGN(version, reader_.newest_change(key, view_.ts()));
    }
    if (!version || version->write.type == WriteType::kDelete) return ok_status();
    return add(key, version->write.start_ts, version->write.short_value);
  }

  Status add(const Key& key, uint64_t start_ts, const std::optional<std::string>& short_value) {
    std::string value;
    if (!request_.key_only()) {
      TBL_ASSIGN(value, reader_.value_of(key, start_ts, short_value));
    }
    auto* pair = response_->add_pairs();
    pair->set_key(key.raw());
    pair->set_value(std::move(value));
    return ok_status();
  }

  const kvrpcpb::ScanRequest& request_;
  kvrpcpb::ScanResponse* response_;
  const ReadView view_;
  Reader reader_;
  KeyWalk walk_;
};

/// Pairs that are read without a pause.
constexpr uint32_t kQuickPairs = 512;

}  // namespace

Status scan(Store& store, const kvrpcpb::ScanRequest& request, kvrpcpb::ScanResponse* response) {
  return scan(store, request, response, MayBlock::kYes);
}

Status scan(Store& store, const kvrpcpb::ScanRequest& request, kvrpcpb::ScanResponse* response,
            MayBlock may_block) {
  if (may_block == MayBlock::kNo && request.limit() > kQuickPairs) return would_block();
  const Snapshot snapshot(store.engine, may_block);
  const DataRange range = range_of(request);
  TBL_TRY(Scan(snapshot, range, request, response).run());
  return store.unsynced.contains_any(range) ? store.engine.sync(may_block) : ok_status();
}

}  // namespace tbl::tikv
