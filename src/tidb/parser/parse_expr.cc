// Operators: climbing from one level of binding to the next. A chain of one operator is a loop, so
// only parentheses and the like go deeper into the stack.
#include "tidb/parser/rules.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

using namespace ast;

namespace {

struct Operator {
  int level = 0;  ///< 0: the token is none
  BinaryOp op = BinaryOp::kOr;
};

bool at_predicate(const Cursor& in, size_t ahead) {
  return in.at("IN", ahead) || in.at("BETWEEN", ahead) || in.at("LIKE", ahead) ||
         in.at("REGEXP", ahead) || in.at("RLIKE", ahead);
}

Operator word_operator(const Cursor& in) {
  switch (in.peek().word) {
    case Kw("OR"):
      return {kLevelOr, BinaryOp::kOr};
    case Kw("XOR"):
      return {kLevelXor, BinaryOp::kXor};
    case Kw("AND"):
      return {kLevelAnd, BinaryOp::kAnd};
    case Kw("IS"):
      return {kLevelCompare, BinaryOp::kEq};
    case Kw("DIV"):
      return {kLevelMultiply, BinaryOp::kIntDiv};
    case Kw("MOD"):
      return {kLevelMultiply, BinaryOp::kMod};
    case Kw("NOT"):
      return at_predicate(in, 1) ? Operator{kLevelPredicate, BinaryOp::kEq} : Operator{};
    case Kw("SOUNDS"):
      return in.at("LIKE", 1) ? Operator{kLevelPredicate, BinaryOp::kEq} : Operator{};
    default:
      return at_predicate(in, 0) ? Operator{kLevelPredicate, BinaryOp::kEq} : Operator{};
  }
}

Operator peek_operator(const Cursor& in) {
  if (in.at(TokenKind::kWord)) return word_operator(in);
  switch (in.peek().op) {
    case kOpOr:
      return in.has_mode(kModePipesAsConcat) ? Operator{kLevelConcat, BinaryOp::kOr}
                                             : Operator{kLevelOr, BinaryOp::kOr};
    case kOpAnd:
      return {kLevelAnd, BinaryOp::kAnd};
    case '=':
      return {kLevelCompare, BinaryOp::kEq};
    case kOpNullEq:
      return {kLevelCompare, BinaryOp::kNullEq};
    case kOpNe:
      return {kLevelCompare, BinaryOp::kNe};
    case '<':
      return {kLevelCompare, BinaryOp::kLt};
    case kOpLe:
      return {kLevelCompare, BinaryOp::kLe};
    case '>':
      return {kLevelCompare, BinaryOp::kGt};
    case kOpGe:
      return {kLevelCompare, BinaryOp::kGe};
    case '|':
      return {kLevelBitOr, BinaryOp::kBitOr};
    case '&':
      return {kLevelBitAnd, BinaryOp::kBitAnd};
    case kOpShiftLeft:
      return {kLevelShift, BinaryOp::kShiftLeft};
    case kOpShiftRight:
      return {kLevelShift, BinaryOp::kShiftRight};
    case '+':
      return {kLevelAdd, BinaryOp::kPlus};
    case '-':
      return {kLevelAdd, BinaryOp::kMinus};
    case '*':
      return {kLevelMultiply, BinaryOp::kMul};
    case '/':
      return {kLevelMultiply, BinaryOp::kDiv};
    case '%':
      return {kLevelMultiply, BinaryOp::kMod};
    case '^':
      return {kLevelBitXor, BinaryOp::kBitXor};
    default:
      return {};
  }
}

Result<ExprPtr> make_binary(BinaryOp op, ExprPtr left, ExprPtr right) {
  auto node = std::make_unique<Binary>();
  node->op = op;
  node->left = std::move(left);
  node->right = std::move(right);
  cover(*node, node->left);
  cover(*node, node->right);
  return finish(std::move(node));
}

/// operands[begin, end) as a tree of little depth.
Result<ExprPtr> balance(BinaryOp op, ExprList& operands, size_t begin, size_t end) {
  if (end - begin == 1) return std::move(operands[begin]);
  size_t middle = begin + (end - begin + 1) / 2;
  TBL_ASSIGN(auto left, balance(op, operands, begin, middle));
  TBL_ASSIGN(auto right, balance(op, operands, middle, end));
  return make_binary(op, std::move(left), std::move(right));
}

/// a OR b OR c: at the first operator.
Result<ExprPtr> parse_logical_chain(Cursor& in, ExprPtr first, Operator oper) {
  ExprList operands;
  operands.push_back(std::move(first));
  while (true) {
    Operator next = peek_operator(in);
    if (next.level != oper.level) break;
    in.take();
    TBL_ASSIGN(auto operand, parse_binary(in, oper.level + 1));
    operands.push_back(std::move(operand));
  }
  return balance(oper.op, operands, 0, operands.size());
}

Result<ExprPtr> parse_is(Cursor& in, ExprPtr value) {
  auto node = std::make_unique<Is>();
  in.take();
  node->negated = in.accept("NOT");
  if (in.accept("NULL")) {
    node->test = IsTest::kNull;
  } else if (in.accept("TRUE")) {
    node->test = IsTest::kTrue;
  } else if (in.accept("FALSE")) {
    node->test = IsTest::kFalse;
  } else if (in.accept("UNKNOWN")) {
    node->test = IsTest::kUnknown;
  } else {
    return in.syntax_error();
  }
  node->value = std::move(value);
  cover(*node, node->value);
  return finish(std::move(node));
}

Result<ExprPtr> parse_comparison(Cursor& in, ExprPtr left, BinaryOp op) {
  in.take();
  if (in.at_any(Kw("ANY"), Kw("SOME"), Kw("ALL")) && in.at('(', 1)) {
    auto node = std::make_unique<CompareSubquery>();
    node->op = op;
    node->all = in.at("ALL");
    in.take();
    TBL_ASSIGN(node->query, parse_query_in_parens(in));
    node->value = std::move(left);
    cover(*node, node->value);
    cover(*node, node->query);
    return finish(std::move(node));
  }
  TBL_ASSIGN(auto right, parse_binary(in, kLevelPredicate));
  return make_binary(op, std::move(left), std::move(right));
}

Result<ExprPtr> parse_in(Cursor& in, ExprPtr value, bool negated) {
  auto node = std::make_unique<In>();
  node->negated = negated;
  if (at_query(in, 1)) {
    TBL_ASSIGN(node->query, parse_query_in_parens(in));
  } else {
    TBL_TRY(in.expect('('));
    TBL_ASSIGN(node->list, parse_expr_list(in));
    if (node->list.size() == 1 && node->list[0]->kind == ExprKind::kSubquery) {
      TBL_ASSIGN(node->query, parse_query_rest(in, std::move(as<Subquery>(*node->list[0]).query)));
      node->list.clear();
    }
    TBL_TRY(in.expect(')'));
  }
  node->value = std::move(value);
  cover(*node, node->value);
  cover(*node, node->list);
  cover(*node, node->query);
  return finish(std::move(node));
}

Result<ExprPtr> parse_between(Cursor& in, ExprPtr value, bool negated) {
  auto node = std::make_unique<Between>();
  node->negated = negated;
  TBL_ASSIGN(node->low, parse_binary(in, kLevelBitOr));
  TBL_TRY(in.expect("AND"));
  TBL_ASSIGN(node->high, parse_binary(in, kLevelPredicate));
  node->value = std::move(value);
  cover(*node, node->value);
  cover(*node, node->low);
  cover(*node, node->high);
  return finish(std::move(node));
}

Result<ExprPtr> parse_like(Cursor& in, ExprPtr value, bool negated) {
  auto node = std::make_unique<Like>();
  node->negated = negated;
  TBL_ASSIGN(node->pattern, parse_binary(in, kLevelConcat));
  if (in.accept("ESCAPE")) {
    TBL_ASSIGN(node->escape, in.string());
  }
  node->value = std::move(value);
  cover(*node, node->value);
  cover(*node, node->pattern);
  return finish(std::move(node));
}

Result<ExprPtr> parse_regexp(Cursor& in, ExprPtr value, bool negated) {
  auto node = std::make_unique<Regexp>();
  node->negated = negated;
  TBL_ASSIGN(node->pattern, parse_binary(in, kLevelBitOr));
  node->value = std::move(value);
  cover(*node, node->value);
  cover(*node, node->pattern);
  return finish(std::move(node));
}

ExprPtr call(std::string name, ExprPtr first, ExprPtr second) {
  auto node = std::make_unique<FunctionCall>();
  node->name = std::move(name);
  node->args.push_back(std::move(first));
  if (second) node->args.push_back(std::move(second));
  cover(*node, node->args);
  return node;
}

/// a SOUNDS LIKE b is soundex(a) = soundex(b), in parentheses, for it binds tighter than =.
Result<ExprPtr> parse_sounds_like(Cursor& in, ExprPtr value) {
  TBL_ASSIGN(auto other, parse_binary(in, kLevelBitOr));
  TBL_ASSIGN(auto equal, make_binary(BinaryOp::kEq, call("soundex", std::move(value), nullptr),
                                     call("soundex", std::move(other), nullptr)));
  equal->parens = 1;
  return equal;
}

Result<ExprPtr> parse_predicate(Cursor& in, ExprPtr value) {
  const bool negated = in.accept("NOT");
  if (in.accept("IN")) return parse_in(in, std::move(value), negated);
  if (in.accept("BETWEEN")) return parse_between(in, std::move(value), negated);
  if (in.accept("LIKE")) return parse_like(in, std::move(value), negated);
  if (in.accept("SOUNDS", "LIKE")) return parse_sounds_like(in, std::move(value));
  in.take();
  return parse_regexp(in, std::move(value), negated);
}

/// Numbers, or a time with INTERVAL.
Result<ExprPtr> parse_addition(Cursor& in, ExprPtr left, BinaryOp op) {
  in.take();
  if (at_interval(in)) {
    TBL_ASSIGN(auto interval, parse_interval(in));
    auto node =
        call(op == BinaryOp::kPlus ? "date_add" : "date_sub", std::move(left), std::move(interval));
    TBL_TRY(check_depth(node->depth));
    return node;
  }
  TBL_ASSIGN(auto right, parse_binary(in, kLevelMultiply));
  return make_binary(op, std::move(left), std::move(right));
}

Result<ExprPtr> parse_operation(Cursor& in, ExprPtr left, Operator oper) {
  switch (oper.level) {
    case kLevelOr:
    case kLevelAnd:
      return parse_logical_chain(in, std::move(left), oper);
    case kLevelCompare:
      if (in.at("IS")) return parse_is(in, std::move(left));
      return parse_comparison(in, std::move(left), oper.op);
    case kLevelPredicate:
      return parse_predicate(in, std::move(left));
    case kLevelAdd:
      return parse_addition(in, std::move(left), oper.op);
    case kLevelConcat: {
      in.take();
      TBL_ASSIGN(auto right, parse_unary(in));
      auto node = call("concat", std::move(left), std::move(right));
      TBL_TRY(check_depth(node->depth));
      return node;
    }
    default: {
      in.take();
      TBL_ASSIGN(auto right, parse_binary(in, oper.level + 1));
      return make_binary(oper.op, std::move(left), std::move(right));
    }
  }
}

Result<ExprPtr> parse_not(Cursor& in) {
  in.take();
  auto node = std::make_unique<Unary>();
  node->op = UnaryOp::kNot;
  TBL_ASSIGN(node->operand, parse_binary(in, kLevelNot));
  cover(*node, node->operand);
  return finish(std::move(node));
}

}  // namespace

Result<ExprPtr> parse_binary(Cursor& in, int level) {
  Nesting nesting(in);
  TBL_TRY(nesting.check());
  // What an operand was built with bounds what may follow: a IN (b) + c is no expression.
  int bound = kLevelUnary;
  ExprPtr left;
  if (level <= kLevelNot && in.at("NOT") && !in.has_mode(kModeHighNotPrecedence)) {
    TBL_ASSIGN(left, parse_not(in));
    bound = kLevelAnd;
  } else {
    TBL_ASSIGN(left, parse_unary(in));
  }
  while (true) {
    Operator oper = peek_operator(in);
    if (oper.level < level || oper.level == 0 || oper.level > bound) return left;
    TBL_ASSIGN(left, parse_operation(in, std::move(left), oper));
    bound = oper.level == kLevelPredicate ? kLevelCompare : oper.level;
  }
}

Result<ExprPtr> parse_expr(Cursor& in) { return parse_binary(in, kLevelOr); }

Result<ExprList> parse_expr_list(Cursor& in) {
  ExprList list;
  do {
    TBL_ASSIGN(auto one, parse_expr(in));
    list.push_back(std::move(one));
  } while (in.accept(','));
  return list;
}

Result<ExprPtr> parse_expr_or_default(Cursor& in) {
  if (in.at("DEFAULT") && !in.at('(', 1)) {
    in.take();
    return ExprPtr(std::make_unique<Default>());
  }
  return parse_expr(in);
}

}  // namespace tbl::tidb
