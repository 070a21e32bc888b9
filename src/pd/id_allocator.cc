#include "pd/id_allocator.h"

namespace tbl::pd {
namespace {

constexpr uint64_t kBatch = 1000;

}  // namespace

Status IdAllocator::load() {
  std::lock_guard lock(mutex_);
  TBL_ASSIGN(const auto stored, key_.load());
  reserved_ = 0;
  if (stored) {
    TBL_ASSIGN(reserved_, decode_number(*stored, key_.key()));
  }
  last_ = reserved_;
  return ok_status();
}

Result<uint64_t> IdAllocator::next() {
  std::lock_guard lock(mutex_);
  if (last_ == reserved_) {
    TBL_TRY(key_.store(encode_number(reserved_ + kBatch)).wrap("reserve ids"));
    reserved_ += kBatch;
  }
  return ++last_;
}

}  // namespace tbl::pd
