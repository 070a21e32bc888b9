// Expressions as they are written: plain data, children owned by unique_ptr, no meaning attached.
//
// A consumer switches on Expr::kind and casts with as<T>(). Names are kept as written (back quotes
// removed); whoever looks one up lower-cases it. The parser promises depth() <= kMaxDepth, so that
// a recursive walk is safe, whatever the client sent; chains of AND and OR are therefore built as
// balanced trees (their order from left to right is kept).
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "schema/table_info.h"
#include "tidb/types/interval_unit.h"

namespace tbl::tidb::ast {

struct Query;

enum class ExprKind : uint8_t {
  kLiteral,
  kColumn,
  kUnary,
  kBinary,
  kFunction,
  kAggregate,
  kCase,
  kBetween,
  kIn,
  kLike,
  kRegexp,
  kIs,
  kExists,
  kSubquery,
  kCompareSubquery,
  kCast,
  kInterval,
  kTimeUnit,
  kVariable,
  kParam,
  kDefault,
  kValues,
  kRow,
  kCollate,
  kMatch,
};

/// Base of all expressions.
struct Expr {
  static constexpr uint32_t kMaxDepth = 1000;

  explicit Expr(ExprKind k) : kind(k) {}
  Expr(const Expr&) = delete;
  Expr& operator=(const Expr&) = delete;
  virtual ~Expr() = default;

  const ExprKind kind;
  uint16_t parens = 0;  ///< pairs of parentheses written around it; no meaning, kept for restoring
  uint32_t depth = 1;   ///< levels of expressions and queries below, itself included
};
using ExprPtr = std::unique_ptr<Expr>;
using ExprList = std::vector<ExprPtr>;

/// The node as its concrete type; `node.kind` must be that of T.
template <typename T>
T& as(Expr& node) {
  return static_cast<T&>(node);
}
template <typename T>
const T& as(const Expr& node) {
  return static_cast<const T&>(node);
}

enum class LiteralKind : uint8_t {
  kNull,
  kBool,       ///< TRUE, FALSE: `number` 1 or 0
  kInt,        ///< `number`; up to 9223372036854775807. The sign of -1 is a Unary.
  kUint,       ///< `number`, above kInt's range
  kDecimal,    ///< `text`: digits with a point, or an integer too long for kUint
  kDouble,     ///< written with an exponent: `real`; `text` as written
  kString,     ///< `text`: the bytes, escapes resolved; `charset` of an introducer
  kHex,        ///< x'..' or 0x..: `text` are the bytes; `charset` of an introducer
  kBit,        ///< b'..' or 0b..: `text` are the bytes, most significant first
  kDate,       ///< DATE '..': `text`
  kTime,       ///< TIME '..'
  kTimestamp,  ///< TIMESTAMP '..'
};

struct Literal : Expr {
  static constexpr ExprKind kKind = ExprKind::kLiteral;
  Literal() : Expr(kKind) {}

  LiteralKind literal = LiteralKind::kNull;
  uint64_t number = 0;
  double real = 0;
  std::string text;
  std::string charset;  ///< lower case, without the underscore; empty: none written
};

/// [[schema.]table.]name
struct ColumnName : Expr {
  static constexpr ExprKind kKind = ExprKind::kColumn;
  ColumnName() : Expr(kKind) {}

  std::string schema;
  std::string table;
  std::string name;
};

/// kBang is `!`, which binds tighter than NOT and means the same.
enum class UnaryOp : uint8_t { kMinus, kPlus, kBitNot, kNot, kBang };

struct Unary : Expr {
  static constexpr ExprKind kKind = ExprKind::kUnary;
  Unary() : Expr(kKind) {}

  UnaryOp op = UnaryOp::kMinus;
  ExprPtr operand;
};

enum class BinaryOp : uint8_t {
  kOr,
  kXor,
  kAnd,
  kEq,
  kNullEq,  ///< <=>
  kNe,
  kLt,
  kLe,
  kGt,
  kGe,
  kBitOr,
  kBitAnd,
  kShiftLeft,
  kShiftRight,
  kPlus,
  kMinus,
  kMul,
  kDiv,
  kIntDiv,  ///< DIV
  kMod,     ///< % and MOD
  kBitXor,
};

/// `a || b` is kOr, or the function concat under PIPES_AS_CONCAT. Time plus or minus an INTERVAL is
/// the function date_add or date_sub.
struct Binary : Expr {
  static constexpr ExprKind kKind = ExprKind::kBinary;
  Binary() : Expr(kKind) {}

  BinaryOp op = BinaryOp::kPlus;
  ExprPtr left;
  ExprPtr right;
};

/// A call by name. Special syntax is turned into plain arguments:
///   date_add(d, Interval), also for ADDDATE(d, INTERVAL ..) and d + INTERVAL .. (date_sub
///   likewise) extract(TimeUnit, x), timestampadd(TimeUnit, n, x), timestampdiff(TimeUnit, a, b)
///   trim(s [, removed [, Literal 0 both, 1 leading, 2 trailing]])
///   locate(a, b) for POSITION(a IN b); substring(s, from [, length]); get_format(Literal kString,
///   f) json_extract(c, path) for c->path, json_unquote(json_extract(c, path)) for c->>path
///   char(n... USING cs) and convert(x USING cs): `charset`
///   nextval(ColumnName of the sequence) for NEXT VALUE FOR s; lastval, setval likewise
/// Functions that need no parentheses (CURRENT_TIMESTAMP) are calls without arguments.
struct FunctionCall : Expr {
  static constexpr ExprKind kKind = ExprKind::kFunction;
  FunctionCall() : Expr(kKind) {}

  std::string schema;  ///< of db.f(); empty: none written
  std::string name;    ///< lower case, as written otherwise: synonyms are not merged
  ExprList args;
  std::string charset;
};

struct OrderItem {
  ExprPtr expr;  ///< a kInt literal is a position in ORDER BY and GROUP BY of a query
  bool descending = false;
};

/// COUNT, SUM, AVG, MIN, MAX, GROUP_CONCAT, BIT_AND/OR/XOR, STD and VAR families, JSON_ARRAYAGG,
/// JSON_OBJECTAGG, APPROX_COUNT_DISTINCT.
struct Aggregate : Expr {
  static constexpr ExprKind kKind = ExprKind::kAggregate;
  Aggregate() : Expr(kKind) {}

  std::string name;  ///< lower case
  bool distinct = false;
  bool star = false;  ///< COUNT(*): args holds the literal 1
  ExprList args;
  std::vector<OrderItem> order_by;       ///< of GROUP_CONCAT
  std::optional<std::string> separator;  ///< of GROUP_CONCAT; none: ","
};

struct Case : Expr {
  static constexpr ExprKind kKind = ExprKind::kCase;
  Case() : Expr(kKind) {}

  struct When {
    ExprPtr condition;
    ExprPtr result;
  };
  ExprPtr operand;  ///< null: each condition stands for itself
  std::vector<When> whens;
  ExprPtr otherwise;  ///< null: NULL
};

struct Between : Expr {
  static constexpr ExprKind kKind = ExprKind::kBetween;
  Between() : Expr(kKind) {}

  bool negated = false;
  ExprPtr value;
  ExprPtr low;
  ExprPtr high;
};

/// value IN (list) or value IN (query): exactly one of the two is there.
struct In : Expr {
  static constexpr ExprKind kKind = ExprKind::kIn;
  In();
  ~In() override;

  bool negated = false;
  ExprPtr value;
  ExprList list;
  std::unique_ptr<Query> query;
};

struct Like : Expr {
  static constexpr ExprKind kKind = ExprKind::kLike;
  Like() : Expr(kKind) {}

  bool negated = false;
  ExprPtr value;
  ExprPtr pattern;
  std::optional<std::string> escape;  ///< none written: "\\"; empty: no escape character
};

/// REGEXP and RLIKE.
struct Regexp : Expr {
  static constexpr ExprKind kKind = ExprKind::kRegexp;
  Regexp() : Expr(kKind) {}

  bool negated = false;
  ExprPtr value;
  ExprPtr pattern;
};

enum class IsTest : uint8_t { kNull, kTrue, kFalse, kUnknown };

struct Is : Expr {
  static constexpr ExprKind kKind = ExprKind::kIs;
  Is() : Expr(kKind) {}

  bool negated = false;
  IsTest test = IsTest::kNull;
  ExprPtr value;
};

struct Exists : Expr {
  static constexpr ExprKind kKind = ExprKind::kExists;
  Exists();
  ~Exists() override;

  std::unique_ptr<Query> query;
};

/// (SELECT ..) as a value or a row.
struct Subquery : Expr {
  static constexpr ExprKind kKind = ExprKind::kSubquery;
  Subquery();
  ~Subquery() override;

  std::unique_ptr<Query> query;
};

/// value <op> ANY|SOME|ALL (SELECT ..)
struct CompareSubquery : Expr {
  static constexpr ExprKind kKind = ExprKind::kCompareSubquery;
  CompareSubquery();
  ~CompareSubquery() override;

  BinaryOp op = BinaryOp::kEq;
  bool all = false;  ///< false: ANY
  ExprPtr value;
  std::unique_ptr<Query> query;
};

enum class CastSyntax : uint8_t { kCast, kConvert, kBinary };

/// CAST(v AS t), CONVERT(v, t), BINARY v. Types: SIGNED and UNSIGNED are kTypeLongLong with or
/// without kFlagUnsigned; CHAR(n) and BINARY(n) are kTypeVarString, the latter with charset
/// "binary"; the others as columns have them.
struct Cast : Expr {
  static constexpr ExprKind kKind = ExprKind::kCast;
  Cast() : Expr(kKind) {}

  CastSyntax syntax = CastSyntax::kCast;
  ExprPtr value;
  schema::FieldType type;
};

/// INTERVAL value unit; only as an argument of date_add and date_sub.
struct Interval : Expr {
  static constexpr ExprKind kKind = ExprKind::kInterval;
  Interval() : Expr(kKind) {}

  ExprPtr value;
  IntervalUnit unit = IntervalUnit::kDay;
};

struct TimeUnitExpr : Expr {
  static constexpr ExprKind kKind = ExprKind::kTimeUnit;
  TimeUnitExpr() : Expr(kKind) {}

  IntervalUnit unit = IntervalUnit::kDay;
};

/// kDefault: no scope written.
enum class VariableScope : uint8_t { kDefault, kSession, kGlobal };

/// @name, @name := value, @@[scope.]name
struct Variable : Expr {
  static constexpr ExprKind kKind = ExprKind::kVariable;
  Variable() : Expr(kKind) {}

  bool system = false;
  VariableScope scope = VariableScope::kDefault;
  std::string name;  ///< lower case
  ExprPtr value;     ///< assigned by :=, else null
};

/// ? of a prepared statement.
struct ParamMarker : Expr {
  static constexpr ExprKind kKind = ExprKind::kParam;
  ParamMarker() : Expr(kKind) {}

  uint32_t index = 0;  ///< from 0, in the order of the text of one statement
};

/// DEFAULT (column null) or DEFAULT(column).
struct Default : Expr {
  static constexpr ExprKind kKind = ExprKind::kDefault;
  Default() : Expr(kKind) {}

  std::unique_ptr<ColumnName> column;
};

/// VALUES(column) in ON DUPLICATE KEY UPDATE.
struct Values : Expr {
  static constexpr ExprKind kKind = ExprKind::kValues;
  Values() : Expr(kKind) {}

  std::unique_ptr<ColumnName> column;
};

/// (a, b, ..) or ROW(a, b, ..), two or more.
struct Row : Expr {
  static constexpr ExprKind kKind = ExprKind::kRow;
  Row() : Expr(kKind) {}

  ExprList items;
};

struct Collate : Expr {
  static constexpr ExprKind kKind = ExprKind::kCollate;
  Collate() : Expr(kKind) {}

  ExprPtr value;
  std::string collation;  ///< lower case
};

/// MATCH (columns) AGAINST (text modifier). Parsed only so that the refusal can be clear.
struct MatchAgainst : Expr {
  static constexpr ExprKind kKind = ExprKind::kMatch;
  MatchAgainst() : Expr(kKind) {}

  ExprList columns;
  ExprPtr against;
  std::string modifier;  ///< "IN BOOLEAN MODE" ..., empty: none
};

}  // namespace tbl::tidb::ast
