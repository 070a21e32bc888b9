#include "tidb/types/warnings.h"

#include <utility>

#include "tidb/types/sql_error.h"

namespace tbl::tidb {

void Warnings::add(Warning warning) {
  ++count_;
  if (warning.level == Warning::kError) ++errors_;
  if (list_.size() < kKept) list_.push_back(std::move(warning));
}

void Warnings::add(const Status& status, Warning::Level level) {
  SqlErrorText text = describe_sql_error(status);
  add(Warning{level, text.code, std::move(text.message)});
}

void Warnings::clear() {
  list_.clear();
  count_ = 0;
  errors_ = 0;
}

void Warnings::append(const Warnings& other) {
  for (const Warning& w : other.list_) {
    if (list_.size() < kKept) list_.push_back(w);
  }
  count_ += other.count_;
  errors_ += other.errors_;
}

}  // namespace tbl::tidb
