// Where a random test begins. For tests only.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace tbl {

/// TBL_SEED, or a random number below 2^32. Printed at once, so that a run that crashes has named
/// it.
inline uint64_t test_seed() {
  const char* text = std::getenv("TBL_SEED");
  const uint64_t seed = text == nullptr ? std::random_device()() : std::strtoull(text, nullptr, 10);
  std::printf("TBL_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  return seed;
}

}  // namespace tbl
