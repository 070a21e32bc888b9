#include "pump/inspect/check.h"

#include <fmt/format.h>

#include <optional>

#include "base/go_time.h"
#include "pump/inspect/findings.h"
#include "pump/inspect/index_reader.h"
#include "pump/inspect/log_check.h"
#include "pump/inspect/place_check.h"
#include "pump/storage/dropped_log.h"
#include "pump/storage/recovery.h"
#include "pump/storage/segment_format.h"
#include "pump/storage/snapshot.h"

namespace tbl::pump {
namespace {

class Check {
 public:
  Check(Env& env, const std::string& dir, const std::function<void(const Finding&)>& on_finding)
      : env_(env),
        dir_{dir},
        findings_(on_finding),
        segments_(env, dir_.value()),
        index_(env, dir_.index()) {}

  Result<CheckSummary> run() {
    TBL_TRY(take_lock());
    TBL_TRY(segments_.load());
    TBL_TRY(note_foreign_files());
    original_ = env_.exists(join_path(dir_.root, "kv/CURRENT"));
    if (original_) {
      findings_.note("the directory was last used by an original pump: its kv/ is not looked at");
    } else {
      TBL_TRY(load_snapshot());
      TBL_TRY(check_index());
    }
    LogCheck({segments_, snapshot(), index_is_sound_ ? &index_ : nullptr, findings_})
        .run(&summary_);
    if (!original_) {
      check_places();
      TBL_TRY(check_dropped());
    }
    findings_.finish();
    summary_.notes = findings_.notes();
    summary_.damages = findings_.damages();
    return summary_;
  }

 private:
  const Snapshot* snapshot() const { return snapshot_ ? &*snapshot_ : nullptr; }

  /// A directory that cannot be written to has no pump either.
  Status take_lock() {
    auto lock = env_.lock(dir_.lock());
    if (lock.ok()) {
      lock_ = std::move(lock).value();
    } else if (lock.status().code() == StatusCode::kFailedPrecondition) {
      return std::move(lock).status().wrap("a pump runs on this directory");
    }
    return ok_status();
  }

  Status note_foreign_files() {
    TBL_ASSIGN(const auto names, env_.list(dir_.value()));
    for (const std::string& name : names) {
      if (!parse_segment_name(name)) findings_.note("value/" + name + " is not a segment");
    }
    return ok_status();
  }

  Status load_snapshot() {
    if (!env_.exists(dir_.snapshot())) {
      findings_.note("no sorter.snap: the next start reads the whole log, and the gc ts is lost");
      return ok_status();
    }
    TBL_ASSIGN(const std::string bytes, env_.read_file(dir_.snapshot()));
    auto snapshot = decode_snapshot(bytes);
    if (snapshot.ok()) {
      snapshot_ = std::move(snapshot).value();
      return ok_status();
    }
    findings_.damage("sorter.snap: " + snapshot.status().message() +
                     ": the next start reads the whole log, and the gc ts is lost");
    return ok_status();
  }

  /// The blocks themselves; what their entries point to comes later.
  Status check_index() {
    if (!snapshot_) return ok_status();
    const uint64_t blocks = snapshot_->index_end.blocks;
    TBL_TRY(index_.open(blocks));
    if (index_.blocks_in_files() > blocks) {
      findings_.note(
          fmt::format("index has {} blocks, of which the snapshot knows {}: the next "
                      "start makes the others anew",
                      index_.blocks_in_files(), blocks));
    }
    index_is_sound_ = true;
    uint64_t last_ts = 0;
    for (uint64_t block = index_.first_block(); block < blocks; ++block) {
      const auto entries = index_.read(block);
      if (!entries.ok()) {
        damaged_index(entries.status().message() + fmt::format(", behind commit ts {}", last_ts));
        continue;
      }
      if (entries->front().commit_ts <= last_ts) not_ascending(IndexReader::describe(block));
      last_ts = entries->back().commit_ts;
    }
    for (const IndexEntry& entry : snapshot_->index_end.tail) {
      if (entry.commit_ts <= last_ts) not_ascending("sorter.snap's index tail");
      last_ts = entry.commit_ts;
    }
    return ok_status();
  }

  void not_ascending(const std::string& where) {
    damaged_index(where + ": not above the commit ts before it");
  }

  void damaged_index(const std::string& text) {
    index_is_sound_ = false;
    findings_.damage("index", text);
  }

  void check_places() {
    if (!snapshot_) return;
    PlaceCheck places(segments_, *snapshot_, findings_);
    for (uint64_t block = index_.first_block(); block < index_.end_block(); ++block) {
      const auto entries = index_.read(block);
      if (!entries.ok()) continue;
      for (const IndexEntry& entry : *entries) places.check(entry);
      summary_.index_entries += entries->size();
    }
    for (const IndexEntry& entry : snapshot_->index_end.tail) places.check(entry);
    summary_.index_entries += snapshot_->index_end.tail.size();
    for (const auto& [start_ts, txn] : snapshot_->sorter.txns) {
      places.check(start_ts, txn);
      if (!txn.resolved()) ++summary_.unresolved;
    }
  }

  Status check_dropped() {
    if (!env_.exists(dir_.dropped())) return ok_status();
    TBL_ASSIGN(const std::string bytes, env_.read_file(dir_.dropped()));
    const auto verdicts = decode_dropped(bytes);
    summary_.dropped = verdicts.size();
    const uint64_t good = verdicts.size() * kDroppedRecordBytes;
    if (good == bytes.size()) return ok_status();
    const std::string text = fmt::format(
        "dropped.log offset {}: no verdict can be read from there on ({} bytes): TiKV is asked "
        "again",
        good, bytes.size() - good);
    if (bytes.size() - good < kDroppedRecordBytes) {
      findings_.note(text);
    } else {
      findings_.damage(text);
    }
    return ok_status();
  }

  Env& env_;
  const DataDir dir_;
  Findings findings_;
  std::unique_ptr<FileLock> lock_;
  SegmentSet segments_;
  IndexReader index_;
  bool original_ = false;
  bool index_is_sound_ = false;
  std::optional<Snapshot> snapshot_;
  CheckSummary summary_;
};

}  // namespace

std::string CheckSummary::to_text() const {
  std::string text = fmt::format("{} segments, {} bytes, {} records", segments, log_bytes, records);
  if (records > 0) {
    text += fmt::format(" of ts {} ({}) to {} ({})", first_ts, format_tso_time(first_ts), last_ts,
                        format_tso_time(last_ts));
  }
  text += fmt::format("; {} index entries, max commit ts {}, gc ts {}, {} unresolved, {} dropped",
                      index_entries, max_commit_ts, gc_ts, unresolved, dropped);
  return text + fmt::format("; {} notes, {} damages", notes, damages);
}

Result<CheckSummary> check_data_dir(Env& env, const std::string& dir,
                                    const std::function<void(const Finding&)>& on_finding) {
  return Check(env, dir, on_finding).run();
}

}  // namespace tbl::pump
