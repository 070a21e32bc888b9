#include "tidb/expr/like.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace tbl::tidb {
namespace {

/// The definition, without any cleverness; texts of one byte per character.
bool matches(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    return matches(text, pattern.substr(1)) || (!text.empty() && matches(text.substr(1), pattern));
  }
  size_t length = pattern[0] == '\\' && pattern.size() > 1 ? 2 : 1;
  if (text.empty()) return false;
  bool any = length == 1 && pattern[0] == '_';
  return (any || text[0] == pattern[length - 1]) && matches(text.substr(1), pattern.substr(length));
}

RC_GTEST_PROP(Like, AgreesWithItsDefinition, ()) {
  auto text = *rc::gen::container<std::string>(rc::gen::element('a', 'b', '%', '\\'));
  auto pattern = *rc::gen::container<std::string>(rc::gen::element('a', 'b', '%', '_', '\\'));
  text.resize(std::min<size_t>(text.size(), 12));
  pattern.resize(std::min<size_t>(pattern.size(), 8));
  RC_ASSERT(like_matches(text, pattern) == matches(text, pattern));
}

TEST(Like, ManyPercentsAreNotExponential) {
  std::string text(20'000, 'a');
  EXPECT_FALSE(like_matches(text, "%a%a%a%a%a%a%a%a%a%a%a%a%b"));
}

TEST(Like, BytesAndCharacters) {
  EXPECT_TRUE(like_matches("ä", "_"));
  EXPECT_FALSE(like_matches("ä", "_", '\\', true));
  EXPECT_TRUE(like_matches("ä", "__", '\\', true));
  EXPECT_TRUE(like_matches("a\\", "a\\", kNoEscape));
}

}  // namespace
}  // namespace tbl::tidb
