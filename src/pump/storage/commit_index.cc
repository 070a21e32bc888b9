#include "pump/storage/commit_index.h"

#include <algorithm>

#include "base/log.h"

namespace tbl::pump {
namespace {

/// Numbers of the index files of a directory, ascending.
Result<std::vector<uint64_t>> list_files(Env& env, const std::string& dir) {
  TBL_ASSIGN(const auto names, env.list(dir));
  std::vector<uint64_t> numbers;
  for (const std::string& name : names) {
    if (const auto number = parse_index_file_name(name)) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

uint64_t file_of(uint64_t block) { return block / kBlocksPerIndexFile; }
uint64_t offset_of(uint64_t block) { return block % kBlocksPerIndexFile * kIndexBlockBytes; }

bool ts_below_entry(uint64_t ts, const IndexEntry& entry) { return ts < entry.commit_ts; }

}  // namespace

std::string CommitIndex::path(uint64_t number) const {
  return join_path(dir_, index_file_name(number));
}

Status CommitIndex::reset() {
  TBL_TRY(env_.create_dirs(dir_));
  TBL_ASSIGN(const auto numbers, list_files(env_, dir_));
  for (const uint64_t number : numbers) TBL_TRY(env_.remove(path(number)));
  TBL_TRY(env_.sync_dir(dir_));
  writer_.reset();
  std::lock_guard lock(mutex_);
  first_block_ = blocks_ = last_ts_ = 0;
  tail_.clear();
  open_files_.clear();
  return ok_status();
}

Status CommitIndex::open(IndexEnd end) {
  TBL_TRY(env_.create_dirs(dir_));
  if (end.blocks == 0) TBL_TRY(reset());
  TBL_ASSIGN(const auto numbers, list_files(env_, dir_));
  const uint64_t newest = end.blocks == 0 ? 0 : file_of(end.blocks - 1);
  uint64_t first = newest;
  for (const uint64_t number : numbers) {
    if (number > newest) TBL_TRY(env_.remove(path(number)));
    first = std::min(first, number);
  }
  for (uint64_t number = first; end.blocks > 0 && number <= newest; ++number) {
    TBL_ASSIGN(auto file, env_.open_append(path(number)));
    const uint64_t wanted = offset_of(end.blocks - 1) + kIndexBlockBytes;
    const uint64_t size = number < newest ? kBlocksPerIndexFile * kIndexBlockBytes : wanted;
    if (file->size() < size) return data_loss(path(number) + " is shorter than the snapshot says");
    if (file->size() > size) TBL_TRY(file->truncate(size));
    if (number == newest && offset_of(end.blocks) != 0) writer_ = std::move(file);
  }
  first_block_ = first * kBlocksPerIndexFile;
  blocks_ = end.blocks;
  TBL_ASSIGN(last_ts_, check_last_block(end));
  tail_ = std::move(end.tail);
  return write_full_blocks();
}

Result<uint64_t> CommitIndex::check_last_block(const IndexEnd& end) const {
  uint64_t below = 0;
  if (end.blocks > 0) {
    TBL_ASSIGN(const Entries last, read_block(end.blocks - 1));
    below = last.back().commit_ts;
  }
  for (const IndexEntry& entry : end.tail) {
    if (entry.commit_ts <= below) return data_loss("the snapshot's index tail does not ascend");
    below = entry.commit_ts;
  }
  return below;
}

void CommitIndex::append(const std::vector<IndexEntry>& entries) {
  if (entries.empty()) return;
  {
    std::lock_guard lock(mutex_);
    tail_.insert(tail_.end(), entries.begin(), entries.end());
    last_ts_ = tail_.back().commit_ts;
  }
  if (Status status = write_full_blocks(); !status.ok()) {
    static LogEvery every(10'000);
    if (every.due()) log_error("write commit index failed, will try again", {{"error", status}});
  }
}

Status CommitIndex::write_full_blocks() {
  Status status;
  size_t written = 0;
  while (tail_.size() >= (written + 1) * kEntriesPerBlock) {
    const IndexEntry* entries = tail_.data() + written * kEntriesPerBlock;
    status = write_block(blocks_ + written, encode_index_block(entries));
    if (!status.ok()) break;
    ++written;
  }
  if (written == 0) return status;
  std::lock_guard lock(mutex_);
  tail_.erase(tail_.begin(), tail_.begin() + static_cast<ptrdiff_t>(written * kEntriesPerBlock));
  blocks_ += written;
  return status;
}

Status CommitIndex::write_block(uint64_t number, Bytes block) {
  const uint64_t offset = offset_of(number);
  if (writer_ != nullptr && offset == 0) {
    if (Status status = writer_->sync(); !status.ok()) write_error_ = status.message();
    writer_.reset();
  }
  if (writer_ == nullptr) {
    dir_dirty_ = true;
    TBL_ASSIGN(writer_, env_.open_append(path(file_of(number))));
  }
  Status status = ok_status();
  if (writer_->size() != offset) status = writer_->truncate(offset);
  if (status.ok()) status = writer_->append(block);
  if (!status.ok()) writer_.reset();
  return status;
}

Status CommitIndex::sync() {
  TBL_TRY(write_full_blocks());
  if (!write_error_.empty()) return unknown_error(write_error_);
  if (writer_ != nullptr) {
    if (Status status = writer_->sync(); !status.ok()) {
      // What a failed fsync leaves on the disk is unknown for good: no snapshot may count on it.
      write_error_ = status.message();
      return status;
    }
  }
  if (dir_dirty_) {
    TBL_TRY(env_.sync_dir(dir_));
    dir_dirty_ = false;
  }
  return ok_status();
}

IndexEnd CommitIndex::end() const {
  std::lock_guard lock(mutex_);
  return {blocks_, tail_};
}

uint64_t CommitIndex::last_ts() const {
  std::lock_guard lock(mutex_);
  return last_ts_;
}

uint64_t CommitIndex::entry_count() const {
  std::lock_guard lock(mutex_);
  return (blocks_ - first_block_) * kEntriesPerBlock + tail_.size();
}

Result<std::shared_ptr<const RandomAccessFile>> CommitIndex::open_file(uint64_t number) const {
  std::lock_guard lock(mutex_);
  auto& file = open_files_[number];
  if (file == nullptr) {
    auto opened = env_.open_read(path(number));
    if (!opened.ok()) {
      open_files_.erase(number);
      return std::move(opened).status();
    }
    file = std::move(opened).value();
  }
  return file;
}

Result<CommitIndex::Entries> CommitIndex::read_block(uint64_t block) const {
  TBL_ASSIGN(const auto file, open_file(file_of(block)));
  char buffer[kIndexBlockBytes];
  TBL_ASSIGN(const size_t n, file->read(offset_of(block), kIndexBlockBytes, buffer));
  auto entries = decode_index_block({buffer, n});
  if (entries.ok()) return entries;
  return std::move(entries).status().wrap(path(file_of(block)) + " offset " +
                                          std::to_string(offset_of(block)));
}

Result<uint64_t> CommitIndex::first_ts_of(uint64_t block) const {
  TBL_ASSIGN(const Entries entries, read_block(block));
  return entries.front().commit_ts;
}

Result<uint64_t> CommitIndex::seek(uint64_t after_ts, uint64_t begin, uint64_t end) const {
  uint64_t low = begin;  // the last block that begins at or below after_ts, or `begin`
  while (end - low > 1) {
    const uint64_t middle = low + (end - low) / 2;
    TBL_ASSIGN(const uint64_t first_ts, first_ts_of(middle));
    (first_ts <= after_ts ? low : end) = middle;
  }
  return low;
}

Result<std::vector<IndexEntry>> CommitIndex::read_after(uint64_t after_ts, uint64_t* hint) const {
  while (true) {
    const auto [begin, end] = file_blocks();
    if (begin == end || *hint >= end) {
      Entries entries;
      if (tail_after(after_ts, end, &entries)) return entries;
      continue;
    }
    auto entries = read_file_after(after_ts, begin, end, hint);
    if (!entries.ok() && file_blocks().first != begin) continue;  // removed under our feet
    if (!entries.ok() || !entries->empty()) return entries;
  }
}

std::pair<uint64_t, uint64_t> CommitIndex::file_blocks() const {
  std::lock_guard lock(mutex_);
  return {first_block_, blocks_};
}

bool CommitIndex::tail_after(uint64_t after_ts, uint64_t first_block, Entries* entries) const {
  std::lock_guard lock(mutex_);
  if (blocks_ != first_block) return false;
  const auto from = std::upper_bound(tail_.begin(), tail_.end(), after_ts, ts_below_entry);
  const auto count = std::min<ptrdiff_t>(tail_.end() - from, kEntriesPerBlock);
  entries->assign(from, from + count);
  return true;
}

Result<CommitIndex::Entries> CommitIndex::read_file_after(uint64_t after_ts, uint64_t begin,
                                                          uint64_t end, uint64_t* hint) const {
  uint64_t block = std::max(*hint, begin);
  if (*hint == 0) {
    TBL_ASSIGN(block, seek(after_ts, begin, end));
  }
  for (; block < end; ++block) {
    TBL_ASSIGN(Entries entries, read_block(block));
    *hint = block + 1;
    if (entries.back().commit_ts <= after_ts) continue;
    entries.erase(entries.begin(),
                  std::upper_bound(entries.begin(), entries.end(), after_ts, ts_below_entry));
    return entries;
  }
  return Entries{};
}

Result<IndexEntry> CommitIndex::find(uint64_t commit_ts) const {
  uint64_t hint = 0;
  TBL_ASSIGN(const Entries entries, read_after(commit_ts - 1, &hint));
  if (entries.empty() || entries.front().commit_ts != commit_ts) {
    return not_found("commit ts " + std::to_string(commit_ts) + " is not in the index");
  }
  return entries.front();
}

Result<std::vector<IndexEntry>> CommitIndex::read_last(size_t count) const {
  const IndexEnd index_end = end();
  Entries entries;
  const uint64_t wanted_blocks = (count + kEntriesPerBlock - 1) / kEntriesPerBlock;
  const uint64_t available = index_end.blocks - first_block_;
  for (uint64_t block = index_end.blocks - std::min(available, wanted_blocks);
       block < index_end.blocks; ++block) {
    TBL_ASSIGN(const Entries part, read_block(block));
    entries.insert(entries.end(), part.begin(), part.end());
  }
  entries.insert(entries.end(), index_end.tail.begin(), index_end.tail.end());
  if (entries.size() > count) entries.erase(entries.begin(), entries.end() - count);
  return entries;
}

Status CommitIndex::remove_until(uint64_t ts) {
  while (true) {
    const uint64_t number = file_of(first_block_);
    if (blocks_ == 0 || number >= file_of(blocks_ - 1)) return ok_status();
    TBL_ASSIGN(const Entries last, read_block((number + 1) * kBlocksPerIndexFile - 1));
    if (last.back().commit_ts > ts) return ok_status();
    {
      std::lock_guard lock(mutex_);
      first_block_ = (number + 1) * kBlocksPerIndexFile;
      open_files_.erase(number);
    }
    TBL_TRY(env_.remove(path(number)));
    log_info("index file removed",
             {{"file", path(number)}, {"last commit ts", last.back().commit_ts}});
  }
}

}  // namespace tbl::pump
