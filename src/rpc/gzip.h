// gzip of whole messages (zlib).
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/status.h"

namespace tbl::rpc {

std::string gzip_compress(Bytes data);
/// kInternal: not gzip, damaged or cut short. When the content is longer than `max_bytes`, `fits`
/// is false and the result empty.
Result<std::string> gzip_decompress(Bytes data, uint64_t max_bytes, bool* fits);

}  // namespace tbl::rpc
