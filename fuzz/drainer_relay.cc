// A relay file's records.
#include <cstdlib>

#include "drainer/relay/frame.h"
#include "drainer/relay/record.h"

using namespace tbl;

namespace {

/// Damage that leaves a record's form whole reaches the values.
void decode_whole(Bytes input) {
  relay::RecordDecoder decoder;
  const auto item = decoder.decode(input);
  if (!item.ok() || !item->transaction) return;
  relay::RecordEncoder encoder(item->cluster_id, {});
  const auto again = encoder.encode(*item->transaction, item->previous_ts);
  // Values that their columns cannot have are for the sink to refuse.
  if (!again.ok()) return;
  relay::RecordDecoder second;
  const auto back = second.decode(*again);
  if (!back.ok() || back->transaction->rows.size() != item->transaction->rows.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes input(reinterpret_cast<const char*>(data), size);
  relay::FrameReader reader(input);
  relay::RecordDecoder decoder;
  while (true) {
    const auto record = reader.next();
    if (!record.ok() || !*record) break;
    (void)decoder.decode(**record);
  }
  if (reader.offset() > size) std::abort();
  decode_whole(input);
  return 0;
}
