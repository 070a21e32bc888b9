#include "spill/spill_file.h"

#include <fmt/format.h>

namespace tbl::spill {

Result<std::unique_ptr<SpillFile>> SpillFile::create(Env& env, const std::string& path) {
  TBL_ASSIGN(auto writer, env.open_append(path, 0600));
  TBL_ASSIGN(auto reader, env.open_read(path));
  TBL_TRY(env.remove(path));
  return std::unique_ptr<SpillFile>(new SpillFile(path, std::move(writer), std::move(reader)));
}

Status SpillFile::append(Bytes data) {
  TBL_TRY(writer_->append(data));
  size_ += data.size();
  return ok_status();
}

Status SpillFile::seal() {
  TBL_TRY(writer_->sync());
  TBL_TRY(writer_->close());
  writer_.reset();
  return ok_status();
}

Status SpillFile::read(uint64_t offset, size_t n, char* buffer) const {
  TBL_ASSIGN(size_t got, reader_->read(offset, n, buffer));
  if (got == n) return ok_status();
  return unknown_error(fmt::format("{}: read {} bytes at {}, got {}", path_, n, offset, got));
}

Status SpillDir::prepare() {
  TBL_TRY(env_.create_dirs(dir_, 0700));
  TBL_ASSIGN(auto names, env_.list(dir_));
  for (const std::string& name : names) TBL_TRY(env_.remove(join_path(dir_, name)));
  return ok_status();
}

Result<std::unique_ptr<SpillFile>> SpillDir::new_file() {
  return SpillFile::create(env_, join_path(dir_, fmt::format("{}.spill", next_number_++)));
}

}  // namespace tbl::spill
