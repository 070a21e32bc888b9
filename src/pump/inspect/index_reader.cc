#include "pump/inspect/index_reader.h"

#include <algorithm>

namespace tbl::pump {

Status IndexReader::open(uint64_t end) {
  if (env_.exists(dir_)) {
    TBL_ASSIGN(const auto names, env_.list(dir_));
    for (const std::string& name : names) {
      const auto number = parse_index_file_name(name);
      if (!number) continue;
      TBL_ASSIGN(files_[*number], env_.open_read(join_path(dir_, name)));
    }
  }
  end_ = end;
  if (files_.empty()) return ok_status();
  first_ = std::min(files_.begin()->first * kBlocksPerIndexFile, end_);
  TBL_ASSIGN(const uint64_t bytes, files_.rbegin()->second->size());
  in_files_ = files_.rbegin()->first * kBlocksPerIndexFile + bytes / kIndexBlockBytes;
  return ok_status();
}

std::string IndexReader::describe(uint64_t block) {
  return "index " + index_file_name(block / kBlocksPerIndexFile) + " offset " +
         std::to_string(block % kBlocksPerIndexFile * kIndexBlockBytes);
}

Result<std::vector<IndexEntry>*> IndexReader::load(uint64_t block) {
  if (loaded_ == block) return &entries_;
  const auto file = files_.find(block / kBlocksPerIndexFile);
  if (file == files_.end()) return data_loss("the file is missing").wrap(describe(block));
  std::string bytes(kIndexBlockBytes, '\0');
  const uint64_t offset = block % kBlocksPerIndexFile * kIndexBlockBytes;
  TBL_ASSIGN(const size_t n, file->second->read(offset, bytes.size(), bytes.data()));
  bytes.resize(n);
  auto entries = decode_index_block(bytes);
  if (!entries.ok()) return std::move(entries).status().wrap(describe(block));
  entries_ = std::move(entries).value();
  loaded_ = block;
  return &entries_;
}

Result<std::vector<IndexEntry>> IndexReader::read(uint64_t block) {
  TBL_ASSIGN(const auto* entries, load(block));
  return *entries;
}

std::optional<IndexEntry> IndexReader::find(uint64_t commit_ts) {
  const auto in_loaded = [&]() -> std::optional<IndexEntry> {
    const auto at =
        std::lower_bound(entries_.begin(), entries_.end(), commit_ts,
                         [](const IndexEntry& e, uint64_t ts) { return e.commit_ts < ts; });
    if (at == entries_.end() || at->commit_ts != commit_ts) return std::nullopt;
    return *at;
  };
  if (loaded_ && entries_.front().commit_ts <= commit_ts &&
      commit_ts <= entries_.back().commit_ts) {
    return in_loaded();
  }
  // The first block whose last entry is not below; an unreadable one counts as below.
  uint64_t low = first_;
  for (uint64_t high = end_; low < high;) {
    const uint64_t middle = low + (high - low) / 2;
    const auto entries = load(middle);
    if (entries.ok() && (*entries)->back().commit_ts >= commit_ts) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  if (low >= end_ || !load(low).ok()) return std::nullopt;
  return in_loaded();
}

}  // namespace tbl::pump
