#include "base/go_json.h"

#include <gtest/gtest.h>

#include "base/base64.h"

namespace tbl {
namespace {

// What Go's json.Marshal prints for the same bytes.
TEST(GoJsonTest, Strings) {
  EXPECT_EQ(go_string("a\"b\\c\n\r\t\x01"), R"("a\"b\\c\n\r\t\u0001")");
  EXPECT_EQ(go_string("<a>&"), R"("\u003ca\u003e\u0026")");
  EXPECT_EQ(go_string("漢\u2028\u2029"), "\"漢\\u2028\\u2029\"");
  EXPECT_EQ(go_string("x\xffy"), R"("x\ufffdy")");
  EXPECT_EQ(go_string(""), R"("")");
  EXPECT_EQ(go_string("\x1f\x7f"), "\"\\u001f\x7f\"");
  EXPECT_EQ(go_string("x\xff\xc3"), R"("x\ufffd\ufffd")");
}

TEST(GoJsonTest, PlainLeavesHtml) {
  std::string out;
  append_go_escaped(out, "<&>\x02", GoJson::kPlain);
  EXPECT_EQ(out, "<&>\\u0002");
}

// RFC 4648, section 10.
TEST(Base64Test, Vectors) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xfb\xff"), "+/8=");
}

}  // namespace
}  // namespace tbl
