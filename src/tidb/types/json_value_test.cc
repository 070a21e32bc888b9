// JSON: damaged documents, depth, paths, order. What functions compute is in recorded_json_test.cc.
#include "tidb/types/json_value.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "base/test_seed.h"
#include "codec/json_builder.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

std::string doc(std::string_view text) {
  auto parsed = json_parse(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? *parsed : json_null();
}

TEST(Json, WritesTheKnownForm) {
  using codec::JsonValue;
  auto expected =
      JsonValue::object({{"a", JsonValue::number(1)},
                         {"b", JsonValue::array({JsonValue::literal(1), JsonValue::string("x")})},
                         {"c", JsonValue::real(1.5)}});
  EXPECT_EQ(to_hex(doc(R"({"c": 1.5, "b": [true, "x"], "a": 9, "a": 1})")),
            to_hex(expected.encoded()));
  EXPECT_EQ(doc("18446744073709551615"), JsonValue::unsigned_number(~0ull).encoded());
  EXPECT_EQ(doc("1.0"), JsonValue::real(1).encoded());
  EXPECT_EQ(doc("1e2"), JsonValue::real(100).encoded());
  EXPECT_EQ(json_array(std::vector{json_of_int(1), json_null()}), doc("[1, null]"));
  EXPECT_EQ(json_object({{"b", json_of_bool(true)}, {"a", json_of_string("x")}}),
            doc(R"({"a": "x", "b": true})"));
}

TEST(Json, UnicodeEscapes) {
  EXPECT_EQ(json_as_string(doc(R"("\u00e4\ud83c\udf00\/")")), "ä🌀/");
  EXPECT_EQ(json_as_string(doc(R"("\ud83c")")), "\xEF\xBF\xBD");
  EXPECT_EQ(json_as_string(doc(R"("\ud83cx")")), "\xEF\xBF\xBDx");
  EXPECT_EQ(json_as_string(doc("\"a\xff\"")), "a\xEF\xBF\xBD");
  EXPECT_FALSE(json_parse("\"\\u12\"").ok());
  EXPECT_FALSE(json_parse("\"a\nb\"").ok());
}

TEST(Json, RefusesWhatIsNone) {
  EXPECT_EQ(json_parse("").status().message(), "Invalid JSON text: The document is empty");
  EXPECT_EQ(json_parse("1 2").status().message(),
            "Invalid JSON text: The document root must not be followed by other values.");
  EXPECT_EQ(json_parse("{").status().detail(), kErrInvalidJsonText);
  std::string deep = std::string(200, '[') + std::string(200, ']');
  EXPECT_EQ(json_parse(deep).status().detail(), kErrJsonDocumentTooDeep);
  EXPECT_FALSE(json_parse("1e999").ok());
}

TEST(Json, DamagedBytesNeverCrash) {
  uint64_t seed = test_seed();
  std::mt19937_64 rng(seed);
  const std::string good = doc(R"({"a": [1, 2.5, "text", null, {"k": true}], "b": {"c": [[]]}})");
  ASSERT_TRUE(json_is_intact(good));
  int refused = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string bad = good;
    for (size_t n = rng() % 4 + 1; n > 0; --n) bad[rng() % bad.size()] = static_cast<char>(rng());
    if (rng() % 4 == 0) bad.resize(rng() % bad.size());
    refused += json_is_intact(bad) ? 0 : 1;
    json_to_text(bad);
    json_compare(bad, good);
    json_merge_patch(bad, good);
    json_depth(bad);
  }
  EXPECT_GT(refused, 1000);
  EXPECT_FALSE(json_is_intact(""));
}

TEST(Json, ElementsThatAreShared) {
  // An array whose entries all name the same place would be exponential if followed blindly.
  std::string bytes(1, static_cast<char>(codec::kJsonArray));
  std::string body;
  put_le32(body, 4);
  put_le32(body, 28);
  for (int i = 0; i < 4; ++i) {
    body += static_cast<char>(codec::kJsonArray);
    put_le32(body, 0);  // the container itself
  }
  EXPECT_FALSE(json_is_intact(bytes + body));
}

TEST(Json, Order) {
  const char* rising[] = {"null", "-1.5",   "0",     "1",     "1.5",        "18446744073709551615",
                          "\"\"", "\"a\"",  "\"b\"", "{}",    "{\"a\": 1}", "[]",
                          "[1]",  "[1, 2]", "[2]",   "false", "true"};
  for (size_t i = 0; i < std::size(rising); ++i) {
    for (size_t k = 0; k < std::size(rising); ++k) {
      int expected = i < k ? -1 : (i > k ? 1 : 0);
      EXPECT_EQ(json_compare(doc(rising[i]), doc(rising[k])), expected) << rising[i] << rising[k];
    }
  }
  EXPECT_EQ(json_compare(doc("1"), doc("1.0")), 0);
}

TEST(JsonPath, ReadsAndPrints) {
  for (const char* text :
       {"$", "$.a", "$[3]", "$.*", "$[*]", "$**.a", "$.a[1].b", "$.\"a b\"", "$._x$1"}) {
    auto path = JsonPath::parse(text);
    ASSERT_TRUE(path.ok()) << text;
    EXPECT_EQ(path->to_string(), text);
  }
  EXPECT_EQ(JsonPath::parse(" $ . a [ 1 ] ")->to_string(), "$.a[1]");
  EXPECT_TRUE(JsonPath::parse("$**.a")->has_wildcard());
  EXPECT_FALSE(JsonPath::parse("$.a[1]")->has_wildcard());
  for (const char* text : {"", "a", "$.", "$[", "$[a]", "$[-1]", "$**", "$.a.", "$.1a", "$.\"a",
                           "$***.a", "$[99999999999]"}) {
    EXPECT_EQ(JsonPath::parse(text).status().detail(), kErrInvalidJsonPath) << text;
  }
}

TEST(Json, SearchGivesPaths) {
  auto is_x = [](std::string_view s) { return s == "x"; };
  std::string d = doc(R"({"a": "x", "b c": ["y", "x"], "d": {"e": "x"}})");
  EXPECT_EQ(json_to_text(*json_search(d, false, is_x, {})), R"(["$.a", "$.\"b c\"[1]", "$.d.e"])");
  EXPECT_EQ(json_to_text(*json_search(d, true, is_x, {})), "\"$.a\"");
  std::vector<JsonPath> under = {*JsonPath::parse("$.d")};
  EXPECT_EQ(json_to_text(*json_search(d, false, is_x, under)), "\"$.d.e\"");
  EXPECT_FALSE(json_search(doc("[1]"), false, is_x, {}));
}

TEST(Json, ErrorsOfChanges) {
  std::vector<JsonPath> wild = {*JsonPath::parse("$.*")};
  EXPECT_EQ(json_remove(doc("{}"), wild).status().detail(), kErrInvalidJsonPathWildcard);
  std::vector<JsonPath> root = {*JsonPath::parse("$")};
  EXPECT_EQ(json_remove(doc("{}"), root).status().detail(), kErrJsonVacuousPath);
  std::vector<JsonChange> member = {{*JsonPath::parse("$.a"), json_null()}};
  EXPECT_EQ(json_array_insert(doc("{}"), member).status().detail(), kErrInvalidJsonPathArrayCell);
}

TEST(Json, OverlapsAndPretty) {
  EXPECT_TRUE(json_overlaps(doc("[1, 2]"), doc("[2, 3]")));
  EXPECT_FALSE(json_overlaps(doc("[1, 2]"), doc("[3]")));
  EXPECT_TRUE(json_overlaps(doc("[1, 2]"), doc("2")));
  EXPECT_TRUE(json_overlaps(doc(R"({"a": 1, "b": 2})"), doc(R"({"b": 2})")));
  EXPECT_FALSE(json_overlaps(doc(R"({"a": 1})"), doc(R"({"a": 2})")));
  EXPECT_EQ(json_pretty(doc(R"({"a": [1, {}], "b": []})")),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

}  // namespace
}  // namespace tbl::tidb
