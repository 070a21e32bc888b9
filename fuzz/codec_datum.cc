// Datums of both encodings: what is read can be written and read again.
#include <cstdlib>

#include "codec/datum_codec.h"
#include "codec/memcomparable.h"

using namespace tbl::codec;

namespace {
void check(const std::string& encoded, const Datum& expected) {
  tbl::ByteReader in(encoded);
  Arena arena;
  Datum again;
  if (!read_datum(in, arena, &again) || !in.empty() || !(again == expected)) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tbl::Bytes input(reinterpret_cast<const char*>(data), size);
  Arena arena;
  tbl::ByteReader in(input);
  tbl::ByteReader skipping(input);
  Datum datum;
  tbl::Bytes encoded;
  while (!in.empty()) {
    bool read = read_datum(in, arena, &datum);
    if (read != skip_datum(skipping, &encoded)) std::abort();
    if (!read) break;
    if (in.remaining() != skipping.remaining()) std::abort();
    // NaN and minus zero have no encoding of their own.
    if (datum.kind() == DatumKind::kFloat) continue;
    std::string value;
    std::string key;
    write_value(value, datum);
    write_key(key, datum);
    check(value, datum);
    check(key, datum);
  }
  std::string text;
  tbl::ByteReader desc(input);
  read_comparable_bytes_desc(desc, &text);
  return 0;
}
