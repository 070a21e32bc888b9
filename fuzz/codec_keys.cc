// Keys and index values.
#include <cstdlib>

#include "codec/index_value.h"
#include "codec/keys.h"

using namespace tbl::codec;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tbl::Bytes input(reinterpret_cast<const char*>(data), size);
  RecordKey record;
  if (parse_record_key(input, &record) && !record.is_common &&
      record_key(record.table_id, record.handle) != input) {
    std::abort();
  }
  IndexKey index;
  if (parse_index_key(input, &index) &&
      index_prefix(index.table_id, index.index_id) + std::string(index.values) != input) {
    std::abort();
  }
  MetaKey meta;
  if (parse_meta_key(input, &meta) && meta.type == 0x68 &&
      meta_hash_key(meta.key, meta.field) != input)
    std::abort();
  IndexValue value;
  parse_index_value(input, &value);
  std::string next = prefix_next(input);
  if (!next.empty() && next <= input) std::abort();
  return 0;
}
