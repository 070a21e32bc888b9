#include "codec/float_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>

#include "codec/test_util.h"

namespace tbl::codec {
namespace {

template <typename T>
std::string fixed(T v) {
  std::string out;
  append_fixed(out, v);
  return out;
}
template <typename T>
std::string scientific(T v) {
  std::string out;
  append_scientific(out, v);
  return out;
}

TEST(FloatText, Fixed) {
  EXPECT_EQ(fixed(0.0), "0");
  EXPECT_EQ(fixed(-0.0), "-0");
  EXPECT_EQ(fixed(1.0), "1");
  EXPECT_EQ(fixed(-1.5), "-1.5");
  EXPECT_EQ(fixed(0.1f), "0.1");
  EXPECT_EQ(fixed(static_cast<double>(1.1f)), "1.100000023841858");
  EXPECT_EQ(fixed(1e22), "10000000000000000000000");
  EXPECT_EQ(fixed(1.2345678901234567e20), "123456789012345670000");
  EXPECT_EQ(fixed(1.5e-7), "0.00000015");
  EXPECT_EQ(fixed(123.456), "123.456");
  EXPECT_EQ(fixed(100.0), "100");
}

TEST(FloatText, Scientific) {
  EXPECT_EQ(scientific(1e21), "1e+21");
  EXPECT_EQ(scientific(1.25e-7), "1.25e-07");
  EXPECT_EQ(scientific(1.5f), "1.5e+00");
}

RC_GTEST_PROP(FloatText, ReadsBackAsTheSameNumber, (uint64_t bits, uint32_t bits32)) {
  auto d = std::bit_cast<double>(bits);
  auto f = std::bit_cast<float>(bits32);
  RC_PRE(std::isfinite(d) && std::isfinite(f));
  RC_ASSERT(std::strtod(fixed(d).c_str(), nullptr) == d);
  RC_ASSERT(std::strtod(scientific(d).c_str(), nullptr) == d);
  RC_ASSERT(std::strtof(fixed(f).c_str(), nullptr) == f);
  RC_ASSERT(fixed(d).find('e') == std::string::npos);
}

}  // namespace
}  // namespace tbl::codec
