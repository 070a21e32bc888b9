// What the lexer makes of the text. Tokens are small; values of strings and names are read from the
// source when they are asked for (token_text.h).
#pragma once

#include <cstdint>

namespace tbl::tidb {

enum class TokenKind : uint8_t {
  kEnd,           ///< of the statement: a ';' or the end of the text
  kWord,          ///< a name without quotes or a keyword (`word`)
  kQuotedName,    ///< `name`, or "name" under ANSI_QUOTES
  kString,        ///< 'text' or "text"
  kNationalText,  ///< N'text'
  kCharset,       ///< _utf8mb4, the name of a known character set
  kInteger,
  kDecimal,
  kFloat,           ///< with an exponent
  kHex,             ///< x'..' or 0x..
  kBit,             ///< b'..' or 0b..
  kUserVariable,    ///< @name, or the host of 'user'@host
  kSystemVariable,  ///< @@name, @@scope.name
  kHint,            ///< /*+ .. */
  kOperator,        ///< `op`
  kInvalid,         ///< no token can begin so, or it does not end
};

/// Operators of one character are their character.
enum Op : uint8_t {
  kOpNone = 0,
  kOpLe = 128,   ///< <=
  kOpGe,         ///< >=
  kOpNe,         ///< <> !=
  kOpNullEq,     ///< <=>
  kOpShiftLeft,  ///< <<
  kOpShiftRight,
  kOpAnd,          ///< &&
  kOpOr,           ///< ||
  kOpAssign,       ///< :=
  kOpArrow,        ///< ->
  kOpDoubleArrow,  ///< ->>
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint8_t op = kOpNone;
  uint16_t word = 0;   ///< keyword number (keywords.h); 0: none
  uint32_t begin = 0;  ///< bytes of the source
  uint32_t end = 0;
};

}  // namespace tbl::tidb
