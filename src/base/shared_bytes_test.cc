#include "base/shared_bytes.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace tbl {
namespace {

TEST(SharedBytesTest, APartKeepsTheWholeAlive) {
  SharedBytes whole = SharedBytes::of(std::string(1000, 'x') + "end");
  const Bytes tail = whole->substr(1000);
  const SharedBytes part = std::move(whole).narrowed(tail);
  EXPECT_EQ(*part, "end");
  EXPECT_EQ(part->size(), 3U);
  EXPECT_TRUE(part);
  EXPECT_FALSE(SharedBytes());
}

TEST(SharedBytesTest, PiecesOfASlabDoNotOverlapAndOutliveIt) {
  std::vector<SharedBytes> kept;
  std::vector<std::string> expected;
  {
    Slabs slabs(100);
    for (int i = 0; i < 200; ++i) {
      expected.emplace_back(static_cast<size_t>(i % 101), static_cast<char>('a' + i % 26));
      const Slabs::Room room = slabs.take(expected.back().size());
      std::memcpy(room.data, expected.back().data(), expected.back().size());
      kept.emplace_back(room.owner, Bytes(room.data, expected.back().size()));
    }
  }
  for (size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(*kept[i], expected[i]);
}

TEST(SharedBytesTest, ASlabIsFreedWithItsLastPiece) {
  Slabs slabs(100);
  std::weak_ptr<char[]> slab;
  {
    const Slabs::Room first = slabs.take(60);
    slab = first.owner;
    const Slabs::Room second = slabs.take(40);
    EXPECT_EQ(second.owner, first.owner);
    EXPECT_NE(slabs.take(1).owner, first.owner);
    EXPECT_FALSE(slab.expired());
  }
  EXPECT_TRUE(slab.expired());
}

}  // namespace
}  // namespace tbl
