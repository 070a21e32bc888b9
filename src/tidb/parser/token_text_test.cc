#include "tidb/parser/token_text.h"

#include <gtest/gtest.h>

namespace tbl::tidb {
namespace {

TEST(TokenText, QuotesAndEscapes) {
  EXPECT_EQ(unquote("'a''b'", true), "a'b");
  EXPECT_EQ(unquote("\"a\"\"b'c\"", true), "a\"b'c");
  EXPECT_EQ(unquote("`a``\\n`", true), "a`\\n");
  EXPECT_EQ(unquote(R"('\0\b\n\r\t\Z\\\'\x')", true), std::string("\0\b\n\r\t\x1a\\'x", 9));
  EXPECT_EQ(unquote(R"('\%\_')", true), R"(\%\_)");
  EXPECT_EQ(unquote(R"('\n''')", false), "\\n'");
  EXPECT_EQ(unquote("''", true), "");
}

TEST(TokenText, Bytes) {
  EXPECT_EQ(hex_bytes("x'4F6a'"), "Oj");
  EXPECT_EQ(hex_bytes("0x4F6"), "\x04\xf6");
  EXPECT_EQ(hex_bytes("x''"), "");
  EXPECT_EQ(bit_bytes("b'101'"), "\x05");
  EXPECT_EQ(bit_bytes("0b100000001"), std::string("\x01\x01"));
  EXPECT_EQ(bit_bytes("b''"), "");
}

}  // namespace
}  // namespace tbl::tidb
