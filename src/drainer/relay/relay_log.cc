#include "drainer/relay/relay_log.h"

#include "base/log.h"
#include "drainer/relay/files.h"
#include "drainer/relay/frame.h"

namespace tbl::relay {
namespace {

Status in_relay(Status status) { return status.wrap("relay log"); }

/// Cuts off what a crash has left of the last record.
Status repair_end(Env& env, const std::string& path) {
  TBL_ASSIGN(const std::string content, env.read_file(path));
  FrameReader reader(content);
  while (true) {
    auto record = reader.next();
    if (!record.ok()) return std::move(record).status().wrap(path);
    if (!*record) break;
  }
  if (reader.torn().ok()) return ok_status();
  log_warn("the relay log ends within a record, which is cut off",
           {{"file", path}, {"size", content.size()}, {"error", reader.torn()}});
  TBL_ASSIGN(const auto file, env.open_append(path));
  TBL_TRY(file->truncate(reader.offset()));
  return file->sync();
}

}  // namespace

Result<std::unique_ptr<RelayLog>> RelayLog::open(Env& env, const std::string& dir,
                                                 uint64_t max_file_bytes) {
  std::unique_ptr<RelayLog> log(new RelayLog(env, dir, max_file_bytes));
  if (Status status = log->take_over(); !status.ok()) return in_relay(std::move(status));
  return log;
}

Status RelayLog::take_over() {
  TBL_TRY(env_.create_dirs(dir_, 0700));
  TBL_ASSIGN(lock_, env_.lock(join_path(dir_, ".lock")));
  TBL_ASSIGN(const auto present, list_files(env_, dir_));
  if (!present.empty()) {
    TBL_TRY(repair_end(env_, join_path(dir_, present.back().name)));
    next_index_ = present.back().index + 1;
  }
  for (const auto& file : present) files_.push_back({join_path(dir_, file.name), 0});
  return begin_file();
}

Status RelayLog::begin_file() {
  const std::string path = join_path(dir_, file_name(next_index_));
  TBL_ASSIGN(file_, env_.open_append(path, 0600));
  TBL_TRY(env_.sync_dir(dir_));
  ++next_index_;
  files_.push_back({path, 0});
  return ok_status();
}

Result<bool> RelayLog::begin_record() {
  if (file_->size() >= max_file_bytes_) {
    TBL_TRY(sync());
    if (Status status = begin_file(); !status.ok()) return in_relay(std::move(status));
  }
  return file_->size() == 0;
}

Status RelayLog::append(Bytes payload, uint64_t commit_ts) {
  const std::string head = frame_head(payload);
  const std::string tail = frame_tail(payload);
  TBL_TRY(in_relay(file_->append(std::vector<Bytes>{head, payload, tail})));
  files_.back().last_ts = commit_ts;
  return ok_status();
}

Status RelayLog::sync() { return in_relay(file_->sync()); }

void RelayLog::forget_until(uint64_t commit_ts) {
  uint64_t present = forget_ts_.load();
  while (present < commit_ts && !forget_ts_.compare_exchange_weak(present, commit_ts)) {
  }
}

void RelayLog::trim() {
  const uint64_t commit_ts = forget_ts_.load();
  while (commit_ts > 0 && files_.size() > 1 && files_.front().last_ts <= commit_ts) {
    Status status = env_.remove(files_.front().path);
    // One by one: a later removal that outlives an earlier one would leave a gap.
    if (status.ok()) status = env_.sync_dir(dir_);
    if (!status.ok()) {
      log_warn("cannot remove an old relay file", {{"error", status}});
      return;
    }
    files_.pop_front();
  }
}

}  // namespace tbl::relay
