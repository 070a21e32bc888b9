#include "codec/arena.h"

#include <gtest/gtest.h>

#include <random>

namespace tbl::codec {
namespace {

TEST(Arena, KeepsEveryPieceWhereItIs) {
  std::mt19937_64 random(7);
  Arena arena;
  std::vector<std::pair<Bytes, std::string>> pieces;
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % (i % 100 == 0 ? 300'000 : 300), static_cast<char>('a' + i % 26));
    pieces.emplace_back(arena.copy(text), text);
  }
  Arena moved = std::move(arena);
  for (auto& [copy, text] : pieces) ASSERT_EQ(copy, text);
  EXPECT_EQ(arena.reserved_bytes(), 0u);  // NOLINT: a moved-from arena is an empty one
  EXPECT_EQ(arena.copy("still usable"), "still usable");
}

TEST(Arena, Aligns) {
  Arena arena;
  for (size_t align : {1, 2, 4, 8, 16}) {
    arena.allocate(1);
    char* p = arena.allocate(24, align);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(p) % align, 0u);
  }
  auto numbers = arena.array<double>(1000);
  EXPECT_EQ(numbers.size(), 1000u);
  EXPECT_EQ(numbers[999], 0.0);
}

TEST(Arena, ResetKeepsOneBlock) {
  Arena arena;
  for (int i = 0; i < 100; ++i) arena.allocate(1000);
  size_t before = arena.reserved_bytes();
  arena.reset();
  EXPECT_LT(arena.reserved_bytes(), before);
  size_t kept = arena.reserved_bytes();
  arena.allocate(1000);
  EXPECT_EQ(arena.reserved_bytes(), kept);
}

TEST(Arena, EmptyPieces) {
  Arena arena;
  EXPECT_NE(arena.allocate(0), nullptr);
  EXPECT_TRUE(arena.copy("").empty());
  EXPECT_TRUE(arena.array<int>(0).empty());
}

}  // namespace
}  // namespace tbl::codec
