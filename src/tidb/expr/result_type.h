// Types of results: what builtins say about their values to clients and to other builtins. The
// simple ones are in types/field_type.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tidb/expr/expr.h"
#include "tidb/types/field_type.h"

namespace tbl::tidb {

struct BuildContext;

constexpr int64_t kIntWidth = 20;
constexpr int64_t kRealWidth = 23;
constexpr int64_t kMaxBlobWidth = 16777216;

bool is_null_type(const FieldType& type);
/// Integers, decimals, doubles: values that compute without conversion.
bool is_number(const FieldType& type);
bool is_temporal(const FieldType& type);
/// kInt, kDecimal or kDouble: what a value turns into in arithmetic.
EvalClass numeric_class(const FieldType& type);

/// Marks the type of a truth value, which JSON documents show as true and false. Internal: not one
/// of MySQL's flags, and above those that clients get.
constexpr uint32_t kFlagBoolean = 1U << 18;
/// 0 or 1, with kFlagBoolean.
FieldType truth_type();
FieldType int_type_of_width(int64_t width, bool is_unsigned = false);
/// `decimals` -1: as many as it takes.
FieldType real_type(int decimals);
/// Limited to MySQL's 65 and 30 digits.
FieldType limited_decimal_type(int precision, int frac);
/// Text of the connection's character set; `width` in characters, -1: unknown.
FieldType text_type(int64_t width, const BuildContext& ctx);
/// Text that is made from these arguments: binary when one of them is, else the first string's
/// character set.
FieldType text_type_of(const std::vector<ExprPtr>& args, int64_t width, const BuildContext& ctx);

/// Digits before and behind the point that values of the type may have; for arithmetic.
struct Digits {
  int whole = 0;
  int frac = 0;
};
Digits digits_of(const FieldType& type);
/// The same of an operand: an INT(2) column may hold more digits than it shows.
Digits digits_of(const Expr& operand);
/// Digits of fractions of seconds that values of the type may have, for a function that makes a
/// time of it: 6 for strings and reals that are not constant.
int fsp_of(const Expr& e);
/// Characters that the text of a value may have; -1: unknown.
int64_t text_width(const FieldType& type);

/// The value of a constant integer argument, such as ROUND's second; nothing when it is not
/// constant, NULL or no integer.
std::optional<int64_t> constant_int(const Expr& e, const BuildContext& ctx);

}  // namespace tbl::tidb
