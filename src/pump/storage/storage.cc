#include "pump/storage/storage.h"

#include <algorithm>

#include "base/log.h"
#include "pump/storage/binlog_fields.h"
#include "pump/storage/log_writer.h"
#include "pump/storage/original_import.h"
#include "pump/storage/record_finder.h"
#include "pump/storage/recovery.h"
#include "pump/storage/segment_format.h"
#include "pump/storage/snapshot.h"
#include "pump/storage/sorter_loop.h"

namespace tbl::pump {
namespace {

constexpr uint32_t kRootMode = 0700;

int64_t steady_ms(Clock& clock) {
  const auto now = clock.steady_now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

Result<std::string> read_primary_key(const SegmentSet& segments, const Place& place) {
  TBL_ASSIGN(auto file, segments.open(place.segment));
  SegmentWindow window;
  window.use(std::move(file));
  TBL_ASSIGN(const BinlogFields fields, parse_binlog_fields(window, place));
  if (!fields.prewrite_key) return std::string();
  const ByteRange& key = *fields.prewrite_key;
  TBL_ASSIGN(const Bytes bytes,
             window.view(place.offset + kRecordHeaderBytes + key.offset, key.length));
  return std::string(bytes);
}

}  // namespace

/// All parts of an open directory, in the order in which they are built and must die.
class Storage::Impl {
 public:
  explicit Impl(StorageOptions options)
      : options_(std::move(options)),
        env_(*options_.env),
        dir_{options_.dir},
        segments_(env_, dir_.value()),
        index_(env_, dir_.index()),
        dropped_(env_, dir_.dropped()),
        releaser_(index_) {}

  Status open() {
    TBL_TRY(env_.create_dirs(dir_.root, kRootMode));
    TBL_ASSIGN(lock_, env_.lock(dir_.lock()));
    TBL_TRY(env_.create_dirs(dir_.value()));
    TBL_TRY(env_.create_dirs(dir_.index()));
    TBL_ASSIGN(Recovered recovered, recover({env_, dir_, segments_, index_, dropped_, releaser_,
                                             steady_ms(*options_.clock)}));
    corruption_ = recovered.corruption;
    const SegmentInfo next_segment = recovered.next_segment;
    const bool from_original = recovered.from_original;
    loop_ = std::make_unique<SorterLoop>(
        SorterParts{options_, dir_, segments_, index_, dropped_, releaser_, published_},
        std::move(recovered));
    std::vector<uint32_t> garbage;
    TBL_TRY(loop_->start(&garbage));
    TBL_TRY(unlink(garbage));
    if (from_original) TBL_TRY(set_original_aside(dir_.root, env_));
    writer_ = std::make_unique<LogWriter>(
        LogWriterOptions{&env_, options_.segment_bytes, options_.sync_log, next_segment,
                         options_.on_group, options_.lend, options_.answer},
        segments_, [this](std::vector<LogItem> items) { loop_->add(std::move(items)); });
    return ok_status();
  }

  Status close() {
    if (writer_ != nullptr) writer_->close();
    Status status;
    if (loop_ != nullptr) status = loop_->close();
    lock_.reset();
    return status;
  }

  Status unlink(const std::vector<uint32_t>& garbage) {
    for (const uint32_t id : garbage) {
      TBL_TRY(env_.remove(segments_.path(id)));
      log_info("segment removed", {{"segment", segments_.path(id)}});
    }
    return garbage.empty() ? ok_status() : env_.sync_dir(segments_.dir());
  }

  std::vector<Question> questions(size_t limit) {
    std::vector<Question> found;
    for (auto& [question, place] : loop_->questions(limit)) {
      auto key = read_primary_key(segments_, place);
      if (!key.ok()) {
        if (unreadable_every_.due()) {
          log_error("cannot ask for a transaction whose prewrite binlog is unreadable",
                    {{"start ts", question.start_ts}, {"error", key.status()}});
        }
        continue;
      }
      question.primary_key = std::move(key).value();
      found.push_back(std::move(question));
    }
    return found;
  }

  StorageStats stats() const {
    StorageStats stats;
    loop_->fill(&stats);
    stats.counters.failed_groups = writer_->failed_groups();
    stats.log_bytes = segments_.total_bytes();
    stats.log_segments = segments_.list().size();
    return stats;
  }

  const StorageOptions options_;
  Env& env_;
  const DataDir dir_;
  std::unique_ptr<FileLock> lock_;
  SegmentSet segments_;
  CommitIndex index_;
  DroppedLog dropped_;
  Releaser releaser_;
  Published published_;
  std::string corruption_;
  LogEvery unreadable_every_{60'000};
  std::unique_ptr<SorterLoop> loop_;
  std::unique_ptr<LogWriter> writer_;
};

Storage::Storage(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Storage::~Storage() {
  if (Status status = close(); !status.ok()) {
    log_error("close storage failed, the next start replays more of the log", {{"error", status}});
  }
}

Result<std::unique_ptr<Storage>> Storage::open(StorageOptions options) {
  const std::string dir = options.dir;
  auto impl = std::make_unique<Impl>(std::move(options));
  if (Status status = impl->open(); !status.ok()) {
    return std::move(status).wrap("open storage " + dir);
  }
  return std::unique_ptr<Storage>(new Storage(std::move(impl)));
}

Status Storage::close() { return impl_->close(); }

void Storage::write(BinlogRecord record, WriteDone done) {
  if (record.header.is_probe()) return done(ok_status());
  impl_->writer_->write(std::move(record), std::move(done));
}

uint64_t Storage::queued_bytes() const { return impl_->writer_->queued_bytes(); }

uint64_t Storage::max_commit_ts() const { return impl_->published_.get().max_ts; }

bool Storage::wait_published(uint64_t beyond, const StopToken& stop,
                             std::chrono::nanoseconds timeout) const {
  return impl_->published_.wait(beyond, stop, timeout);
}

std::shared_ptr<void> Storage::subscribe(std::function<void()> changed) {
  return impl_->published_.subscribe(std::move(changed));
}

std::unique_ptr<FeedCursor> Storage::feed(uint64_t after_ts) const {
  return std::make_unique<FeedCursor>(impl_->index_, impl_->segments_, impl_->published_, after_ts);
}

std::vector<Question> Storage::questions(size_t limit) { return impl_->questions(limit); }

bool Storage::wait_question(const StopToken& stop, std::chrono::nanoseconds timeout) {
  return impl_->loop_->wait_question(stop, timeout);
}

Result<std::string> Storage::read_prewrite(uint64_t start_ts) const {
  TBL_ASSIGN(const Place place, impl_->loop_->find_prewrite(start_ts));
  return load_payload(impl_->segments_, place);
}

Result<OpenTxn> Storage::open_txn(uint64_t start_ts) const {
  TBL_ASSIGN(auto found, impl_->loop_->find_open(start_ts));
  auto& [txn, place] = found;
  TBL_ASSIGN(txn.primary_key, read_primary_key(impl_->segments_, place));
  return std::move(txn);
}

void Storage::committed(uint64_t start_ts, uint64_t commit_ts, WriteDone done) {
  write(make_commit(start_ts, commit_ts), std::move(done));
}

void Storage::dropped(uint64_t start_ts, WriteDone done) {
  impl_->loop_->drop(start_ts, std::move(done));
}

Status Storage::gc(uint64_t target) {
  std::vector<uint32_t> garbage;
  TBL_TRY(impl_->loop_->gc(target, &garbage));
  return impl_->unlink(garbage);
}

uint64_t Storage::gc_ts() const { return impl_->loop_->gc_ts(); }

Result<std::string> Storage::read_binlog(uint64_t ts) const {
  if (const auto entry = impl_->index_.find(ts); entry.ok()) {
    return load_payload(impl_->segments_, entry->commit);
  }
  if (const auto place = impl_->loop_->find_prewrite(ts); place.ok()) {
    return load_payload(impl_->segments_, *place);
  }
  TBL_ASSIGN(const Place place, find_record(impl_->segments_, ts));
  return load_payload(impl_->segments_, place);
}

StorageStats Storage::stats() const { return impl_->stats(); }

std::string Storage::corruption() const { return impl_->corruption_; }

Status export_to_original(const std::string& dir, Env& env) {
  const DataDir data{dir};
  TBL_ASSIGN(const auto lock, env.lock(data.lock()));
  uint64_t gc_ts = 0;
  if (env.exists(data.snapshot())) {
    TBL_ASSIGN(const std::string bytes, env.read_file(data.snapshot()));
    TBL_ASSIGN(const Snapshot snapshot, decode_snapshot(bytes));
    gc_ts = snapshot.gc_ts;
  }
  TBL_TRY(write_original(dir, gc_ts));
  CommitIndex index(env, data.index());
  TBL_TRY(index.reset());
  for (const std::string& path : {data.snapshot(), data.dropped()}) {
    if (env.exists(path)) TBL_TRY(env.remove(path));
  }
  return env.sync_dir(dir);
}

}  // namespace tbl::pump
