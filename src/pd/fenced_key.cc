#include "pd/fenced_key.h"

namespace tbl::pd {

Result<std::optional<std::string>> FencedKey::load() {
  revision_.reset();
  TBL_ASSIGN(auto found, meta_.get_versioned(key_));
  revision_ = found.revision;
  return std::move(found.value);
}

Status FencedKey::store(const std::string& value) {
  if (!revision_) {
    // The write before this one may have been done or not: whichever it is, this one follows it.
    TBL_TRY(load().status());
  }
  const int64_t expected = *revision_;
  revision_.reset();
  TBL_ASSIGN(revision_, meta_.put_after(key_, value, expected));
  return ok_status();
}

}  // namespace tbl::pd
