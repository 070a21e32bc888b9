#include "codec/json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/json_builder.h"
#include "codec/test_util.h"
#include "codec/time.h"

namespace tbl::codec {
namespace {

std::string text(Bytes value) {
  std::string out;
  return append_json_text(out, value) ? out : "refused";
}
std::string text(const JsonValue& value) { return text(Bytes(value.encoded())); }

constexpr const char* kCaptured =
    "01 02000000 68000000 1e000000 0100 1f000000 0100 03 20000000 01 60000000 6b 6f"
    "06000000 40000000 09 26000000 09 2e000000 0b 36000000 0c 3e000000 04 00000000 04 01000000"
    "0100000000000000 feffffffffffffff 000000000000f83f 0173 00000000 08000000";

TEST(Json, CapturedValue) {
  EXPECT_EQ(text(hex(kCaptured)), R"({"k": [1, -2, 1.5, "s", null, true], "o": {}})");
  EXPECT_EQ(text(hex("01020000004a0000001e00000001001f000000010009200000000328000000616201000000000"
                     "00000020000002200"
                     "00000912000000091a00000001000000000000000200000000000000")),
            R"({"a": 1, "b": [1, 2]})");
}

TEST(Json, BuilderMakesTheCapturedBytes) {
  using J = JsonValue;
  J value = J::object({{"k", J::array({J::number(1), J::number(-2), J::real(1.5), J::string("s"),
                                       J::literal(0), J::literal(1)})},
                       {"o", J::object({})}});
  EXPECT_EQ(to_hex(value.encoded()), to_hex(hex(kCaptured)));
}

TEST(Json, MeasuresEveryType) {
  for (const char* value :
       {kCaptured, "0400", "090100000000000000", "0a0100000000000000", "0b0100000000000000",
        "0c0173", "0dfc0161", "0e002400000000901f", "0f002400000000901f", "10002400000000901f",
        "11000000000000000006000000"}) {
    std::string bytes = hex(value);
    std::string more = bytes + "tail";
    ByteReader in(more);
    Bytes read;
    ASSERT_TRUE(read_json(in, &read)) << value;
    EXPECT_EQ(read, bytes);
    for (size_t n = 0; n < bytes.size(); ++n) {
      ByteReader cut(Bytes(bytes).substr(0, n));
      EXPECT_FALSE(read_json(cut, &read)) << value << " cut at " << n;
    }
  }
}

TEST(Json, Scalars) {
  EXPECT_EQ(text(hex("0400")), "null");
  EXPECT_EQ(text(hex("0401")), "true");
  EXPECT_EQ(text(hex("0402")), "false");
  EXPECT_EQ(text(hex("0403")), "refused");
  EXPECT_EQ(text(JsonValue::number(std::numeric_limits<int64_t>::min())), "-9223372036854775808");
  EXPECT_EQ(text(JsonValue::unsigned_number(~0ull)), "18446744073709551615");
}

TEST(Json, Floats) {
  const std::pair<double, const char*> cases[] = {{1.0, "1"},
                                                  {0.0, "0"},
                                                  {-0.5, "-0.5"},
                                                  {1e20, "100000000000000000000"},
                                                  {1e21, "1e+21"},
                                                  {1e-6, "0.000001"},
                                                  {1e-7, "1e-7"},
                                                  {1.5e-9, "1.5e-9"},
                                                  {1.25e-10, "1.25e-10"},
                                                  {1e100, "1e+100"},
                                                  {123456789.125, "123456789.125"},
                                                  {1.2345678901234567e20, "123456789012345670000"},
                                                  {-2.5e-300, "-2.5e-300"}};
  for (auto [value, expected] : cases) EXPECT_EQ(text(JsonValue::real(value)), expected);
}

TEST(Json, Strings) {
  auto quoted = [](Bytes v) { return text(JsonValue::string(v)); };
  EXPECT_EQ(quoted("a\"b\\c\n\r\t"), R"("a\"b\\c\n\r\t")");
  EXPECT_EQ(quoted(Bytes("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(quoted("<a&b>"), "\"<a&b>\"");
  EXPECT_EQ(quoted("\u4e16\U0001f600"), "\"\u4e16\U0001f600\"");
  EXPECT_EQ(quoted("x\u2028\u2029y"), R"("x\u2028\u2029y")");
  EXPECT_EQ(quoted("a\xff\xe4\xb8z"), R"("a\ufffd\ufffd\ufffdz")");
}

TEST(Json, TimesAndOpaque) {
  std::string core;
  put_le64(core, 0x1f908641461e2400u);
  EXPECT_EQ(text('\x0e' + core), "\"2020-02-03\"");
  EXPECT_EQ(text('\x0f' + core), "\"2020-02-03 04:05:06.123456\"");
  EXPECT_EQ(text('\x10' + core), "\"2020-02-03 04:05:06.123456\"");
  std::string duration(1, '\x11');
  put_le64(duration, static_cast<uint64_t>(-3723450000000));
  put_le32(duration, 2);
  EXPECT_EQ(text(duration), "\"-01:02:03.450000\"");
  EXPECT_EQ(text(hex("0d fc 03 616263")), "\"base64:type252:YWJj\"");
  EXPECT_EQ(text(hex("0d 10 02 00ff")), "\"base64:type16:AP8=\"");
  EXPECT_EQ(text(hex("0d 0f 01 61")), "\"base64:type15:YQ==\"");
  EXPECT_EQ(text(hex("0d 0f 00")), "\"base64:type15:\"");
}

JsonValue nested(int depth) {
  JsonValue value = JsonValue::array({});
  for (int i = 1; i < depth; ++i) value = JsonValue::array({value});
  return value;
}

TEST(Json, DepthIsLimited) {
  EXPECT_EQ(text(nested(3)), "[[[]]]");
  EXPECT_EQ(text(nested(kMaxJsonDepth)).size(), 200u);
  EXPECT_EQ(text(nested(kMaxJsonDepth + 1)), "refused");
}

TEST(Json, DamagedContainersAreRefused) {
  EXPECT_EQ(text(""), "refused");
  EXPECT_EQ(text(hex("05 00")), "refused");
  EXPECT_EQ(text(hex("03 ffffffff 08000000")), "refused");              // count beyond the value
  EXPECT_EQ(text(hex("03 01000000 0d000000 09 0d000000")), "refused");  // offset at the end
  EXPECT_EQ(text(hex("03 01000000 0d000000 09 ffffffff")), "refused");  // offset far outside
  EXPECT_EQ(text(hex("03 01000000 0d000000 04 03000000")), "refused");  // unknown literal
  EXPECT_EQ(text(hex("03 00000000 07000000")), "refused");              // smaller than its header
  EXPECT_EQ(text(hex("03 00000000 08000000 00")), "refused");           // bytes behind
  EXPECT_EQ(text(hex("03 01000000 0d000000 03 00000000")), "refused");  // contains itself
  EXPECT_EQ(text(hex("01 01000000 13000000 00000000 ffff 04 00000000")), "refused");  // key outside
}

/// Many elements that share one deep array: exponential unless limited.
TEST(Json, SharedElementsDoNotExplode) {
  std::string body;
  constexpr uint32_t kLevels = 60;
  constexpr uint32_t kLevelSize = 8 + 2 * 5;
  for (uint32_t level = 0; level < kLevels; ++level) {
    put_le32(body, 2);
    put_le32(body, (kLevels - level) * kLevelSize);
    for (int i = 0; i < 2; ++i) {
      body += '\x03';
      put_le32(body, level + 1 < kLevels ? kLevelSize : 0);
    }
  }
  EXPECT_EQ(text('\x03' + body), "refused");
}

/// A random value and its text.
std::pair<JsonValue, std::string> random_json(int depth) {
  auto quoted = [](const std::string& s) {
    std::string out;
    append_json_string(out, s);
    return out;
  };
  switch (*rc::gen::inRange(0, depth > 0 ? 6 : 4)) {
    case 0: {
      auto v = *rc::gen::arbitrary<int64_t>();
      return {JsonValue::number(v), std::to_string(v)};
    }
    case 1: {
      auto v = *rc::gen::arbitrary<uint64_t>();
      return {JsonValue::unsigned_number(v), std::to_string(v)};
    }
    case 2: {
      auto v = *rc::gen::arbitrary<std::string>();
      return {JsonValue::string(v), quoted(v)};
    }
    case 3:
      return {JsonValue::literal(1), "true"};
    case 4: {
      std::vector<JsonValue> elements;
      std::string expected;
      for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
        auto [value, value_text] = random_json(depth - 1);
        elements.push_back(value);
        expected += (expected.empty() ? "" : ", ") + value_text;
      }
      return {JsonValue::array(elements), "[" + expected + "]"};
    }
    default: {
      std::vector<std::pair<std::string, JsonValue>> members;
      std::string expected;
      for (int n = *rc::gen::inRange(0, 4); n > 0; --n) {
        auto [value, value_text] = random_json(depth - 1);
        auto key = *rc::gen::arbitrary<std::string>();
        members.emplace_back(key, value);
        expected += (expected.empty() ? "" : ", ") + quoted(key) + ": " + value_text;
      }
      return {JsonValue::object(members), "{" + expected + "}"};
    }
  }
}

RC_GTEST_PROP(Json, RandomValues, ()) {
  auto [value, expected] = random_json(5);
  RC_ASSERT(text(value) == expected);
}

RC_GTEST_PROP(Json, ChangedBytesNeverCrash, (uint8_t change)) {
  std::string bytes = random_json(4).first.encoded();
  bytes[*rc::gen::inRange<size_t>(0, bytes.size())] ^= static_cast<char>(change);
  std::string out;
  append_json_text(out, bytes);
  RC_ASSERT(out.size() <= bytes.size() * 128 + 4096);
}

}  // namespace
}  // namespace tbl::codec
