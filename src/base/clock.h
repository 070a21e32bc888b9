// Time behind an interface, so that a test can set it back or run it by hand.
#pragma once

#include <chrono>
#include <cstdint>

namespace tbl {

/// Any thread may call. The system clock may jump; steady time never goes back.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::system_clock::time_point now() = 0;
  virtual std::chrono::steady_clock::time_point steady_now() = 0;

  int64_t unix_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(now().time_since_epoch()).count();
  }
};

/// The machine's clock; lives for ever.
Clock& system_clock();

/// A TSO ("ts") is physical milliseconds since 1970 << 18 | logical counter.
constexpr int kTsoLogicalBits = 18;
constexpr uint64_t make_tso(int64_t physical_ms, uint64_t logical) {
  return static_cast<uint64_t>(physical_ms) << kTsoLogicalBits | logical;
}
constexpr int64_t tso_physical_ms(uint64_t ts) {
  return static_cast<int64_t>(ts >> kTsoLogicalBits);
}

}  // namespace tbl
