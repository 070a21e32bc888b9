// The tokens of one statement with a place in them: what every rule of the grammar reads from.
//
// accept*() goes on if the token fits and says whether it did; expect*() gives error 1064 at the
// token if it does not. Words match in any case and never when they are in back quotes. Errors name
// the place and the text from the current token to the end of the whole source.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tidb/ast/ddl.h"
#include "tidb/parser/keywords.h"
#include "tidb/parser/lexer.h"
#include "tidb/parser/parser.h"

namespace tbl::tidb {

class Cursor {
 public:
  /// Levels of parentheses, calls and subqueries.
  static constexpr uint32_t kMaxNesting = 800;

  Cursor(std::string_view source, const ParseOptions& options)
      : source_(source), mode_(options.sql_mode), lexer_(source, options.sql_mode) {}

  /// Reads the tokens of the next statement that has any. False: there is none left.
  bool next_statement();
  /// Text of that statement, without ';' and blanks around it.
  std::string_view statement_text() const;
  bool has_mode(SqlModeBit bit) const { return (mode_ & bit) != 0; }

  const Token& peek(size_t ahead = 0) const {
    return tokens_[pos_ + ahead < tokens_.size() ? pos_ + ahead : tokens_.size() - 1];
  }
  const Token& take() { return tokens_[pos_ + 1 < tokens_.size() ? pos_++ : pos_]; }
  bool at_end() const { return peek().kind == TokenKind::kEnd; }
  bool at(Kw word, size_t ahead = 0) const { return peek(ahead).word == word.number; }
  bool at(char op, size_t ahead = 0) const { return peek(ahead).op == static_cast<uint8_t>(op); }
  bool at(Op op, size_t ahead = 0) const { return peek(ahead).op == op; }
  bool at(TokenKind kind, size_t ahead = 0) const { return peek(ahead).kind == kind; }
  /// Any of the arguments.
  template <typename... T>
  bool at_any(T... what) const {
    return (at(what) || ...);
  }
  bool at_words(Kw first, Kw second) const { return at(first) && at(second, 1); }

  bool accept(Kw word) { return go_if(at(word)); }
  bool accept(char op) { return go_if(at(op)); }
  bool accept(Op op) { return go_if(at(op)); }
  /// Both or none.
  bool accept(Kw first, Kw second);
  /// One of them, and goes on.
  template <typename... T>
  bool accept_any(T... what) {
    return go_if(at_any(what...));
  }

  Status expect(Kw word) { return accept(word) ? ok_status() : syntax_error(); }
  Status expect(char op) { return accept(op) ? ok_status() : syntax_error(); }
  Status expect(Kw first, Kw second);
  Status expect_end() const { return at_end() ? ok_status() : syntax_error(); }

  /// The token can be a name: in quotes, or a word that is not reserved.
  bool at_name(size_t ahead = 0) const;
  Result<std::string> name();
  /// A name, or any word at all (after a dot, and where nothing else can stand).
  Result<std::string> any_word();
  /// name or name.name
  Result<ast::TableName> table_name();
  /// ( name, .. )
  Result<std::vector<std::string>> name_list();
  /// One or more 'strings', joined.
  Result<std::string> string();
  Result<uint64_t> integer();
  /// With an optional sign.
  Result<int64_t> signed_integer();
  /// A character set or collation: a word or a string, in lower case. "binary" is one too.
  Result<std::string> charset_name();

  /// Value of a name, string, hex or bit token.
  std::string value(const Token& token) const;
  /// As it is in the source.
  std::string_view raw(const Token& token) const {
    return source_.substr(token.begin, token.end - token.begin);
  }
  /// Source from the token with this index to the last one taken.
  std::string_view text_since(size_t token_index) const;
  size_t index() const { return pos_; }

  Status syntax_error() const { return syntax_error_at(peek()); }
  Status syntax_error_at(const Token& token) const;

  uint32_t next_param() { return params_++; }
  uint32_t param_count() const { return params_; }

 private:
  friend class Nesting;

  bool go_if(bool yes) {
    if (yes) take();
    return yes;
  }

  std::string_view source_;
  SqlMode mode_;
  Lexer lexer_;
  std::vector<Token> tokens_;  ///< ends with a kEnd
  size_t pos_ = 0;
  size_t text_begin_ = 0;
  uint32_t params_ = 0;
  uint32_t nesting_ = 0;
};

/// One level deeper as long as it lives.
class Nesting {
 public:
  explicit Nesting(Cursor& in) : in_(in) { ++in_.nesting_; }
  ~Nesting() { --in_.nesting_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  /// An error if that is too deep.
  Status check() const;

 private:
  Cursor& in_;
};

/// The error of text that is nested too deeply.
Status too_deep();
/// ASCII letters only.
std::string lower(std::string_view text);
std::string upper(std::string_view text);

}  // namespace tbl::tidb
