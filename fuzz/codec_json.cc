// Binary JSON to text.
#include <cstdlib>

#include "codec/json.h"

using namespace tbl::codec;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tbl::Bytes input(reinterpret_cast<const char*>(data), size);
  std::string text;
  append_json_text(text, input);
  if (text.size() > size * 128 + 4096) std::abort();
  tbl::ByteReader in(input);
  tbl::Bytes value;
  read_json(in, &value);
  return 0;
}
