#include "base/env.h"

namespace tbl {
namespace {

std::string parent_dir(const std::string& path) {
  size_t slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

std::string join_path(const std::string& dir, const std::string& name) {
  if (dir.empty()) return name;
  return dir.back() == '/' ? dir + name : dir + "/" + name;
}

Result<std::string> Env::read_file(const std::string& path) {
  TBL_ASSIGN(auto file, open_read(path));
  TBL_ASSIGN(uint64_t size, file->size());
  std::string content(size, '\0');
  TBL_ASSIGN(size_t n, file->read(0, content.size(), content.data()));
  content.resize(n);
  return content;
}

Status Env::write_file_atomically(const std::string& path, Bytes content, uint32_t mode) {
  std::string temp = path + ".tmp";
  TBL_ASSIGN(auto file, open_append(temp, mode));
  if (file->size() > 0) TBL_TRY(file->truncate(0));  // left behind by a crash
  TBL_TRY(file->append(content));
  TBL_TRY(file->sync());
  TBL_TRY(file->close());
  TBL_TRY(rename(temp, path));
  return sync_dir(parent_dir(path));
}

}  // namespace tbl
