// pump -print FROM..TO DIR: the binlogs of a data directory, for people and for scripts.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/env.h"
#include "base/status.h"

namespace tbl::pump {

enum class PrintFormat : uint8_t { kText, kJson };

struct PrintOptions {
  uint64_t from_ts = 0;
  uint64_t to_ts = UINT64_MAX;  ///< both included
  PrintFormat format = PrintFormat::kText;
};

/// "FROM..TO", "FROM..", "..TO" or one ts. Errors name the text.
Result<PrintOptions> parse_print_range(const std::string& text);
/// "text" or "json".
Result<PrintFormat> parse_print_format(const std::string& text);

/// One line per record whose start ts or commit ts is in the range, in the order of the log: its
/// place, type, ts, sizes, primary key, DDL, and how many rows of which table it changes. JSON
/// lines are objects. Only reads, also beside a running pump; damaged ranges are given to `on_bad`
/// as text. Records above 64 MiB are not taken apart. Errors: no data directory, the disk's.
Status print_binlogs(Env& env, const std::string& dir, const PrintOptions& options,
                     const std::function<void(const std::string&)>& on_line,
                     const std::function<void(const std::string&)>& on_bad);

}  // namespace tbl::pump
