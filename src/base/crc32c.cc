#include "base/crc32c.h"

#include <array>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace tbl {
namespace {

constexpr std::array<uint32_t, 256> make_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0x82f63b78U : crc >> 1;
    table[i] = crc;
  }
  return table;
}
constexpr auto kTable = make_table();

uint32_t crc32c_table(Bytes data, uint32_t crc) {
  for (unsigned char c : data) crc = kTable[(crc ^ c) & 0xff] ^ crc >> 8;
  return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) uint32_t crc32c_sse42(Bytes data, uint32_t crc) {
  const char* p = data.data();
  size_t n = data.size();
  uint64_t wide = crc;
  for (; n >= 8; n -= 8, p += 8) wide = _mm_crc32_u64(wide, get_le64(p));
  auto result = static_cast<uint32_t>(wide);
  for (; n > 0; --n, ++p) result = _mm_crc32_u8(result, static_cast<uint8_t>(*p));
  return result;
}
#endif

}  // namespace

uint32_t crc32c(Bytes data, uint32_t seed) {
#if defined(__x86_64__)
  static const bool has_sse42 = __builtin_cpu_supports("sse4.2");
  if (has_sse42) return ~crc32c_sse42(data, ~seed);
#endif
  return ~crc32c_table(data, ~seed);
}

}  // namespace tbl
