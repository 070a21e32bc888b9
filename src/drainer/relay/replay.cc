#include "drainer/relay/replay.h"

#include "base/log.h"
#include "drainer/relay/files.h"
#include "drainer/relay/record.h"

namespace tbl::relay {
namespace {

/// The records as what they stand for. A copy goes on from where this one stands.
class ItemReader {
 public:
  static Result<ItemReader> open(Env& env, const std::string& dir) {
    TBL_ASSIGN(auto reader, RelayReader::open(env, dir));
    return ItemReader(std::move(reader));
  }

  /// Nothing at the end.
  Result<std::optional<RelayItem>> next() {
    bool is_new_file = false;
    TBL_ASSIGN(const auto record, reader_.next(&is_new_file));
    if (!record) return std::optional<RelayItem>();
    if (is_new_file) decoder_.begin_file();
    TBL_ASSIGN(auto item, decoder_.decode(*record));
    return std::optional<RelayItem>(std::move(item));
  }

 private:
  explicit ItemReader(RelayReader reader) : reader_(std::move(reader)) {}
  RelayReader reader_;
  RecordDecoder decoder_;
};

/// The parts of a large transaction, all of which stand behind `first`, one after the other.
class ReplayedParts final : public schedule::PartSource {
 public:
  ReplayedParts(const RelayItem& first, ItemReader behind)
      : first_(first), behind_(std::move(behind)) {
    rewind();
  }

  uint64_t commit_ts() const override { return first_.commit_ts; }
  int64_t schema_version() const override { return first_.schema_version; }
  void rewind() override {
    reader_.reset();
    ended_ = false;
  }
  Result<schedule::TransactionPtr> next() override {
    if (ended_) return schedule::TransactionPtr();
    if (!reader_) {
      reader_.emplace(behind_);
      return first_.transaction;
    }
    TBL_ASSIGN(auto item, reader_->next());
    if (!item || !item->transaction)
      return internal_error("a relayed transaction has no last part");
    ended_ = item->transaction->is_last_part;
    return std::move(item->transaction);
  }

 private:
  const RelayItem& first_;
  const ItemReader behind_;
  std::optional<ItemReader> reader_;
  bool ended_ = false;
};

/// All parts stand behind the first one, with nothing between: no crash came between.
Result<bool> has_all_parts(const RelayItem& first, ItemReader behind) {
  uint64_t end_row = first.transaction->end_row;
  while (true) {
    TBL_ASSIGN(const auto item, behind.next());
    if (!item || !item->transaction || item->commit_ts != first.commit_ts) return false;
    if (item->transaction->first_row != end_row) return false;
    if (item->transaction->is_last_part) return true;
    end_row = item->transaction->end_row;
  }
}

/// Gives the items to the applier.
class Replayer {
 public:
  Replayer(uint64_t commit_ts, schedule::Applier& applier) : at_ts_(commit_ts), applier_(applier) {}

  void begin_pass() {
    pass_began_at_ts_ = at_ts_;
    gap_ts_ = 0;
  }
  /// What could not be given may follow what another run has written behind it.
  bool wants_another_pass() const { return gap_ts_ != 0 && at_ts_ > pass_began_at_ts_; }

  /// `behind` stands behind `item`.
  Status take(const RelayItem& item, const ItemReader& behind) {
    if (item.commit_ts <= at_ts_) return ok_status();
    if (item.previous_ts > at_ts_) {
      if (gap_ts_ == 0) gap_ts_ = item.commit_ts;
      return ok_status();
    }
    if (!item.transaction) {
      TBL_TRY(applier_.execute_ddl(item.ddl));
    } else if (item.transaction->first_row != 0) {
      return ok_status();  // the first parts of this writing are those of one that is given
    } else if (item.transaction->is_last_part) {
      TBL_TRY(applier_.submit(item.transaction));
    } else {
      TBL_ASSIGN(const bool is_complete, has_all_parts(item, behind));
      if (!is_complete) return ok_status();
      ReplayedParts parts(item, behind);
      TBL_TRY(applier_.submit_parts(parts));
    }
    ++items_;
    at_ts_ = item.commit_ts;
    last_version_ = std::max(last_version_, item.schema_version);
    return ok_status();
  }

  Replayed finish() {
    if (items_ > 0) applier_.note_progress(at_ts_, last_version_);
    log_info("finish feed by relay log",
             {{"transactions and DDLs", items_}, {"commit ts", at_ts_}});
    return {at_ts_, gap_ts_};
  }

 private:
  uint64_t at_ts_;  ///< up to here everything is given
  schedule::Applier& applier_;
  uint64_t pass_began_at_ts_ = 0;
  uint64_t gap_ts_ = 0;
  uint64_t items_ = 0;
  int64_t last_version_ = 0;
};

}  // namespace

Result<std::optional<RelaySpan>> span_of(Env& env, const std::string& dir) {
  std::optional<RelaySpan> span;
  auto read_all = [&]() -> Status {
    TBL_ASSIGN(auto reader, ItemReader::open(env, dir));
    while (true) {
      TBL_ASSIGN(const auto item, reader.next());
      if (!item) return ok_status();
      if (!span) span = RelaySpan{item->cluster_id, 0, 0};
      const bool is_end = !item->transaction || item->transaction->is_last_part;
      if (is_end) span->last_ts = std::max(span->last_ts, item->commit_ts);
      span->incomplete_ts = std::max(span->incomplete_ts, item->commit_ts);
    }
  };
  TBL_TRY(read_all().wrap("relay log"));
  if (span && span->incomplete_ts == span->last_ts) span->incomplete_ts = 0;
  return span;
}

Result<Replayed> replay(Env& env, const std::string& dir, uint64_t commit_ts,
                        schedule::Applier& applier) {
  Replayer replayer(commit_ts, applier);
  auto give_all = [&]() -> Status {
    replayer.begin_pass();
    TBL_ASSIGN(auto reader, ItemReader::open(env, dir));
    while (true) {
      TBL_ASSIGN(const auto item, reader.next());
      if (!item) return ok_status();
      TBL_TRY(replayer.take(*item, reader));
    }
  };
  do {
    TBL_TRY(give_all().wrap("replay the relay log"));
  } while (replayer.wants_another_pass());
  return replayer.finish();
}

}  // namespace tbl::relay
