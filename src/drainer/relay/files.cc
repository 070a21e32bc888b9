#include "drainer/relay/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

#include "base/log.h"
#include "drainer/relay/frame.h"

namespace tbl::relay {
namespace {

constexpr std::string_view kPrefix = "binlog-";
constexpr size_t kDigits = 16;

std::optional<uint64_t> index_of(const std::string& name) {
  if (!name.starts_with(kPrefix) || name.size() < kPrefix.size() + kDigits) return std::nullopt;
  const char* begin = name.data() + kPrefix.size();
  uint64_t index = 0;
  const auto [end, error] = std::from_chars(begin, begin + kDigits, index);
  if (error != std::errc() || end != begin + kDigits) return std::nullopt;
  if (name.size() > kPrefix.size() + kDigits && *end != '-') return std::nullopt;
  return index;
}

}  // namespace

std::string file_name(uint64_t index) {
  const time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  char text[32];
  std::strftime(text, sizeof(text), "%Y%m%d%H%M%S", &local);
  return fmt::format("{}{:016}-{}", kPrefix, index, text);
}

Result<std::vector<RelayFile>> list_files(Env& env, const std::string& dir) {
  TBL_ASSIGN(const auto names, env.list(dir));
  std::vector<RelayFile> files;
  for (const auto& name : names) {
    if (const auto index = index_of(name)) files.push_back({*index, name});
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  for (size_t i = 1; i < files.size(); ++i) {
    if (files[i].index == files[i - 1].index + 1) continue;
    return data_loss("relay log " + dir + ": binlogger: content is corruption: " +
                     files[i - 1].name + " is followed by " + files[i].name);
  }
  return files;
}

class RelayReader::Impl {
 public:
  Impl(Env& env, std::string dir, std::vector<RelayFile> files)
      : env_(env), dir_(std::move(dir)), files_(std::move(files)) {}

  Result<std::optional<Bytes>> next(bool* is_new_file) {
    if (is_new_file != nullptr) *is_new_file = false;
    while (true) {
      if (!reader_) {
        if (next_file_ == files_.size()) return std::optional<Bytes>();
        TBL_TRY(open_next());
      }
      const size_t offset = reader_->offset();
      auto record = reader_->next();
      if (!record.ok()) return std::move(record).status().wrap(path_);
      if (*record) {
        if (is_new_file != nullptr) *is_new_file = offset == 0;
        return record;
      }
      TBL_TRY(end_file());
    }
  }

 private:
  Status open_next() {
    path_ = join_path(dir_, files_[next_file_++].name);
    TBL_ASSIGN(auto content, env_.read_file(path_));
    content_ = std::make_shared<const std::string>(std::move(content));
    reader_.emplace(*content_);
    return ok_status();
  }

  Status end_file() {
    if (const Status& torn = reader_->torn(); !torn.ok()) {
      if (next_file_ < files_.size()) return torn.wrap(path_);
      log_warn("the relay log ends within a record", {{"file", path_}, {"error", torn}});
    }
    reader_.reset();
    return ok_status();
  }

  Env& env_;
  const std::string dir_;
  const std::vector<RelayFile> files_;
  size_t next_file_ = 0;
  std::string path_;
  std::shared_ptr<const std::string> content_;  ///< that the copies walk over, too
  std::optional<FrameReader> reader_;
};

RelayReader::RelayReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RelayReader::RelayReader(const RelayReader& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
RelayReader::RelayReader(RelayReader&& other) noexcept = default;
RelayReader::~RelayReader() = default;

RelayReader& RelayReader::operator=(RelayReader other) noexcept {
  impl_ = std::move(other.impl_);
  return *this;
}

Result<RelayReader> RelayReader::open(Env& env, std::string dir) {
  std::vector<RelayFile> files;
  if (env.exists(dir)) {
    TBL_ASSIGN(files, list_files(env, dir));
  }
  return RelayReader(std::make_unique<Impl>(env, std::move(dir), std::move(files)));
}

Result<std::optional<Bytes>> RelayReader::next(bool* is_new_file) {
  return impl_->next(is_new_file);
}

}  // namespace tbl::relay
