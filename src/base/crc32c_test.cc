#include "base/crc32c.h"

#include <gtest/gtest.h>

#include <random>

#include "base/test_seed.h"

namespace tbl {
namespace {

/// Bit by bit, as the polynomial says.
uint32_t reference(Bytes data) {
  uint32_t crc = ~0U;
  for (unsigned char c : data) {
    crc ^= c;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0x82f63b78U : crc >> 1;
  }
  return ~crc;
}

TEST(Crc32cTest, AnyLengthAnyPlaceAnySplit) {
  std::mt19937_64 random(test_seed());
  std::string bytes(8192, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  for (int i = 0; i < 2000; ++i) {
    const size_t begin = random() % 64;
    const size_t length = random() % (i % 4 == 0 ? 5000 : 1200);
    const Bytes data = Bytes(bytes).substr(begin, length);
    const uint32_t expected = reference(data);
    ASSERT_EQ(crc32c(data), expected) << begin << " " << length;
    const size_t split = length == 0 ? 0 : random() % length;
    ASSERT_EQ(crc32c(data.substr(split), crc32c(data.substr(0, split))), expected) << split;
  }
}

}  // namespace
}  // namespace tbl
