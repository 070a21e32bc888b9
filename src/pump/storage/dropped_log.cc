#include "pump/storage/dropped_log.h"

#include "base/crc32c.h"

namespace tbl::pump {
namespace {

constexpr size_t kTsBytes = 8;

}  // namespace

std::string encode_dropped(const std::vector<uint64_t>& start_ts) {
  std::string out;
  for (const uint64_t ts : start_ts) {
    const size_t begin = out.size();
    put_le64(out, ts);
    put_le32(out, crc32c(Bytes(out).substr(begin, kTsBytes)));
  }
  return out;
}

std::vector<uint64_t> decode_dropped(Bytes data) {
  std::vector<uint64_t> found;
  for (; data.size() >= kDroppedRecordBytes; data.remove_prefix(kDroppedRecordBytes)) {
    if (get_le32(data.data() + kTsBytes) != crc32c(data.substr(0, kTsBytes))) break;
    found.push_back(get_le64(data.data()));
  }
  return found;
}

Result<std::vector<uint64_t>> DroppedLog::read() {
  if (!env_.exists(path_)) return std::vector<uint64_t>{};
  TBL_ASSIGN(const std::string data, env_.read_file(path_));
  auto found = decode_dropped(data);
  size_ = found.size() * kDroppedRecordBytes;
  return found;
}

Status DroppedLog::open() {
  if (file_ == nullptr) {
    const bool created = !env_.exists(path_);
    TBL_ASSIGN(file_, env_.open_append(path_));
    if (created) TBL_TRY(env_.sync_dir(path_.substr(0, path_.rfind('/'))));
  }
  // Drops what a failed or torn append left behind.
  return file_->size() == size_ ? ok_status() : file_->truncate(size_);
}

Status DroppedLog::append(const std::vector<uint64_t>& start_ts) {
  Status status = open();
  if (status.ok()) status = file_->append(encode_dropped(start_ts));
  if (status.ok()) status = file_->sync();
  if (!status.ok()) {
    file_.reset();
    return status;
  }
  size_ += start_ts.size() * kDroppedRecordBytes;
  return status;
}

Status DroppedLog::clear() {
  size_ = 0;
  return env_.exists(path_) ? open() : ok_status();
}

}  // namespace tbl::pump
