// Expressions.
#include "tidb/ast/restorer.h"

namespace tbl::tidb::ast {

namespace {

bool is_operation(ExprKind kind) {
  switch (kind) {
    case ExprKind::kUnary:
    case ExprKind::kBinary:
    case ExprKind::kBetween:
    case ExprKind::kIn:
    case ExprKind::kLike:
    case ExprKind::kRegexp:
    case ExprKind::kIs:
    case ExprKind::kCompareSubquery:
    case ExprKind::kCollate:
      return true;
    default:
      return false;
  }
}

std::string hex_digits(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (unsigned char c : bytes) {
    out.push_back(kDigits[c >> 4]);
    out.push_back(kDigits[c & 15]);
  }
  return out;
}

/// Without leading zeros, but with as many bytes.
std::string bit_digits(std::string_view bytes) {
  std::string out;
  for (unsigned char c : bytes) {
    for (int bit = 7; bit >= 0; --bit) out.push_back((c >> bit & 1) != 0 ? '1' : '0');
  }
  const size_t least = bytes.empty() ? 0 : (bytes.size() - 1) * 8 + 1;
  while (out.size() > least && out[0] == '0') out.erase(0, 1);
  return out;
}

}  // namespace

void Restorer::expr(const Expr& node) {
  size_t parens = node.parens;
  if (options_.bracket_all) parens = is_operation(node.kind) ? 1 : 0;
  out_.append(parens, '(');
  this->node(node);
  out_.append(parens, ')');
}

void Restorer::node(const Expr& node) {
  switch (node.kind) {
    case ExprKind::kLiteral:
      return literal(as<Literal>(node));
    case ExprKind::kColumn:
      return column(as<ColumnName>(node));
    case ExprKind::kUnary:
      return unary(as<Unary>(node));
    case ExprKind::kBinary:
      return binary(as<Binary>(node));
    case ExprKind::kFunction:
      return function(as<FunctionCall>(node));
    case ExprKind::kAggregate:
      return aggregate(as<Aggregate>(node));
    case ExprKind::kCase:
      return case_expr(as<Case>(node));
    case ExprKind::kBetween:
      return between(as<Between>(node));
    case ExprKind::kIn:
      return in(as<In>(node));
    case ExprKind::kLike:
      return like(as<Like>(node));
    case ExprKind::kRegexp: {
      const auto& regexp = as<Regexp>(node);
      expr(*regexp.value);
      not_word(regexp.negated);
      word("REGEXP ");
      return expr(*regexp.pattern);
    }
    case ExprKind::kIs:
      return is(as<Is>(node));
    case ExprKind::kExists:
      word("EXISTS ");
      return subquery(*as<Exists>(node).query);
    case ExprKind::kSubquery:
      return subquery(*as<Subquery>(node).query);
    case ExprKind::kCompareSubquery:
      return compare_subquery(as<CompareSubquery>(node));
    case ExprKind::kCast:
      return cast(as<Cast>(node));
    case ExprKind::kInterval:
      word("INTERVAL ");
      expr(*as<Interval>(node).value);
      plain(" ");
      return word(interval_unit_name(as<Interval>(node).unit));
    case ExprKind::kTimeUnit:
      return word(interval_unit_name(as<TimeUnitExpr>(node).unit));
    case ExprKind::kVariable:
      return variable(as<Variable>(node));
    case ExprKind::kParam:
      return plain("?");
    case ExprKind::kDefault:
      word("DEFAULT");
      if (!as<Default>(node).column) return;
      plain("(");
      column(*as<Default>(node).column);
      return plain(")");
    case ExprKind::kValues:
      word("VALUES(");
      column(*as<Values>(node).column);
      return plain(")");
    case ExprKind::kRow:
      word("ROW(");
      list(as<Row>(node).items, ",");
      return plain(")");
    case ExprKind::kCollate:
      expr(*as<Collate>(node).value);
      word(" COLLATE ");
      return charset(as<Collate>(node).collation);
    case ExprKind::kMatch:
      return match(as<MatchAgainst>(node));
  }
}

void Restorer::number(const Literal& node) {
  plain(node.text.empty() ? std::to_string(node.number) : node.text);
}

void Restorer::literal(const Literal& node) {
  switch (node.literal) {
    case LiteralKind::kNull:
      return word("NULL");
    case LiteralKind::kBool:
      return word(node.number != 0 ? "TRUE" : "FALSE");
    case LiteralKind::kInt:
    case LiteralKind::kUint:
    case LiteralKind::kDecimal:
    case LiteralKind::kDouble:
      return number(node);
    case LiteralKind::kString:
      return string(node.text, node.charset);
    case LiteralKind::kHex:
    case LiteralKind::kBit:
      if (!node.charset.empty()) {
        plain("_");
        word(node.charset);
        plain(" ");
      }
      if (node.literal == LiteralKind::kHex) return plain("x'" + hex_digits(node.text) + "'");
      return plain("b'" + bit_digits(node.text) + "'");
    case LiteralKind::kDate:
      word("DATE ");
      break;
    case LiteralKind::kTime:
      word("TIME ");
      break;
    case LiteralKind::kTimestamp:
      word("TIMESTAMP ");
      break;
  }
  plain_string(node.text);
}

void Restorer::column(const ColumnName& node) {
  if (!node.schema.empty()) {
    column_part(node.schema);
    plain(".");
  }
  if (!node.table.empty()) {
    column_part(node.table);
    plain(".");
  }
  column_part(node.name);
}

void Restorer::unary(const Unary& node) {
  switch (node.op) {
    case UnaryOp::kMinus:
      // Two of them together could begin a comment.
      if (out_.ends_with('-')) plain(" ");
      plain("-");
      break;
    case UnaryOp::kPlus:
      plain("+");
      break;
    case UnaryOp::kBitNot:
      plain("~");
      break;
    case UnaryOp::kNot:
      word("NOT ");
      break;
    case UnaryOp::kBang:
      plain("!");
      break;
  }
  expr(*node.operand);
}

void Restorer::binary_op(BinaryOp op) {
  static constexpr std::string_view kNames[] = {"OR", "XOR", "AND", "=", "<=>", "!=", "<",
                                                "<=", ">",   ">=",  "|", "&",   "<<", ">>",
                                                "+",  "-",   "*",   "/", "DIV", "%",  "^"};
  std::string_view name = kNames[static_cast<size_t>(op)];
  const bool is_word = name[0] >= 'A' && name[0] <= 'Z';
  const bool spaces = is_word || !view_style();
  if (spaces) plain(" ");
  word(name);
  if (spaces) plain(" ");
}

void Restorer::binary(const Binary& node) {
  expr(*node.left);
  binary_op(node.op);
  expr(*node.right);
}

void Restorer::case_expr(const Case& node) {
  word("CASE");
  if (node.operand) {
    plain(" ");
    expr(*node.operand);
  }
  for (const auto& when : node.whens) {
    word(" WHEN ");
    expr(*when.condition);
    word(" THEN ");
    expr(*when.result);
  }
  if (node.otherwise) {
    word(" ELSE ");
    expr(*node.otherwise);
  }
  word(" END");
}

void Restorer::between(const Between& node) {
  expr(*node.value);
  not_word(node.negated);
  word("BETWEEN ");
  expr(*node.low);
  word(" AND ");
  expr(*node.high);
}

void Restorer::in(const In& node) {
  expr(*node.value);
  not_word(node.negated);
  word("IN ");
  if (node.query) return subquery(*node.query);
  plain("(");
  list(node.list, ",");
  plain(")");
}

void Restorer::like(const Like& node) {
  expr(*node.value);
  not_word(node.negated);
  word("LIKE ");
  expr(*node.pattern);
  if (!node.escape) return;
  word(" ESCAPE ");
  plain_string(*node.escape);
}

void Restorer::is(const Is& node) {
  expr(*node.value);
  word(node.negated ? " IS NOT " : " IS ");
  static constexpr std::string_view kNames[] = {"NULL", "TRUE", "FALSE", "UNKNOWN"};
  word(kNames[static_cast<size_t>(node.test)]);
}

void Restorer::compare_subquery(const CompareSubquery& node) {
  expr(*node.value);
  binary_op(node.op);
  word(node.all ? "ALL " : "ANY ");
  subquery(*node.query);
}

void Restorer::variable(const Variable& node) {
  plain(node.system ? "@@" : "@");
  if (node.scope == VariableScope::kGlobal) word("GLOBAL.");
  if (node.scope == VariableScope::kSession) word("SESSION.");
  quoted(node.name);
  if (!node.value) return;
  plain(":=");
  expr(*node.value);
}

void Restorer::match(const MatchAgainst& node) {
  word("MATCH (");
  list(node.columns, ",");
  word(") AGAINST (");
  expr(*node.against);
  if (!node.modifier.empty()) {
    plain(" ");
    word(node.modifier);
  }
  plain(")");
}

}  // namespace tbl::tidb::ast
