#include "base/ring.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>
#include <string>

#include "base/test_seed.h"

namespace tbl {
namespace {

TEST(RingTest, BehavesAsADeque) {
  std::mt19937_64 random(test_seed());
  for (int round = 0; round < 50; ++round) {
    Ring<std::string> ring;
    std::deque<std::string> model;
    for (int i = 0; i < 2000; ++i) {
      if (random() % 5 < 3) {
        std::string value(random() % 40, static_cast<char>('a' + i % 26));
        model.push_back(value);
        ring.push_back(std::move(value));
      } else if (!model.empty()) {
        model.pop_front();
        ring.pop_front();
      }
      ASSERT_EQ(ring.size(), model.size());
      ASSERT_EQ(ring.empty(), model.empty());
      if (model.empty()) continue;
      const size_t at = random() % model.size();
      ASSERT_EQ(ring[at], model[at]);
      ASSERT_EQ(ring.front(), model.front());
      ASSERT_EQ(ring.back(), model.back());
    }
  }
}

TEST(RingTest, AQueueThatStaysShortKeepsItsMemory) {
  Ring<int> ring;
  for (int i = 0; i < 10; ++i) ring.push_back(i);
  const size_t capacity = ring.capacity();
  for (int i = 10; i < 10000; ++i) {
    ring.push_back(i);
    ASSERT_EQ(ring.front(), i - 10);
    ring.pop_front();
  }
  EXPECT_EQ(ring.capacity(), capacity);
}

TEST(RingTest, WhatIsTakenOutIsDestroyed) {
  auto value = std::make_shared<int>(1);
  {
    Ring<std::shared_ptr<int>> ring;
    for (int i = 0; i < 100; ++i) ring.push_back(value);
    for (int i = 0; i < 40; ++i) ring.pop_front();
    EXPECT_EQ(value.use_count(), 61);
    Ring<std::shared_ptr<int>> moved(std::move(ring));
    EXPECT_EQ(moved.size(), 60U);
    EXPECT_TRUE(ring.empty());
  }
  EXPECT_EQ(value.use_count(), 1);
}

}  // namespace
}  // namespace tbl
