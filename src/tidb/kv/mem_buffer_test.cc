#include "tidb/kv/mem_buffer.h"
#include "base/test_seed.h"

#include <gtest/gtest.h>

#include <random>

namespace tbl::tidb {
namespace {

using Kind = BufferedWrite::Kind;

TEST(MemBuffer, TheLastWriteCounts) {
  MemBuffer buffer;
  buffer.put("a", "1");
  buffer.put("a", "22");
  EXPECT_EQ(buffer.find("a")->value, "22");
  EXPECT_EQ(buffer.bytes(), 3U);
  buffer.remove("a");
  EXPECT_EQ(buffer.find("a")->kind, Kind::kRemove);
  EXPECT_EQ(buffer.bytes(), 1U);
  EXPECT_EQ(buffer.find("b"), nullptr);
}

TEST(MemBuffer, WhatWasPresumedNewStaysSo) {
  MemBuffer buffer;
  buffer.put("a", "1", true);
  buffer.remove("a");
  EXPECT_TRUE(buffer.find("a")->presumed_new);
  buffer.put("a", "2");
  EXPECT_TRUE(buffer.find("a")->presumed_new);
  buffer.clear_presumed("a");
  buffer.put("a", "3");
  EXPECT_FALSE(buffer.find("a")->presumed_new);
}

TEST(MemBuffer, ChangedSinceNamesEachKeyOnce) {
  MemBuffer buffer;
  buffer.put("a", "1");
  const size_t mark = buffer.mark();
  buffer.put("c", "1");
  buffer.put("b", "1");
  buffer.put("c", "2");
  EXPECT_EQ(buffer.changed_since(mark), (std::vector<std::string>{"b", "c"}));
  buffer.rollback_to(mark);
  EXPECT_TRUE(buffer.changed_since(mark).empty());
}

TEST(MemBuffer, RollbackGivesEveryEarlierState) {
  const unsigned seed = test_seed();
  std::mt19937 random(seed);
  for (int round = 0; round < 50; ++round) {
    MemBuffer buffer;
    struct State {
      size_t mark;
      MemBuffer::Map writes;
      uint64_t bytes;
    };
    std::vector<State> states{{0, {}, 0}};
    for (int i = 0; i < 60; ++i) {
      const std::string key(1, static_cast<char>('a' + random() % 6));
      switch (random() % 8) {
        case 0:
          buffer.remove(key);
          break;
        case 1: {
          // Back to a state; those after it are gone.
          states.resize(1 + random() % states.size());
          buffer.rollback_to(states.back().mark);
          ASSERT_EQ(buffer.writes(), states.back().writes);
          ASSERT_EQ(buffer.bytes(), states.back().bytes);
          continue;
        }
        default:
          buffer.put(key, std::string(random() % 5, 'v'), random() % 4 == 0);
      }
      states.push_back({buffer.mark(), buffer.writes(), buffer.bytes()});
    }
    uint64_t bytes = 0;
    for (const auto& [key, write] : buffer.writes()) bytes += key.size() + write.value.size();
    EXPECT_EQ(buffer.bytes(), bytes);
  }
}

}  // namespace
}  // namespace tbl::tidb
