// A time zone of the IANA database or a fixed offset, for TIMESTAMP values, which are stored in
// UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "codec/time.h"
#include "codec/zone_rule.h"

namespace tbl::codec {

/// Immutable after load(), so any thread may use it. The default is UTC.
class TimeZone {
 public:
  TimeZone() = default;
  /// "UTC", "Local", "System" (any case; the machine's zone), "+08:00", or a name like
  /// "Asia/Shanghai".
  static Result<TimeZone> load(std::string_view name);
  /// The zone of the bytes of a TZif file (RFC 8536).
  static Result<TimeZone> parse(std::string_view tzif);

  bool is_utc() const { return transitions_.empty() && first_offset_ == 0 && !rule_; }
  /// Seconds east of UTC at that moment.
  int64_t offset_at(int64_t unix_seconds) const;
  /// Wall clock of a UTC time. A zero time stays as it is.
  TimeFields from_utc(const TimeFields& utc) const;
  /// UTC of a wall clock time; one that occurs twice is the earlier one, a skipped one moves by the
  /// gap.
  TimeFields to_utc(const TimeFields& wall) const;

 private:
  friend class TzifParser;
  struct Transition {
    int64_t at;
    int64_t offset;
  };
  int64_t first_offset_ = 0;
  std::vector<Transition> transitions_;
  std::optional<ZoneRule> rule_;  ///< after the last transition
};

}  // namespace tbl::codec
