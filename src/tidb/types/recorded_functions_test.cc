// Casts, comparisons, decimals and dates, as MariaDB computes them.
#include <fmt/format.h>

#include <functional>
#include <map>

#include "tidb/types/convert.h"
#include "tidb/types/recorded.h"

namespace tbl::tidb {
namespace {

ConvertContext context() {
  ConvertContext ctx;
  ctx.sql_mode = 0;
  ctx.now = codec::time_from_unix(1600000000, 0);
  return ctx;
}

std::string text_of(const Result<Value>& v) {
  if (!v.ok()) return "<ERROR>";
  return v->is_null() ? "<NULL>" : to_text(*v);
}
template <typename T>
std::string text_of(const Result<T>& v) {
  return v.ok() ? fmt::format("{}", *v) : "<ERROR>";
}
std::string text_of(const std::optional<std::string>& v) { return v ? *v : "<NULL>"; }
std::string text_of(const std::optional<Decimal>& v) { return v ? v->to_string() : "<ERROR>"; }
std::string text_of(int64_t v) { return std::to_string(v); }

Decimal decimal(const std::string& a) { return recorded_value(a).as_decimal(); }
int64_t integer(const std::string& a) { return recorded_value(a).as_int(); }
std::string bare(const std::string& a) { return a.substr(2); }

Result<Value> cast(const std::string& a, const FieldType& type) {
  return cast_value(recorded_value(a), type, context());
}

using Function = std::function<std::string(const Fields&)>;
using Functions = std::map<std::string, Function>;

Functions decimal_functions() {
  using Binary = std::optional<Decimal> (*)(const Decimal&, const Decimal&);
  auto binary = [](Binary f) {
    return [f](const Fields& a) { return text_of(f(decimal(a[0]), decimal(a[1]))); };
  };
  auto guarded = [](Binary f) {
    return [f](const Fields& a) {
      if (decimal(a[1]).is_zero()) return std::string("<NULL>");
      return text_of(f(decimal(a[0]), decimal(a[1])));
    };
  };
  Functions f;
  f["add"] = binary(Decimal::add);
  f["sub"] = binary(Decimal::subtract);
  f["mul"] = binary(Decimal::multiply);
  f["div"] = guarded([](const Decimal& a, const Decimal& b) { return Decimal::divide(a, b); });
  f["mod"] = guarded(
      [](const Decimal& a, const Decimal& b) { return std::optional(Decimal::modulo(a, b)); });
  f["int_div"] = guarded([](const Decimal& a, const Decimal& b) -> std::optional<Decimal> {
    bool clipped = false;  // the operator's result is a BIGINT
    auto quotient = Decimal::int_divide(a, b);
    if (quotient) quotient->to_int(&clipped);
    return clipped ? std::nullopt : quotient;
  });
  f["third"] = guarded([](const Decimal& a, const Decimal& b) {
    return Decimal::multiply(*Decimal::divide(a, b), b);
  });
  f["round"] = [](const Fields& a) {
    return decimal(a[0]).round(static_cast<int>(integer(a[1]))).to_string();
  };
  f["truncate"] = [](const Fields& a) {
    return decimal(a[0]).truncate(static_cast<int>(integer(a[1]))).to_string();
  };
  f["ceil"] = [](const Fields& a) { return decimal(a[0]).ceil().to_string(); };
  f["floor"] = [](const Fields& a) { return decimal(a[0]).floor().to_string(); };
  return f;
}

Functions cast_functions() {
  Functions f;
  f["cast_signed"] = [](const Fields& a) { return text_of(cast(a[0], int_type())); };
  f["cast_unsigned"] = [](const Fields& a) { return text_of(cast(a[0], int_type(true))); };
  f["cast_decimal"] = [](const Fields& a) {
    Fields size = split(bare(a[1]), ',');
    return text_of(cast(a[0], decimal_type(std::stoi(size[0]), std::stoi(size[1]))));
  };
  f["cast_char"] = [](const Fields& a) {
    return text_of(cast(a[0], string_type(std::stoi(bare(a[1])))));
  };
  f["cast_date"] = [](const Fields& a) { return text_of(cast(a[0], date_type())); };
  f["cast_datetime"] = [](const Fields& a) {
    return text_of(cast(a[0], datetime_type(std::stoi(bare(a[1])))));
  };
  f["cast_time"] = [](const Fields& a) {
    return text_of(cast(a[0], duration_type(std::stoi(bare(a[1])))));
  };
  f["text"] = [](const Fields& a) { return to_text(recorded_value(a[0])); };
  f["compare"] = [](const Fields& a) {
    return text_of(compare(recorded_value(a[0]), recorded_value(a[1]), context()));
  };
  f["upper"] = [](const Fields& a) { return utf8_upper(bare(a[0])); };
  f["lower"] = [](const Fields& a) { return utf8_lower(bare(a[0])); };
  return f;
}

/// Seconds with the fraction that `fsp` asks for.
std::string seconds_text(int64_t micros, int fsp) {
  Decimal seconds = *Decimal::divide(Decimal::of_int(micros), Decimal::of_int(1'000'000), 6);
  return seconds.round(fsp).to_string();
}

IntervalUnit unit_of(const std::string& a) { return *interval_unit_of(bare(a)); }
TimeFields fields(const std::string& a) { return recorded_value(a).as_time().fields; }

std::string added(const Fields& a) {
  IntervalUnit unit = unit_of(a[2]);
  auto interval = to_interval(recorded_value(a[1]), unit, context());
  if (!interval.ok() || !*interval) return "<NULL>";
  auto sum = add_interval(recorded_value(a[0]).as_time(), **interval, unit);
  return sum ? time_to_text(*sum) : "<NULL>";
}

std::string str_to_date(const Fields& a) {
  auto t = parse_formatted(bare(a[0]), bare(a[1]));
  if (!t) return "<NULL>";
  if (!t->has_date) {
    int64_t seconds = int64_t{t->fields.hour} * 3600 + t->fields.minute * 60 + t->fields.second;
    return duration_to_text({seconds * kNanosPerSecond + t->fields.microsecond * 1000LL,
                             static_cast<uint8_t>(t->has_micro ? 6 : 0)});
  }
  TimeValue v{t->fields, t->has_time ? schema::kTypeDatetime : schema::kTypeDate,
              static_cast<uint8_t>(t->has_micro ? 6 : 0)};
  return check_time(v, kModeInvalidDates, codec::TimeZone()) == TimeCheck::kOk ? time_to_text(v)
                                                                               : "<NULL>";
}

Functions time_functions() {
  Functions f;
  f["add_interval"] = added;
  f["str_to_date"] = str_to_date;
  f["timestampdiff"] = [](const Fields& a) {
    return text_of(timestamp_diff(unit_of(a[0]), fields(a[1]), fields(a[2])));
  };
  f["extract"] = [](const Fields& a) {
    return text_of(extract_unit(unit_of(a[0]), recorded_value(a[1]).as_time()));
  };
  f["week"] = [](const Fields& a) {
    return text_of(week_of(fields(a[0]), static_cast<int>(integer(a[1])), nullptr));
  };
  f["yearweek"] = [](const Fields& a) {
    int year = 0;
    int week = week_of(fields(a[0]), static_cast<int>(integer(a[1])) | 2, &year);
    return text_of(year * 100 + week);
  };
  f["to_days"] = [](const Fields& a) {
    TimeFields t = fields(a[0]);
    return text_of(day_number(t.year, t.month, t.day));
  };
  f["from_days"] = [](const Fields& a) {
    return time_to_text({date_of_day_number(integer(a[0])), schema::kTypeDate, 0});
  };
  f["dayofyear"] = [](const Fields& a) { return text_of(day_of_year(fields(a[0]))); };
  f["weekday"] = [](const Fields& a) { return text_of(weekday(fields(a[0]))); };
  f["date_format"] = [](const Fields& a) { return text_of(format_time(fields(a[0]), bare(a[1]))); };
  f["time_format"] = [](const Fields& a) {
    return format_duration(recorded_value(a[0]).as_duration(), bare(a[1]));
  };
  f["timediff"] = [](const Fields& a) {
    Value x = recorded_value(a[0]);
    Value y = recorded_value(a[1]);
    if (x.kind() == ValueKind::kTime) {
      const int64_t micros =
          micros_since_year_0(x.as_time().fields) - micros_since_year_0(y.as_time().fields);
      return duration_to_text(*duration_of_micros(micros, context()));
    }
    int64_t nanos = x.as_duration().nanoseconds - y.as_duration().nanoseconds;
    return duration_to_text({nanos, std::max(x.as_duration().fsp, y.as_duration().fsp)});
  };
  f["from_unixtime"] = [](const Fields& a) {
    return time_to_text(time_from_unix_micros(integer(a[0]) * 1'000'000, codec::TimeZone(), 0));
  };
  f["unix_timestamp"] = [](const Fields& a) {
    Value v = recorded_value(a[0]);
    auto micros = unix_micros_of(v.as_time(), codec::TimeZone());
    return micros ? seconds_text(*micros, v.as_time().fsp) : "<NULL>";
  };
  return f;
}

TEST(RecordedFunctions, ComputeAsMariaDbDoes) {
  Functions functions = decimal_functions();
  functions.merge(cast_functions());
  functions.merge(time_functions());
  for (const Fields& row : recorded_rows("functions.txt")) {
    if (row[0].starts_with("json_")) continue;  // recorded_json_test.cc
    ASSERT_TRUE(functions.contains(row[0])) << row[0];
    RecordedCall call = recorded_call(row);
    EXPECT_EQ(functions[row[0]](call.arguments), call.result) << call.text;
  }
}

}  // namespace
}  // namespace tbl::tidb
