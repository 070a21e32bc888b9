// A block of pump's commit index, and dropped.log.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/crc32c.h"
#include "pump/storage/dropped_log.h"
#include "pump/storage/index_format.h"

using namespace tbl;
using namespace tbl::pump;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes bytes(reinterpret_cast<const char*>(data), size);
  (void)decode_index_block(bytes);
  // The same with a right size, magic and checksum, so that the entries are reached.
  std::string block = encode_index_block(std::vector<IndexEntry>(kEntriesPerBlock).data());
  std::copy_n(bytes.begin(), std::min<size_t>(size, kEntriesPerBlock * kIndexEntryBytes),
              block.begin());
  block.resize(kIndexBlockBytes - 4);
  put_le32(block, crc32c(block));
  if (const auto entries = decode_index_block(block); entries.ok()) {
    if (decode_index_block(encode_index_block(entries->data())).value() != *entries) std::abort();
  }
  const auto dropped = decode_dropped(bytes);
  if (!bytes.starts_with(encode_dropped(dropped))) std::abort();
  return 0;
}
