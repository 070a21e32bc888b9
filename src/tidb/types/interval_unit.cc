#include "tidb/types/interval_unit.h"

#include <array>

#include "tidb/types/collation.h"

namespace tbl::tidb {
namespace {

using Unit = IntervalUnit;

/// By the order of the enum.
constexpr std::array<std::string_view, 20> kUnitNames = {
    "MICROSECOND",
    "SECOND",
    "MINUTE",
    "HOUR",
    "DAY",
    "WEEK",
    "MONTH",
    "QUARTER",
    "YEAR",
    "SECOND_MICROSECOND",
    "MINUTE_MICROSECOND",
    "MINUTE_SECOND",
    "HOUR_MICROSECOND",
    "HOUR_SECOND",
    "HOUR_MINUTE",
    "DAY_MICROSECOND",
    "DAY_SECOND",
    "DAY_MINUTE",
    "DAY_HOUR",
    "YEAR_MONTH",
};

}  // namespace

std::optional<IntervalUnit> interval_unit_of(std::string_view name) {
  for (size_t i = 0; i < kUnitNames.size(); ++i) {
    if (equal_ignoring_case(name, kUnitNames[i])) return static_cast<Unit>(i);
  }
  return std::nullopt;
}

std::string_view interval_unit_name(IntervalUnit unit) {
  return kUnitNames[static_cast<size_t>(unit)];
}

bool interval_has_time(IntervalUnit unit) {
  switch (unit) {
    case Unit::kDay:
    case Unit::kWeek:
    case Unit::kMonth:
    case Unit::kQuarter:
    case Unit::kYear:
    case Unit::kYearMonth:
      return false;
    default:
      return true;
  }
}

}  // namespace tbl::tidb
