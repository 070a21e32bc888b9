#include "schema/packed_text.h"

#include <gtest/gtest.h>

#include <random>

#include "base/test_seed.h"

namespace tbl::schema {
namespace {

TEST(PackedTextTest, GivesBackWhatItWasMadeFrom) {
  const uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  EXPECT_EQ(PackedText().text().value(), "");
  for (size_t size : {0, 1, 2, 100, 5000, 100000}) {
    std::string text(size, '\0');
    for (char& c : text) c = static_cast<char>(random());
    EXPECT_EQ(PackedText(text).text().value(), text) << size;
    text.assign(size, 'x');
    EXPECT_EQ(PackedText(text).text().value(), text) << size;
  }
}

}  // namespace
}  // namespace tbl::schema
