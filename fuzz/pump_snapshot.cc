// sorter.snap, and a sorter that begins with whatever it says.

#include <cstdint>
#include <cstdlib>

#include "base/crc32c.h"
#include "pump/storage/snapshot.h"

using namespace tbl;
using namespace tbl::pump;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes bytes(reinterpret_cast<const char*>(data), size);
  (void)decode_snapshot(bytes);
  std::string whole = encode_snapshot(Snapshot()).substr(0, 8);  // the magic
  whole.append(bytes);
  put_le32(whole, crc32c(whole));
  auto snapshot = decode_snapshot(whole);
  if (!snapshot.ok()) return 0;
  if (encode_snapshot(*snapshot).size() > whole.size()) std::abort();
  Sorter sorter(std::move(snapshot->sorter), snapshot->index_end.tail, 0);
  const uint64_t max_ts = sorter.max_ts();
  sorter.add({{kTpPrewrite, 5, 0, false}, {}}, 0);
  sorter.add({{kTpCommit, 5, 9, false}, {}}, 0);
  sorter.drop(7);
  if (sorter.max_ts() < max_ts) std::abort();
  return 0;
}
