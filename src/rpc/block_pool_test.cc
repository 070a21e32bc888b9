#include "rpc/block_pool.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>
#include <string>

#include "base/test_seed.h"

namespace tbl::rpc {
namespace {

/// Random calls beside a model: what was written to a block stands there until it is given back.
TEST(BlockPool, BlocksKeepTheirBytes) {
  std::mt19937_64 random(test_seed());
  BlockPool pool;
  nghttp2_mem* mem = pool.mem();
  std::map<char*, std::string> model;
  const auto fill = [&](char* block, size_t size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    std::memcpy(block, bytes.data(), size);
    model[block] = bytes;
  };
  for (int step = 0; step < 20'000; ++step) {
    const size_t size = random() % 700;
    if (model.size() < 700 && random() % 3 != 0) {
      const bool zeroed = random() % 2 == 0;
      auto* block = static_cast<char*>(zeroed ? mem->calloc(1, size, mem->mem_user_data)
                                              : mem->malloc(size, mem->mem_user_data));
      ASSERT_NE(block, nullptr);
      ASSERT_FALSE(model.contains(block));
      if (zeroed) {
        EXPECT_EQ(std::string(block, size), std::string(size, '\0'));
      }
      fill(block, size);
      continue;
    }
    if (model.empty()) continue;
    const auto it = std::next(model.begin(), static_cast<ptrdiff_t>(random() % model.size()));
    const auto [block, bytes] = *it;
    ASSERT_EQ(std::string(block, bytes.size()), bytes);
    model.erase(it);
    if (random() % 2 == 0) {
      mem->free(block, mem->mem_user_data);
      continue;
    }
    auto* moved = static_cast<char*>(mem->realloc(block, size, mem->mem_user_data));
    const size_t kept = std::min(size, bytes.size());
    ASSERT_EQ(std::string(moved, kept), bytes.substr(0, kept));
    fill(moved, size);
  }
  for (const auto& [block, bytes] : model) mem->free(block, mem->mem_user_data);
}

TEST(BlockPool, RefusesWhatNobodyHas) {
  BlockPool pool;
  nghttp2_mem* mem = pool.mem();
  EXPECT_EQ(mem->malloc(SIZE_MAX, mem->mem_user_data), nullptr);
  EXPECT_EQ(mem->calloc(SIZE_MAX / 2, 3, mem->mem_user_data), nullptr);
  mem->free(nullptr, mem->mem_user_data);
}

}  // namespace
}  // namespace tbl::rpc
