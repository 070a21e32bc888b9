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
/// What a run of zeros makes of a CRC, as the sum over its four bytes.
using ZeroShift = std::array<std::array<uint32_t, 256>, 4>;

constexpr ZeroShift shift_by_zeros(size_t count) {
  ZeroShift shift{};
  for (unsigned bit = 0; bit < 32; ++bit) {
    uint32_t crc = 1U << bit;
    for (size_t i = 0; i < count; ++i) crc = kTable[crc & 0xff] ^ crc >> 8;
    const uint32_t value = 1U << bit % 8;
    for (uint32_t lower = 0; lower < value; ++lower) {
      shift[bit / 8][value | lower] = shift[bit / 8][lower] ^ crc;
    }
  }
  return shift;
}

uint32_t apply(const ZeroShift& shift, uint32_t crc) {
  return shift[0][crc & 0xff] ^ shift[1][crc >> 8 & 0xff] ^ shift[2][crc >> 16 & 0xff] ^
         shift[3][crc >> 24];
}

/// Takes threes of blocks off the front of `data`. The instruction gives its result after three
/// cycles and can begin another one in each, so three blocks take as long as one.
template <size_t kBlock>
__attribute__((target("sse4.2"))) uint32_t crc32c_threes(Bytes* data, uint32_t crc) {
  static constexpr ZeroShift kShift = shift_by_zeros(kBlock);
  for (; data->size() >= 3 * kBlock; data->remove_prefix(3 * kBlock)) {
    const char* const p = data->data();
    uint64_t first = crc;
    uint64_t second = 0;
    uint64_t third = 0;
    for (size_t i = 0; i < kBlock; i += 8) {
      first = _mm_crc32_u64(first, get_le64(p + i));
      second = _mm_crc32_u64(second, get_le64(p + kBlock + i));
      third = _mm_crc32_u64(third, get_le64(p + 2 * kBlock + i));
    }
    crc = apply(kShift, static_cast<uint32_t>(first)) ^ static_cast<uint32_t>(second);
    crc = apply(kShift, crc) ^ static_cast<uint32_t>(third);
  }
  return crc;
}

__attribute__((target("sse4.2"))) uint32_t crc32c_sse42(Bytes data, uint32_t crc) {
  crc = crc32c_threes<336>(&data, crc);
  crc = crc32c_threes<80>(&data, crc);
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
