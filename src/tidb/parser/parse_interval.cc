// INTERVAL and the units of time.
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

struct UnitName {
  Kw word;
  IntervalUnit unit;
};

constexpr UnitName kUnits[] = {
    {"MICROSECOND", IntervalUnit::kMicrosecond},
    {"SECOND", IntervalUnit::kSecond},
    {"MINUTE", IntervalUnit::kMinute},
    {"HOUR", IntervalUnit::kHour},
    {"DAY", IntervalUnit::kDay},
    {"WEEK", IntervalUnit::kWeek},
    {"MONTH", IntervalUnit::kMonth},
    {"QUARTER", IntervalUnit::kQuarter},
    {"YEAR", IntervalUnit::kYear},
    {"SECOND_MICROSECOND", IntervalUnit::kSecondMicrosecond},
    {"MINUTE_MICROSECOND", IntervalUnit::kMinuteMicrosecond},
    {"MINUTE_SECOND", IntervalUnit::kMinuteSecond},
    {"HOUR_MICROSECOND", IntervalUnit::kHourMicrosecond},
    {"HOUR_SECOND", IntervalUnit::kHourSecond},
    {"HOUR_MINUTE", IntervalUnit::kHourMinute},
    {"DAY_MICROSECOND", IntervalUnit::kDayMicrosecond},
    {"DAY_SECOND", IntervalUnit::kDaySecond},
    {"DAY_MINUTE", IntervalUnit::kDayMinute},
    {"DAY_HOUR", IntervalUnit::kDayHour},
    {"YEAR_MONTH", IntervalUnit::kYearMonth},
    {"SQL_TSI_SECOND", IntervalUnit::kSecond},
    {"SQL_TSI_MINUTE", IntervalUnit::kMinute},
    {"SQL_TSI_HOUR", IntervalUnit::kHour},
    {"SQL_TSI_DAY", IntervalUnit::kDay},
    {"SQL_TSI_WEEK", IntervalUnit::kWeek},
    {"SQL_TSI_MONTH", IntervalUnit::kMonth},
    {"SQL_TSI_QUARTER", IntervalUnit::kQuarter},
    {"SQL_TSI_YEAR", IntervalUnit::kYear},
};

const UnitName* find_unit(const Cursor& in) {
  for (const auto& unit : kUnits) {
    if (in.at(unit.word)) return &unit;
  }
  return nullptr;
}

}  // namespace

bool at_time_unit(const Cursor& in) { return find_unit(in) != nullptr; }

Result<IntervalUnit> parse_time_unit(Cursor& in) {
  const UnitName* unit = find_unit(in);
  if (unit == nullptr) return in.syntax_error();
  in.take();
  return unit->unit;
}

/// INTERVAL (a, b) is a function: a comma stands directly inside the parentheses.
bool at_interval(const Cursor& in) {
  if (!in.at("INTERVAL")) return false;
  if (!in.at('(', 1)) return true;
  int depth = 0;
  for (size_t i = 1; !in.at(TokenKind::kEnd, i); ++i) {
    if (in.at('(', i)) ++depth;
    if (in.at(')', i) && --depth == 0) return true;
    if (in.at(',', i) && depth == 1) return false;
  }
  return true;
}

Result<ExprPtr> parse_interval(Cursor& in) {
  TBL_TRY(in.expect("INTERVAL"));
  auto node = std::make_unique<Interval>();
  TBL_ASSIGN(node->value, parse_expr(in));
  TBL_ASSIGN(node->unit, parse_time_unit(in));
  cover(*node, node->value);
  return finish(std::move(node));
}

}  // namespace tbl::tidb
