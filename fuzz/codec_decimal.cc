// Binary decimals to text and back.
#include <cstdlib>

#include "codec/decimal.h"

using namespace tbl::codec;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tbl::Bytes input(reinterpret_cast<const char*>(data), size);
  tbl::ByteReader in(input);
  Datum decimal;
  std::string text;
  std::string binary;
  if (read_decimal(in, &decimal) && append_decimal_text(text, decimal)) {
    if (!append_decimal_binary(binary, text, decimal.prec(), decimal.frac()).ok()) std::abort();
    // Minus zero is the one number with two forms.
    if (binary != decimal.as_bytes() && text.find_first_of("123456789") != std::string::npos)
      std::abort();
  }
  if (size < 2) return 0;
  binary.clear();
  tbl::Status ignored = append_decimal_binary(binary, input.substr(2), data[0], data[1]);
  return 0;
}
