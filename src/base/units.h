// Amounts as people write them in configuration files: "10 GiB", "1h30m", "7" days.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace tbl {

/// A number and an optional unit: b, k or kb (1000), ki or kib (1024), m, mi, g, gi, t, ti, p, pi,
/// e, ei; any case, spaces and commas in the number are allowed.
Result<uint64_t> parse_byte_size(std::string_view text);

/// Go's durations: "300ms", "1h30m", "-1.5h", "0"; units ns, us, µs, ms, s, m, h.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// An integer is a number of days, all else a duration (pump's `gc`, drainer's `read-timeout`). The
/// error is the original's: "unsupported gc time <text>, etc: use 7 for 7 day, 7h for 7 hour:
/// <cause>".
Result<std::chrono::nanoseconds> parse_days_or_duration(std::string_view text);

/// As Go prints a duration: "1h30m0s", "2.5s", "300ms", "0s".
std::string format_duration(std::chrono::nanoseconds duration);

}  // namespace tbl
