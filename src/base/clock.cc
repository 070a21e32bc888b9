#include "base/clock.h"

namespace tbl {
namespace {

class MachineClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() override { return std::chrono::system_clock::now(); }
  std::chrono::steady_clock::time_point steady_now() override {
    return std::chrono::steady_clock::now();
  }
};

}  // namespace

Clock& system_clock() {
  static MachineClock clock;
  return clock;
}

}  // namespace tbl
