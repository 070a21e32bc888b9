// The folding of keys against the collations of a real server: whatever the server takes for equal
// must be equal after folding, or be known as not foldable.
#include <gtest/gtest.h>

#include <unordered_map>

#include "base/bytes.h"
#include "drainer/mysql/private_server.h"
#include "drainer/schedule/key_fold.h"

namespace tbl::mysql {
namespace {

constexpr const char* kCollations[] = {
    "general_ci",   "uca1400_ai_ci", "unicode_ci",    "unicode_520_ci", "swedish_ci",  "german2_ci",
    "danish_ci",    "turkish_ci",    "spanish2_ci",   "latvian_ci",     "roman_ci",    "polish_ci",
    "hungarian_ci", "esperanto_ci",  "lithuanian_ci", "croatian_ci",    "icelandic_ci"};

/// nullopt: not foldable, equal to anything.
std::optional<std::string> fold(const std::string& text) {
  std::string out;
  if (!schedule::append_folded_text(out, text)) return std::nullopt;
  return out;
}

class Collations : public testing::TestWithParam<const char*> {};

// Every character of the basic plane, most of those beyond, and all strings of up to two ASCII
// characters, grouped by their weights.
TEST_P(Collations, EqualWeightsHaveEqualFolds) {
  auto connection = PrivateServer::instance().connect();
  ASSERT_TRUE(connection->exec("USE mysql").ok());  // sequences need some database
  std::string collation = std::string("utf8mb4_") + GetParam();
  auto query = [&](const std::string& text, const std::string& from) {
    auto rows = connection->query("SELECT " + text + " AS s, HEX(WEIGHT_STRING(" + text +
                                  " COLLATE " + collation + ")) FROM " + from);
    EXPECT_TRUE(rows.ok()) << rows.status().to_string();
    return rows.ok() ? *rows : std::vector<SqlRow>();
  };
  // Languages differ in what they make of Latin letters: those without full tables of their own
  // need not be asked about Chinese and Korean.
  std::string from =
      "seq_1_to_195103 WHERE seq NOT BETWEEN 55296 AND 57343"
      " AND seq NOT BETWEEN 135168 AND 190463";
  std::string_view name = GetParam();
  bool is_language = name != "general_ci" && name != "unicode_520_ci" && name != "uca1400_ai_ci";
  if (is_language) from = "seq_1_to_65535 WHERE seq < 13312 OR seq > 63743";
  auto all = query("CONVERT(CHAR(seq USING utf32) USING utf8mb4)", from);
  auto pairs = query("CONVERT(CONCAT(CHAR(a.seq), CHAR(b.seq)) USING utf8mb4)",
                     "seq_32_to_126 a, seq_33_to_126 b");
  ASSERT_GT(all.size(), is_language ? 14000u : 130000u);
  ASSERT_GT(pairs.size(), 8000u);
  all.insert(all.end(), pairs.begin(), pairs.end());
  std::unordered_map<std::string, std::string> text_of_weight;
  int failures = 0;
  for (const SqlRow& row : all) {
    if (!fold(*row[0])) continue;
    auto [it, is_new] = text_of_weight.emplace(row[1].value_or(""), *row[0]);
    if (is_new || fold(it->second) == fold(*row[0])) continue;
    ADD_FAILURE() << "'" << it->second << "' (" << to_hex(it->second) << ") and '" << *row[0]
                  << "' (" << to_hex(*row[0]) << ") are equal in " << collation;
    ASSERT_LT(++failures, 20);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Collations, testing::ValuesIn(kCollations));

}  // namespace
}  // namespace tbl::mysql
