// Arguments of functions of dates and times. For files of expr/.
#pragma once

#include <optional>

#include "tidb/expr/call_args.h"

namespace tbl::tidb {

/// The argument as a DATETIME, with zeros in the date let through; nothing (and a warning): no
/// time.
Result<std::optional<TimeValue>> loose_time_arg(const Call& call, size_t i);
/// The same, but a date with zeros is no time either.
Result<std::optional<TimeValue>> time_arg(const Call& call, size_t i);
Result<std::optional<DurationValue>> duration_arg(const Call& call, size_t i);

/// How an argument counts where both are allowed: a text by its look, a number as a duration.
bool is_point_in_time(const Value& v);
/// The unit named by a constant argument; nothing when it is none.
std::optional<IntervalUnit> unit_arg(const Expr& e);

/// The statement's time in the session's zone, cut to `fsp` digits.
TimeValue statement_time(const EvalContext& ctx, int fsp);
/// The same in UTC.
TimeValue statement_time_utc(const EvalContext& ctx, int fsp);

/// Digits of a fraction given as an argument: error 1426 above 6.
Result<int> fsp_argument(BuildCall& call, size_t i);

/// NULL for nothing.
Value value_of(const std::optional<TimeValue>& v);
Value value_of(const std::optional<DurationValue>& v);

}  // namespace tbl::tidb
