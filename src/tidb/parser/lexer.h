// Text -> tokens, one at a time.
//
// Comments are skipped here, and the marks around the ones whose content counts: /*! .. */ and
// /*!NNNNN .. */ with NNNNN up to 50725, or 90000, by which TiDB hides its own options from MySQL;
// /*T! .. */ and /*T![features] .. */ if all the features are known. /*M! .. */ is a comment.
#pragma once

#include <string_view>

#include "tidb/parser/token.h"
#include "tidb/types/sql_mode.h"

namespace tbl::tidb {

class Lexer {
 public:
  /// `source` must outlive the lexer and be shorter than 4 GiB.
  Lexer(std::string_view source, SqlMode mode) : source_(source), mode_(mode) {}

  /// At a ';' and at the end of the text: kEnd, with begin = end there, or around the ';'.
  Token next();
  /// Where next() goes on.
  size_t position() const { return pos_; }

 private:
  char at(size_t i) const { return i < source_.size() ? source_[i] : '\0'; }
  bool skip_blanks();
  bool skip_comment();
  void skip_line();
  bool enter_executed_comment();
  Token make(TokenKind kind, size_t begin, size_t end);
  Token word(size_t begin);
  Token number(size_t begin);
  Token quoted(TokenKind kind, size_t begin, size_t quote);
  Token prefixed_digits(TokenKind kind, size_t begin);
  Token quoted_digits(TokenKind kind, size_t begin);
  Token at_variable(size_t begin);
  Token operator_token(size_t begin);
  size_t word_end(size_t i) const;
  size_t quote_end(size_t quote, bool is_name) const;

  std::string_view source_;
  SqlMode mode_;
  size_t pos_ = 0;
  bool in_executed_comment_ = false;
  bool after_dot_ = false;                    ///< the last token was '.', so digits begin a name
  size_t name_end_ = std::string_view::npos;  ///< end of the last token, if that was a name
  bool hint_may_follow_ = false;              ///< the last token was SELECT, INSERT, ...
};

}  // namespace tbl::tidb
