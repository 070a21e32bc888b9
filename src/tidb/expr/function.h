// Functions and operators by name: the one way to build them.
//
// Operators have names too, TiDB's as EXPLAIN shows them:
//   plus minus mul div intdiv mod unaryminus | eq ne lt le gt ge nulleq | and or xor not
//   bitand bitor bitxor bitneg leftshift rightshift | like regexp rlike (not like: not(like))
//   in between isnull istrue isfalse (is unknown: isnull) | case if ifnull nullif coalesce
//   interval getvar(name) setvar(name, value) getsysvar(name, VariableScope as int)
// `like` takes value, pattern, escape character (an int constant, 92 without ESCAPE); `in` the
// value and then the list; `between` value, low, high; `case` when1, then1, when2, then2, ...,
// [else]: a CASE with an operand is given as eq(operand, when). Date arithmetic is date_add /
// date_sub with (date, amount, unit as a string constant "DAY_HOUR"); extract(unit, date),
// timestampadd(unit, n, date), timestampdiff(unit, a, b); trim(text, remstr, mode) with mode 0
// both, 1 leading, 2 trailing; get_format(kind, region), char(numbers..., charset or NULL
// constant), position is locate, substr is substring, CONVERT(text USING charset) is
// convert_using(text, charset).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tidb/expr/expr.h"

namespace tbl::tidb {

/// What building needs to know; lives as long as the call.
struct BuildContext {
  EvalContext& eval;  ///< of the statement, for folding constants, charset and current database
  bool fold = true;   ///< false: keep the tree as written, for text of default values and EXPLAIN
};

/// `name` in lower case. Errors: 1305 for an unknown function, 1582 for a wrong number of
/// arguments, 1241 for rows where values belong. Constants are folded.
Result<ExprPtr> make_function(std::string_view name, std::vector<ExprPtr> args,
                              const BuildContext& ctx);

/// True for a function that statements may call by this name; operators have names only here.
bool is_function(std::string_view name);

/// The tree as one Constant when it is immutable and computing it neither fails nor warns.
ExprPtr fold_constant(ExprPtr e, const BuildContext& ctx);

/// CAST(e AS type), CONVERT(e, type) and BINARY e. `type` as the parser gives it: tp of
/// kTypeLongLong (signed or unsigned), kTypeNewDecimal, kTypeDouble, kTypeVarString (CHAR or
/// BINARY by charset, flen), kTypeDate, kTypeDatetime, kTypeDuration, kTypeJson, kTypeYear.
Result<ExprPtr> make_cast(ExprPtr e, const FieldType& type, const BuildContext& ctx);

/// `e` as a value of a column of this type, with the error or warning of an INSERT.
Result<Value> eval_for_column(const Expr& e, EvalContext& ctx, const Row& row,
                              const ColumnTarget& column);

/// Joins conditions with AND; a null pointer for none.
Result<ExprPtr> conjunction(std::vector<ExprPtr> conditions, const BuildContext& ctx);
/// Takes a condition apart at its ANDs.
std::vector<ExprPtr> split_conjunction(ExprPtr condition);

}  // namespace tbl::tidb
