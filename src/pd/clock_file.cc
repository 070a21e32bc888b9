#include "pd/clock_file.h"

#include <charconv>

#include "base/env.h"

namespace tbl::pd {

std::chrono::system_clock::time_point FileShiftedClock::now() {
  return system_clock().now() + std::chrono::milliseconds(shift_ms_.load());
}

std::chrono::steady_clock::time_point FileShiftedClock::steady_now() {
  return system_clock().steady_now();
}

void FileShiftedClock::reread() {
  if (path_.empty()) return;
  const auto text = posix_env().read_file(path_);
  if (!text.ok()) return;
  int64_t shift = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), shift);
  if (error == std::errc() && end != text->data()) shift_ms_ = shift;
}

}  // namespace tbl::pd
