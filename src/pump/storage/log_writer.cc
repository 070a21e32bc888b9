#include "pump/storage/log_writer.h"

#include <algorithm>
#include <chrono>

#include "base/crc32c.h"
#include "base/log.h"
#include "pump/storage/segment_format.h"

namespace tbl::pump {
namespace {

/// Seconds since the last call (or the construction).
class Stopwatch {
 public:
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    return seconds;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

/// Shorter payloads are copied behind their header, to keep the list of pieces short.
constexpr size_t kCopiedPayloadBytes = 16 << 10;
/// What is held of a payload that is not in memory.
constexpr size_t kLargePieceBytes = 1 << 20;

}  // namespace

LogWriter::LogWriter(LogWriterOptions options, SegmentSet& segments, Sink sink)
    : options_(std::move(options)),
      segments_(segments),
      sink_(std::move(sink)),
      segment_(options_.segment),
      thread_("log-writer", [this] { run(); }) {}

void LogWriter::write(BinlogRecord record, WriteDone done) {
  if (record.size() > kMaxPayloadBytes) {
    return done(invalid_argument("binlog of " + std::to_string(record.size()) +
                                 " bytes is longer than 4 GiB"));
  }
  const uint32_t crc = record.large ? record.large->crc() : crc32c(record.payload);
  bool at_rest = false;
  {
    std::lock_guard lock(mutex_);
    if (!closed_) {
      queued_bytes_ += record.payload.size();
      queue_.push_back({std::move(record), crc, std::move(done)});
      at_rest = !std::exchange(awake_, true);
      done = nullptr;
    }
  }
  if (at_rest) wake();
  if (done) done(unavailable("pump's storage is closed"));
}

uint64_t LogWriter::queued_bytes() const {
  std::lock_guard lock(mutex_);
  return queued_bytes_;
}

uint64_t LogWriter::failed_groups() const {
  std::lock_guard lock(mutex_);
  return failed_groups_;
}

void LogWriter::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void LogWriter::wake() {
  if (options_.lend && options_.lend([this] { return write_some(); })) return;
  {
    std::lock_guard lock(mutex_);
    own_turn_ = true;
  }
  changed_.notify_one();
}

void LogWriter::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return own_turn_ || (closed_ && !awake_); });
    if (!std::exchange(own_turn_, false)) break;
    lock.unlock();
    while (write_some()) {
    }
    lock.lock();
  }
  lock.unlock();
  if (file_ == nullptr) return;
  if (segment_.size >= kMinSealedBytes) return seal_segment();
  // The next start goes on in this segment.
  if (Status status = drop_room(); !status.ok()) {
    log_error("close segment failed",
              {{"segment", segments_.path(segment_.id)}, {"error", status}});
  }
  file_.reset();
}

bool LogWriter::write_some() {
  if (next_in_backlog_ == backlog_.size()) refill();
  handle(next_group());
  return next_in_backlog_ < backlog_.size() || !come_to_rest();
}

void LogWriter::refill() {
  backlog_.clear();
  next_in_backlog_ = 0;
  std::lock_guard lock(mutex_);
  backlog_.swap(queue_);
}

bool LogWriter::come_to_rest() {
  std::lock_guard lock(mutex_);
  if (!queue_.empty()) return false;
  awake_ = false;
  if (closed_) changed_.notify_one();
  return true;
}

LogWriter::Group LogWriter::next_group() {
  const size_t begin = next_in_backlog_;
  uint64_t bytes = 0;
  while (next_in_backlog_ < backlog_.size()) {
    bytes += kRecordHeaderBytes + backlog_[next_in_backlog_].record.size();
    if (bytes > kMaxGroupBytes && next_in_backlog_ > begin) break;
    ++next_in_backlog_;
  }
  return Group(backlog_).subspan(begin, next_in_backlog_ - begin);
}

void LogWriter::handle(Group group) {
  std::vector<LogItem> items;
  GroupWritten stats;
  const Status status = write_group(group, &items, &stats);
  uint64_t bytes = 0;
  for (const Request& request : group) bytes += request.record.payload.size();
  {
    std::lock_guard lock(mutex_);
    queued_bytes_ -= bytes;
    if (!status.ok()) ++failed_groups_;
  }
  answer(group, status);
  if (!status.ok()) return;
  sink_(std::move(items));
  if (options_.on_group) options_.on_group(stats);
}

void LogWriter::answer(Group group, const Status& status) {
  // Requests die where they are answered: their memory came from there.
  auto held = std::make_shared<std::vector<Request>>(std::make_move_iterator(group.begin()),
                                                     std::make_move_iterator(group.end()));
  const auto give = [held = std::move(held), status] {
    for (Request& request : *held) {
      request.record = BinlogRecord();
      request.done(status);
    }
    held->clear();
  };
  if (options_.answer) return options_.answer(give);
  give();
}

Status LogWriter::write_group(Group group, std::vector<LogItem>* items, GroupWritten* stats) {
  Stopwatch watch;
  if (file_ == nullptr) {
    if (Status status = open_segment(); !status.ok()) {
      abandon_segment();
      return status;
    }
  }
  stats->rotate_seconds = watch.lap();
  make_room(group);
  const uint64_t begin = segment_.size;
  Status status = append(group, items);
  stats->write_seconds = watch.lap();
  if (status.ok() && options_.sync) status = file_->sync();
  stats->sync_seconds = watch.lap();
  if (!status.ok()) {
    log_error("write binlogs failed", {{"segment", segments_.path(segment_.id)},
                                       {"offset", begin},
                                       {"records", group.size()},
                                       {"error", status}});
    abandon_segment();
    return status;
  }
  segment_.size = file_->size();
  for (const LogItem& item : *items) {
    segment_.max_ts = std::max({segment_.max_ts, item.header.start_ts, item.header.commit_ts});
  }
  segments_.set(segment_);
  stats->records = group.size();
  stats->bytes = segment_.size - begin;
  if (segment_.size > options_.segment_bytes) {
    seal_segment();
    stats->rotate_seconds += watch.lap();
  }
  return status;
}

void LogWriter::make_room(Group group) {
  uint64_t bytes = 0;
  for (const Request& request : group) bytes += kRecordHeaderBytes + request.record.size();
  const uint64_t end = segment_.size + bytes;
  if (!options_.sync || bytes > kMaxGroupBytes || end <= room_end_) return;
  room_end_ = end + std::min(kReservedBytes, options_.segment_bytes);
  file_->reserve(room_end_ - segment_.size);
}

Status LogWriter::drop_room() {
  if (room_end_ <= segment_.size) return ok_status();
  room_end_ = 0;
  return file_->truncate(segment_.size);
}

Status LogWriter::append_large(const Request& request, std::vector<LogItem>* items) {
  const LargePayload& payload = *request.record.large;
  const auto length = static_cast<uint32_t>(payload.size());
  items->push_back({request.record.header, {segment_.id, length, segment_.size}});
  std::string buffer;
  put_record_header(buffer, {length, request.crc});
  TBL_TRY(file_->append(buffer));
  for (uint64_t done = 0; done < length;) {
    buffer.resize(std::min<uint64_t>(kLargePieceBytes, length - done));
    TBL_TRY(payload.read(done, buffer.size(), buffer.data()));
    TBL_TRY(file_->append(buffer));
    done += buffer.size();
  }
  return ok_status();
}

Status LogWriter::append(Group group, std::vector<LogItem>* items) {
  // Larger than a group, so it is one of its own.
  if (group.front().record.large) return append_large(group.front(), items);
  size_t copied = 0;
  for (const Request& request : group) {
    const size_t n = request.record.payload.size();
    copied += kRecordHeaderBytes + (n <= kCopiedPayloadBytes ? n : 0);
  }
  headers_.clear();
  headers_.reserve(copied);  // pieces point into it
  std::vector<Bytes> pieces;
  items->reserve(group.size());
  uint64_t offset = segment_.size;
  size_t piece_begin = 0;
  for (const Request& request : group) {
    const Bytes payload = request.record.payload;
    items->push_back(
        {request.record.header, {segment_.id, static_cast<uint32_t>(payload.size()), offset}});
    offset += kRecordHeaderBytes + payload.size();
    put_record_header(headers_, {payload.size(), request.crc});
    if (payload.size() <= kCopiedPayloadBytes) {
      headers_.append(payload);
      continue;
    }
    pieces.push_back(Bytes(headers_).substr(piece_begin));
    pieces.push_back(payload);
    piece_begin = headers_.size();
  }
  if (piece_begin < headers_.size()) pieces.push_back(Bytes(headers_).substr(piece_begin));
  return file_->append(pieces);
}

Status LogWriter::open_segment() {
  const std::string path = segments_.path(segment_.id);
  TBL_ASSIGN(file_, options_.env->open_append(path));
  if (file_->size() != segment_.size) {
    return data_loss(path + " has " + std::to_string(file_->size()) + " bytes instead of " +
                     std::to_string(segment_.size));
  }
  TBL_TRY(options_.env->sync_dir(segments_.dir()));
  segments_.set(segment_);
  return ok_status();
}

void LogWriter::abandon_segment() {
  if (segment_.size == 0) {
    segments_.forget(segment_.id);
    // It holds nothing acknowledged. Without this a full disk would fill up with empty segments.
    if (file_ != nullptr) (void)options_.env->remove(segments_.path(segment_.id));
  } else if (file_ != nullptr) {
    room_end_ = 0;
    if (file_->truncate(segment_.size).ok() && write_footer().ok()) segments_.set(segment_);
  }
  begin_next_segment();
}

Status LogWriter::write_footer() {
  TBL_TRY(drop_room());
  TBL_TRY(file_->append(encode_footer(segment_.max_ts)));
  TBL_TRY(file_->sync());
  segment_.size = file_->size();
  segment_.sealed = true;
  return ok_status();
}

void LogWriter::seal_segment() {
  if (Status status = write_footer(); status.ok()) {
    segments_.set(segment_);
  } else {
    log_error("seal segment failed", {{"segment", segments_.path(segment_.id)}, {"error", status}});
  }
  begin_next_segment();
}

void LogWriter::begin_next_segment() {
  file_.reset();
  segment_ = SegmentInfo{segment_.id + 1};
  room_end_ = 0;
}

}  // namespace tbl::pump
