#include "base/go_time.h"

#include <time.h>

#include "base/clock.h"

namespace tbl {

std::string format_go_time(int64_t unix_seconds) {
  auto seconds = static_cast<time_t>(unix_seconds);
  tm local{};
  localtime_r(&seconds, &local);
  char text[80];
  size_t n = strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z %Z", &local);
  return {text, n};
}

std::string format_tso_time(uint64_t ts) { return format_go_time(tso_physical_ms(ts) / 1000); }

}  // namespace tbl
