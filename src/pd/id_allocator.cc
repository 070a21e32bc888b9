#include "pd/id_allocator.h"

namespace tbl::pd {
namespace {

constexpr char kKey[] = "alloc_id";
constexpr uint64_t kBatch = 1000;

}  // namespace

Status IdAllocator::load() {
  TBL_ASSIGN(const auto stored, meta_.get(kKey));
  std::lock_guard lock(mutex_);
  if (stored) {
    TBL_ASSIGN(reserved_, decode_number(*stored, kKey));
  }
  last_ = reserved_;
  return ok_status();
}

Result<uint64_t> IdAllocator::next() {
  std::lock_guard lock(mutex_);
  if (last_ == reserved_) {
    TBL_TRY(meta_.put(kKey, encode_number(reserved_ + kBatch)).wrap("reserve ids"));
    reserved_ += kBatch;
  }
  return ++last_;
}

}  // namespace tbl::pd
