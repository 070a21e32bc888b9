// Constants.
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "tidb/parser/rules.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

using namespace ast;

namespace {

std::unique_ptr<Literal> literal(LiteralKind kind) {
  auto node = std::make_unique<Literal>();
  node->literal = kind;
  return node;
}

ExprPtr integer_literal(std::string_view digits) {
  auto node = literal(LiteralKind::kInt);
  auto end = std::from_chars(digits.data(), digits.data() + digits.size(), node->number);
  if (end.ec != std::errc()) {
    node->literal = LiteralKind::kDecimal;
    node->number = 0;
    node->text = digits;
  } else if (node->number > INT64_MAX) {
    node->literal = LiteralKind::kUint;
  }
  return node;
}

Result<ExprPtr> float_literal(std::string_view text) {
  auto node = literal(LiteralKind::kDouble);
  node->text = text;
  node->real = std::strtod(node->text.c_str(), nullptr);
  if (!std::isfinite(node->real)) {
    return sql_error(kErrIllegalValueForType,
                     "Illegal double '" + node->text + "' value found during parsing");
  }
  return ExprPtr(std::move(node));
}

ExprPtr text_literal(LiteralKind kind, std::string text, std::string charset) {
  auto node = literal(kind);
  node->text = std::move(text);
  node->charset = std::move(charset);
  return node;
}

/// A string, hex or bit token, with the introducer that stood before it.
Result<ExprPtr> parse_text(Cursor& in, std::string charset) {
  const TokenKind kind = in.peek().kind;
  if (kind == TokenKind::kHex || kind == TokenKind::kBit) {
    auto as_kind = kind == TokenKind::kHex ? LiteralKind::kHex : LiteralKind::kBit;
    return text_literal(as_kind, in.value(in.take()), std::move(charset));
  }
  if (kind == TokenKind::kNationalText) charset = "utf8";
  TBL_ASSIGN(auto text, in.string());
  return text_literal(LiteralKind::kString, std::move(text), std::move(charset));
}

bool at_text(const Cursor& in, size_t ahead) {
  return in.at(TokenKind::kString, ahead) || in.at(TokenKind::kHex, ahead) ||
         in.at(TokenKind::kBit, ahead) || in.at(TokenKind::kNationalText, ahead);
}

bool at_time_literal(const Cursor& in) {
  return (in.at("DATE") || in.at("TIME") || in.at("TIMESTAMP")) && in.at(TokenKind::kString, 1);
}

Result<ExprPtr> parse_time_literal(Cursor& in) {
  LiteralKind kind = LiteralKind::kTimestamp;
  if (in.at("DATE")) kind = LiteralKind::kDate;
  if (in.at("TIME")) kind = LiteralKind::kTime;
  in.take();
  return text_literal(kind, in.value(in.take()), "");
}

}  // namespace

ExprPtr string_literal(std::string text) {
  return text_literal(LiteralKind::kString, std::move(text), "");
}

ExprPtr int_literal(uint64_t number) {
  auto node = literal(LiteralKind::kInt);
  node->number = number;
  return node;
}

bool at_literal(const Cursor& in) {
  switch (in.peek().kind) {
    case TokenKind::kInteger:
    case TokenKind::kDecimal:
    case TokenKind::kFloat:
    case TokenKind::kString:
    case TokenKind::kNationalText:
    case TokenKind::kHex:
    case TokenKind::kBit:
      return true;
    case TokenKind::kCharset:
      return at_text(in, 1);
    default:
      return in.at_any(Kw("NULL"), Kw("TRUE"), Kw("FALSE")) || at_time_literal(in);
  }
}

Result<ExprPtr> parse_literal(Cursor& in) {
  switch (in.peek().kind) {
    case TokenKind::kInteger:
      return integer_literal(in.raw(in.take()));
    case TokenKind::kDecimal: {
      auto node = literal(LiteralKind::kDecimal);
      node->text = in.raw(in.take());
      return ExprPtr(std::move(node));
    }
    case TokenKind::kFloat:
      return float_literal(in.raw(in.take()));
    case TokenKind::kCharset: {
      std::string charset = lower(in.raw(in.take()).substr(1));
      return parse_text(in, std::move(charset));
    }
    default:
      break;
  }
  if (at_text(in, 0)) return parse_text(in, "");
  if (at_time_literal(in)) return parse_time_literal(in);
  if (in.accept("NULL")) return ExprPtr(literal(LiteralKind::kNull));
  if (!in.at_any(Kw("TRUE"), Kw("FALSE"))) return in.syntax_error();
  auto node = literal(LiteralKind::kBool);
  node->number = in.at("TRUE") ? 1 : 0;
  in.take();
  return ExprPtr(std::move(node));
}

}  // namespace tbl::tidb
