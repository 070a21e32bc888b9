#include "pump/storage/segment_set.h"

#include <algorithm>

#include "base/log.h"
#include "pump/storage/segment_format.h"

namespace tbl::pump {
namespace {

constexpr size_t kOpenFiles = 16;

Result<SegmentInfo> inspect(Env& env, const std::string& path, uint32_t id) {
  TBL_ASSIGN(const auto file, env.open_read(path));
  SegmentInfo info;
  info.id = id;
  TBL_ASSIGN(info.size, file->size());
  if (info.size < kFooterBytes) return info;
  char tail[kFooterBytes];
  TBL_ASSIGN(const size_t n, file->read(info.size - kFooterBytes, kFooterBytes, tail));
  if (const auto max_ts = parse_footer({tail, n})) {
    info.sealed = true;
    info.max_ts = *max_ts;
  }
  return info;
}

}  // namespace

Status SegmentSet::load() {
  TBL_ASSIGN(const auto names, env_.list(dir_));
  std::vector<SegmentInfo> found;
  for (const std::string& name : names) {
    const auto id = parse_segment_name(name);
    if (!id) {
      log_warn("not a segment, left alone", {{"file", join_path(dir_, name)}});
      continue;
    }
    TBL_ASSIGN(const SegmentInfo info, inspect(env_, join_path(dir_, name), *id));
    found.push_back(info);
  }
  std::lock_guard lock(mutex_);
  segments_.clear();
  for (const SegmentInfo& info : found) set_locked(info);
  return ok_status();
}

std::string SegmentSet::path(uint32_t id) const { return join_path(dir_, segment_name(id)); }

std::vector<SegmentInfo> SegmentSet::list() const {
  std::lock_guard lock(mutex_);
  std::vector<SegmentInfo> all;
  all.reserve(segments_.size());
  for (const auto& [id, known] : segments_) all.push_back(known.info);
  return all;
}

uint64_t SegmentSet::total_bytes() const {
  std::lock_guard lock(mutex_);
  uint64_t bytes = 0;
  for (const auto& [id, known] : segments_) bytes += known.info.size;
  return bytes;
}

void SegmentSet::set(const SegmentInfo& info) {
  std::lock_guard lock(mutex_);
  set_locked(info);
}

void SegmentSet::set_locked(const SegmentInfo& info) {
  Known& known = segments_[info.id];
  known.info = info;
  *known.end = info.size;
}

void SegmentSet::forget(uint32_t id) {
  std::lock_guard lock(mutex_);
  segments_.erase(id);
  std::erase_if(open_files_, [&](const auto& file) { return file->id() == id; });
}

Result<std::shared_ptr<const SegmentFile>> SegmentSet::open(uint32_t id) const {
  std::lock_guard lock(mutex_);
  const auto open = std::find_if(open_files_.begin(), open_files_.end(),
                                 [&](const auto& file) { return file->id() == id; });
  if (open != open_files_.end()) {
    std::rotate(open_files_.begin(), open, open + 1);
    return open_files_.front();
  }
  const auto known = segments_.find(id);
  if (known == segments_.end()) return not_found(path(id) + ": no such segment");
  TBL_ASSIGN(auto file, env_.open_read(path(id)));
  open_files_.push_front(
      std::make_shared<const SegmentFile>(id, path(id), std::move(file), known->second.end));
  if (open_files_.size() > kOpenFiles) open_files_.pop_back();
  return open_files_.front();
}

}  // namespace tbl::pump
