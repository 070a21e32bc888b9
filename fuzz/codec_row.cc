// Rows of both formats.
#include <cstdlib>

#include "codec/row.h"

using namespace tbl::codec;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tbl::Bytes input(reinterpret_cast<const char*>(data), size);
  Arena arena;
  RowReader reader(input, arena);
  int64_t id = 0;
  Datum value;
  Datum typed;
  size_t pairs = 0;
  while (reader.next(&id, &value)) {
    ++pairs;
    if (value.kind() != DatumKind::kRaw) continue;
    for (auto type : {RowV2Type::kInt, RowV2Type::kUint, RowV2Type::kFloat, RowV2Type::kBytes,
                      RowV2Type::kDecimal, RowV2Type::kJson}) {
      decode_row_v2_value(value.as_bytes(), type, &typed);
    }
  }
  if (pairs > size) std::abort();
  RowV2 v2;
  if (v2.parse(input)) {
    v2.find(1);
    v2.find(100000);
  }
  return 0;
}
