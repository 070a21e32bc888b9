// Times as Go prints them in the originals' messages, in the machine's time zone.
#pragma once

#include <cstdint>
#include <string>

namespace tbl {

/// "2006-01-02 15:04:05 -0700 MST" in local time: "2019-04-28 09:29:57 +0000 UTC".
std::string format_go_time(int64_t unix_seconds);

/// The time of a TSO, cut to seconds, as above.
std::string format_tso_time(uint64_t ts);

}  // namespace tbl
