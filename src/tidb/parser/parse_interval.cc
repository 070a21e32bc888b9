// INTERVAL and the units of time.
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

struct UnitName {
  Kw word;
  TimeUnit unit;
};

constexpr UnitName kUnits[] = {
    {"MICROSECOND", TimeUnit::kMicrosecond},
    {"SECOND", TimeUnit::kSecond},
    {"MINUTE", TimeUnit::kMinute},
    {"HOUR", TimeUnit::kHour},
    {"DAY", TimeUnit::kDay},
    {"WEEK", TimeUnit::kWeek},
    {"MONTH", TimeUnit::kMonth},
    {"QUARTER", TimeUnit::kQuarter},
    {"YEAR", TimeUnit::kYear},
    {"SECOND_MICROSECOND", TimeUnit::kSecondMicrosecond},
    {"MINUTE_MICROSECOND", TimeUnit::kMinuteMicrosecond},
    {"MINUTE_SECOND", TimeUnit::kMinuteSecond},
    {"HOUR_MICROSECOND", TimeUnit::kHourMicrosecond},
    {"HOUR_SECOND", TimeUnit::kHourSecond},
    {"HOUR_MINUTE", TimeUnit::kHourMinute},
    {"DAY_MICROSECOND", TimeUnit::kDayMicrosecond},
    {"DAY_SECOND", TimeUnit::kDaySecond},
    {"DAY_MINUTE", TimeUnit::kDayMinute},
    {"DAY_HOUR", TimeUnit::kDayHour},
    {"YEAR_MONTH", TimeUnit::kYearMonth},
    {"SQL_TSI_SECOND", TimeUnit::kSecond},
    {"SQL_TSI_MINUTE", TimeUnit::kMinute},
    {"SQL_TSI_HOUR", TimeUnit::kHour},
    {"SQL_TSI_DAY", TimeUnit::kDay},
    {"SQL_TSI_WEEK", TimeUnit::kWeek},
    {"SQL_TSI_MONTH", TimeUnit::kMonth},
    {"SQL_TSI_QUARTER", TimeUnit::kQuarter},
    {"SQL_TSI_YEAR", TimeUnit::kYear},
};

const UnitName* find_unit(const Cursor& in) {
  for (const auto& unit : kUnits) {
    if (in.at(unit.word)) return &unit;
  }
  return nullptr;
}

}  // namespace

bool at_time_unit(const Cursor& in) { return find_unit(in) != nullptr; }

Result<TimeUnit> parse_time_unit(Cursor& in) {
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
