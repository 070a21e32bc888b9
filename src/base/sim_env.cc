#include "base/sim_env.h"

#include <algorithm>
#include <cerrno>
#include <random>

namespace tbl {
namespace {

std::string parent_of(const std::string& path) {
  size_t slash = path.rfind('/');
  if (slash == path.npos) return "";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string without_trailing_slash(const std::string& dir) {
  return dir.size() > 1 && dir.back() == '/' ? dir.substr(0, dir.size() - 1) : dir;
}

/// The name of `path` right under `dir`; empty when it is not in there.
std::string child_name(const std::string& dir, const std::string& path) {
  std::string prefix = dir.empty() || dir.back() == '/' ? dir : dir + "/";
  if (path.size() <= prefix.size() || path.compare(0, prefix.size(), prefix) != 0) return "";
  return path.substr(prefix.size(), path.find('/', prefix.size()) - prefix.size());
}

std::string_view verb(SimOp op) {
  static constexpr std::string_view kVerbs[] = {"create", "write",  "sync", "truncate",
                                                "rename", "remove", "sync", "read"};
  return kVerbs[static_cast<size_t>(op)];
}

}  // namespace

class SimWritableFile final : public WritableFile {
 public:
  SimWritableFile(SimEnv& env, std::shared_ptr<SimInode> inode, std::string path)
      : env_(env),
        inode_(std::move(inode)),
        path_(std::move(path)),
        generation_(env.generation_),
        size_(inode_->live().size()) {}

  Status append(const std::vector<Bytes>& pieces) override {
    std::lock_guard lock(env_.mutex_);
    return env_.append(*this, pieces);
  }
  Status rewrite(uint64_t offset, Bytes data) override {
    std::lock_guard lock(env_.mutex_);
    return env_.rewrite(*this, offset, data);
  }
  void reserve(uint64_t bytes) override {
    std::lock_guard lock(env_.mutex_);
    env_.reserve(*this, bytes);
  }
  Status sync() override {
    std::lock_guard lock(env_.mutex_);
    return env_.sync(*inode_, generation_, path_);
  }
  Status truncate(uint64_t size) override {
    std::lock_guard lock(env_.mutex_);
    TBL_TRY(env_.truncate(*inode_, generation_, path_, size));
    size_ = size;
    return ok_status();
  }
  Status close() override { return ok_status(); }
  uint64_t size() const override {
    std::lock_guard lock(env_.mutex_);
    return size_;
  }

 private:
  friend class SimEnv;
  SimEnv& env_;
  std::shared_ptr<SimInode> inode_;
  std::string path_;
  uint64_t generation_;
  uint64_t size_;  ///< what reserve() added does not count
};

class SimRandomAccessFile final : public RandomAccessFile {
 public:
  SimRandomAccessFile(SimEnv& env, std::shared_ptr<SimInode> inode, std::string path)
      : env_(env), inode_(std::move(inode)), path_(std::move(path)), generation_(env.generation_) {}

  Result<size_t> read(uint64_t offset, size_t n, char* buffer) const override {
    std::lock_guard lock(env_.mutex_);
    TBL_TRY(env_.check_handle(generation_, path_));
    TBL_TRY(env_.begin(SimOp::kRead, path_).status);
    const std::string& data = inode_->live();
    if (offset >= data.size()) return size_t{0};
    return data.copy(buffer, n, offset);
  }
  Result<uint64_t> size() const override {
    std::lock_guard lock(env_.mutex_);
    TBL_TRY(env_.check_handle(generation_, path_));
    return static_cast<uint64_t>(inode_->live().size());
  }

 private:
  SimEnv& env_;
  std::shared_ptr<SimInode> inode_;
  std::string path_;
  uint64_t generation_;
};

class SimFileLock final : public FileLock {
 public:
  SimFileLock(SimEnv& env, std::string path)
      : env_(env), path_(std::move(path)), generation_(env.generation_) {}
  ~SimFileLock() override {
    std::lock_guard lock(env_.mutex_);
    if (generation_ == env_.generation_) env_.locked_.erase(path_);
  }

 private:
  SimEnv& env_;
  std::string path_;
  uint64_t generation_;
};

Result<std::unique_ptr<WritableFile>> SimEnv::open_append(const std::string& path, uint32_t) {
  std::lock_guard lock(mutex_);
  if (!dirs_.contains(parent_of(path))) return errno_status(ENOENT, "open " + path);
  if (!live_.contains(path)) {
    TBL_TRY(change_dir(SimOp::kCreate, {"", path, std::make_shared<SimInode>()}));
  }
  return std::unique_ptr<WritableFile>(std::make_unique<SimWritableFile>(*this, live_[path], path));
}

Result<std::unique_ptr<RandomAccessFile>> SimEnv::open_read(const std::string& path) {
  std::lock_guard lock(mutex_);
  auto found = live_.find(path);
  if (found == live_.end()) return errno_status(ENOENT, "open " + path);
  return std::unique_ptr<RandomAccessFile>(
      std::make_unique<SimRandomAccessFile>(*this, found->second, path));
}

Result<std::vector<std::string>> SimEnv::list(const std::string& dir) {
  std::lock_guard lock(mutex_);
  if (!dirs_.contains(without_trailing_slash(dir))) return errno_status(ENOENT, "list " + dir);
  std::set<std::string> names;
  for (const auto& [path, inode] : live_) names.insert(child_name(dir, path));
  for (const std::string& path : dirs_) names.insert(child_name(dir, path));
  names.erase("");
  return std::vector<std::string>(names.begin(), names.end());
}

Status SimEnv::create_dirs(const std::string& dir, uint32_t) {
  std::lock_guard lock(mutex_);
  for (std::string path = without_trailing_slash(dir); !dirs_.contains(path);
       path = parent_of(path)) {
    if (live_.contains(path)) return errno_status(EEXIST, "create directory " + dir);
    dirs_.insert(path);
  }
  return ok_status();
}

Status SimEnv::remove(const std::string& path) {
  std::lock_guard lock(mutex_);
  if (!live_.contains(path)) return errno_status(ENOENT, "remove " + path);
  return change_dir(SimOp::kRemove, {path, "", nullptr});
}

Status SimEnv::rename(const std::string& from, const std::string& to) {
  std::lock_guard lock(mutex_);
  auto found = live_.find(from);
  if (found == live_.end()) return errno_status(ENOENT, "rename " + from + " to " + to);
  return change_dir(SimOp::kRename, {from, to, found->second});
}

Status SimEnv::sync_dir(const std::string& dir) {
  std::lock_guard lock(mutex_);
  std::string wanted = without_trailing_slash(dir);
  if (!dirs_.contains(wanted)) return errno_status(ENOENT, "sync " + dir);
  TBL_TRY(begin(SimOp::kSyncDir, dir).status);
  if (wanted == ".") wanted = "";
  std::vector<DirChange> rest;
  for (DirChange& change : pending_) {
    bool here = (!change.from.empty() && parent_of(change.from) == wanted) ||
                (!change.to.empty() && parent_of(change.to) == wanted);
    if (here) {
      apply(on_disk_, change);
    } else {
      rest.push_back(std::move(change));
    }
  }
  pending_ = std::move(rest);
  return ok_status();
}

bool SimEnv::exists(const std::string& path) {
  std::lock_guard lock(mutex_);
  return live_.contains(path) || dirs_.contains(without_trailing_slash(path));
}

Result<std::unique_ptr<FileLock>> SimEnv::lock(const std::string& path) {
  std::lock_guard lock(mutex_);
  if (!dirs_.contains(parent_of(path))) return errno_status(ENOENT, "open " + path);
  if (!locked_.insert(path).second) return failed_precondition(path + ": file already locked");
  return std::unique_ptr<FileLock>(std::make_unique<SimFileLock>(*this, path));
}

Result<DiskSpace> SimEnv::disk_space(const std::string&) {
  std::lock_guard lock(mutex_);
  return DiskSpace{capacity_, capacity_ - std::min(capacity_, used_bytes())};
}

void SimEnv::crash(uint64_t seed) {
  std::lock_guard lock(mutex_);
  std::mt19937_64 random(seed);
  enum { kLoseAll, kKeepAll, kKeepPrefix, kKeepSome };
  auto mode = random() % 4;
  size_t prefix = mode == kKeepPrefix ? random() % (pending_.size() + 1) : 0;
  for (size_t i = 0; i < pending_.size(); ++i) {
    bool kept = mode == kKeepAll || i < prefix || (mode == kKeepSome && random() % 2 == 0);
    if (kept) apply(on_disk_, pending_[i]);
  }
  pending_.clear();
  live_ = on_disk_;
  std::set<SimInode*> done;
  for (auto& [path, inode] : live_) {
    if (done.insert(inode.get()).second) inode->crash(random);
  }
  locked_.clear();
  faults_.clear();
  power_lost_at_ = UINT64_MAX;
  ++generation_;
}

void SimEnv::lose_power_at(uint64_t nth) {
  std::lock_guard lock(mutex_);
  power_lost_at_ = operations_ + nth;
}

void SimEnv::fail(SimOp op, uint64_t nth, int errno_value, uint64_t kept_bytes) {
  std::lock_guard lock(mutex_);
  faults_.push_back({op, nth, errno_value, kept_bytes});
}

void SimEnv::set_capacity(uint64_t bytes) {
  std::lock_guard lock(mutex_);
  capacity_ = bytes;
}

bool SimEnv::flip_bit(const std::string& path, uint64_t bit) {
  std::lock_guard lock(mutex_);
  auto found = live_.find(path);
  if (found == live_.end() || bit / 8 >= found->second->live().size()) return false;
  found->second->flip_bit(bit);
  return true;
}

uint64_t SimEnv::operations() const {
  std::lock_guard lock(mutex_);
  return operations_;
}

SimEnv::Verdict SimEnv::begin(SimOp op, const std::string& path) {
  if (op != SimOp::kRead) ++operations_;
  if (operations_ >= power_lost_at_) {
    bool applied = op != SimOp::kRead && operations_ == power_lost_at_;
    return {unavailable(std::string(verb(op)) + " " + path + ": power lost"), applied, UINT64_MAX};
  }
  Verdict verdict;
  for (Fault& fault : faults_) {
    if (fault.op != op || fault.countdown == 0 || --fault.countdown > 0) continue;
    std::string what = std::string(verb(op)) + " " + path;
    verdict = {errno_status(fault.errno_value, what), false, fault.kept_bytes};
  }
  return verdict;
}

Status SimEnv::change_dir(SimOp op, DirChange change) {
  Verdict verdict = begin(op, change.to.empty() ? change.from : change.to);
  if (verdict.applied) {
    apply(live_, change);
    pending_.push_back(std::move(change));
  }
  return verdict.status;
}

Status SimEnv::append(SimWritableFile& file, const std::vector<Bytes>& pieces) {
  const std::string& path = file.path_;
  TBL_TRY(check_handle(file.generation_, path));
  Verdict verdict = begin(SimOp::kWrite, path);
  if (!verdict.status.ok() && !verdict.applied && verdict.kept_bytes == UINT64_MAX) {
    return verdict.status;  // the power was lost before
  }
  uint64_t room = capacity_ - std::min(capacity_, used_bytes());
  room += file.inode_->live().size() - file.size_;  // reserved
  if (!verdict.status.ok()) room = std::min(room, verdict.kept_bytes);
  for (Bytes piece : pieces) {
    const Bytes part = piece.substr(0, room);
    file.inode_->write(file.size_, part);
    file.size_ += part.size();
    if (verdict.status.ok() && piece.size() > room) return errno_status(ENOSPC, "write " + path);
    room -= std::min<uint64_t>(room, piece.size());
  }
  return verdict.status;
}

Status SimEnv::rewrite(SimWritableFile& file, uint64_t offset, Bytes data) {
  TBL_TRY(check_handle(file.generation_, file.path_));
  Verdict verdict = begin(SimOp::kWrite, file.path_);
  if (verdict.status.ok() || verdict.applied) file.inode_->write(offset, data);
  return verdict.status;
}

void SimEnv::reserve(SimWritableFile& file, uint64_t bytes) {
  if (!check_handle(file.generation_, file.path_).ok() || operations_ >= power_lost_at_) return;
  SimInode& inode = *file.inode_;
  const uint64_t end = file.size_ + bytes;
  if (end <= inode.live().size() || used_bytes() + end - inode.live().size() > capacity_) return;
  inode.truncate(end);
}

Status SimEnv::truncate(SimInode& inode, uint64_t generation, const std::string& path,
                        uint64_t size) {
  TBL_TRY(check_handle(generation, path));
  Verdict verdict = begin(SimOp::kTruncate, path);
  if (verdict.applied) inode.truncate(size);
  return verdict.status;
}

Status SimEnv::sync(SimInode& inode, uint64_t generation, const std::string& path) {
  TBL_TRY(check_handle(generation, path));
  Verdict verdict = begin(SimOp::kSync, path);
  if (verdict.status.ok()) {
    inode.sync();
  } else if (!verdict.applied) {
    inode.fail_sync();
  }
  return verdict.status;
}

Status SimEnv::check_handle(uint64_t generation, const std::string& path) const {
  if (generation == generation_) return ok_status();
  return unavailable(path + ": opened before the crash");
}

uint64_t SimEnv::used_bytes() const {
  uint64_t sum = 0;
  for (const auto& [path, inode] : live_) sum += inode->live().size();
  return sum;
}

void SimEnv::apply(Entries& entries, const DirChange& change) {
  if (!change.from.empty()) entries.erase(change.from);
  if (!change.to.empty()) entries[change.to] = change.inode;
}

}  // namespace tbl
