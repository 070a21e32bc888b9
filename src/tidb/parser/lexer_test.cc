#include "tidb/parser/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tidb/parser/keywords.h"

namespace tbl::tidb {
namespace {

/// Kinds and texts, as "w:select n:`a` o:+"; the end is left out.
std::string tokens(std::string_view sql, SqlMode mode = kDefaultSqlMode) {
  static constexpr std::string_view kLetters =
      "Ewqs"
      "Ncid"
      "fhbu"
      "Sko!";
  Lexer lexer(sql, mode);
  std::string out;
  while (true) {
    Token token = lexer.next();
    if (token.kind == TokenKind::kEnd && token.begin == token.end) return out;
    if (!out.empty()) out += ' ';
    out += kLetters[static_cast<size_t>(token.kind)];
    out += ':';
    out += sql.substr(token.begin, token.end - token.begin);
  }
}

TEST(Lexer, WordsNumbersAndOperators) {
  EXPECT_EQ(tokens("select a1,_b$c from t;x"), "w:select w:a1 o:, w:_b$c w:from w:t E:; w:x");
  EXPECT_EQ(tokens("1 1.5 .5 1. 1e3 1.5E-3 2e+1"), "i:1 d:1.5 d:.5 d:1. f:1e3 f:1.5E-3 f:2e+1");
  EXPECT_EQ(tokens("a<=>b<=c<>d!=e>=f<<g>>h&&i||j:=k->l->>m"),
            "w:a o:<=> w:b o:<= w:c o:<> w:d o:!= w:e o:>= w:f o:<< w:g o:>> w:h o:&& w:i o:|| w:j "
            "o::= w:k o:-> w:l o:->> w:m");
  EXPECT_EQ(tokens("\xe8\xa1\xa8"), "w:\xe8\xa1\xa8");
}

TEST(Lexer, DigitsMayBeginNames) {
  EXPECT_EQ(tokens("1a 0x1g 0b12 1e 1e5x"), "w:1a w:0x1g w:0b12 w:1e w:1e5x");
  EXPECT_EQ(tokens("t.1a t.1 a .5"), "w:t o:. w:1a w:t o:. w:1 w:a d:.5");
  EXPECT_EQ(tokens("t.select"), "w:t o:. w:select");
}

TEST(Lexer, BytesAndBits) {
  EXPECT_EQ(tokens("x'4f' X'' 0x4F b'01' B'' 0b01"), "h:x'4f' h:X'' h:0x4F b:b'01' b:B'' b:0b01");
  EXPECT_EQ(tokens("x'4'"), "!:x'4'");
  EXPECT_EQ(tokens("0x 0b"), "w:0x w:0b");
}

TEST(Lexer, Strings) {
  EXPECT_EQ(tokens(R"('a''b' "c""d" 'e\'f' n'g' _utf8mb4'h' _nothing)"),
            R"(s:'a''b' s:"c""d" s:'e\'f' N:n'g' c:_utf8mb4 s:'h' w:_nothing)");
  EXPECT_EQ(tokens(R"('a\' b)", kModeNoBackslashEscapes), R"(s:'a\' w:b)");
  EXPECT_EQ(tokens(R"("a" 'b')", kModeAnsiQuotes), R"(q:"a" s:'b')");
  EXPECT_EQ(tokens("'open"), "!:'open");
  EXPECT_EQ(tokens("`a``b` `open"), "q:`a``b` !:`open");
}

TEST(Lexer, Variables) {
  EXPECT_EQ(tokens("@a @'b c' @`d` @@e @@global.f @ @@"),
            "u:@a u:@'b c' u:@`d` S:@@e S:@@global.f u:@ !:@@");
  EXPECT_EQ(tokens("'root'@'%' root@127.0.0.1"), "s:'root' u:@'%' w:root u:@127.0.0.1");
}

TEST(Lexer, CommentsAreSkipped) {
  EXPECT_EQ(tokens("a -- b\nc # d\ne /* f */ g--1"), "w:a w:c w:e w:g o:- o:- i:1");
  EXPECT_EQ(tokens("a --"), "w:a");
  EXPECT_EQ(tokens("a /* open"), "w:a !:/* open");
}

struct CommentCase {
  const char* sql;
  const char* tokens;
};

class ExecutedComment : public testing::TestWithParam<CommentCase> {};

TEST_P(ExecutedComment, ContentIsRead) { EXPECT_EQ(tokens(GetParam().sql), GetParam().tokens); }

INSTANTIATE_TEST_SUITE_P(
    Lexer, ExecutedComment,
    testing::Values(CommentCase{"a /*! b */ c", "w:a w:b w:c"}, CommentCase{"/*!40108 a */", "w:a"},
                    CommentCase{"/*!50725 a */", "w:a"}, CommentCase{"/*!50726 a */b", "w:b"},
                    CommentCase{"/*!80016 a */b", "w:b"},
                    CommentCase{"/*!999999\\- enable the sandbox mode */ b", "w:b"},
                    CommentCase{"/*!90000 shard_row_id_bits=4 */", "w:shard_row_id_bits o:= i:4"},
                    CommentCase{"/*M!50000 a */b", "w:b"}, CommentCase{"/*!4 a*/", "i:4 w:a"},
                    CommentCase{"/*! a /* b */ c */ d", "w:a w:c w:d"},
                    CommentCase{"2*/*!3*/", "i:2 o:* i:3"}, CommentCase{"/*T! a */", "w:a"},
                    CommentCase{"/*T![clustered_index] a */", "w:a"},
                    CommentCase{"/*T![auto_rand,auto_id_cache] a */", "w:a"},
                    CommentCase{"/*T![ttl] a */b", "w:b"},
                    CommentCase{"/*T![clustered_index,ttl] a */b", "w:b"}));

TEST(Lexer, HintsStandBehindTheFirstWord) {
  EXPECT_EQ(tokens("select /*+ x(y) */ 1 /*+ z */"), "w:select k:/*+ x(y) */ i:1");
  EXPECT_EQ(tokens("select /*+ x"), "w:select !:/*+ x");
}

TEST(Keywords, AreFoundInAnyCase) {
  EXPECT_EQ(find_keyword("sElEcT"), Kw("SELECT").number);
  EXPECT_EQ(find_keyword("selec"), 0);
  EXPECT_EQ(find_keyword(""), 0);
  EXPECT_EQ(find_keyword(std::string(100, 'A')), 0);
  for (uint16_t i = 1; i <= kKeywordCount; ++i) EXPECT_EQ(find_keyword(keyword(i).name), i);
}

}  // namespace
}  // namespace tbl::tidb
