// Every line of tests/sql/functions: parsed, bound, evaluated, compared with what MariaDB said.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tidb/expr/func_expr.h"
#include "tidb/expr/test_hooks.h"
#include "tidb/types/collation.h"

namespace tbl::tidb {
namespace {

/// As tools/sqlcases/record_functions.py writes values.
std::string escaped(const std::string& value) {
  if (value.empty()) return "(empty)";
  std::string out;
  for (size_t i = 0; i < value.size();) {
    std::string_view rest = std::string_view(value).substr(i);
    size_t length = utf8_prefix(rest, 1);
    auto c = static_cast<unsigned char>(value[i]);
    char hex[8];
    std::snprintf(hex, sizeof(hex), "\\x%02x", c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (c == 0 || (length == 1 && c >= 0x80)) {
      out += hex;
    } else {
      out += rest.substr(0, length);
    }
    i += length;
  }
  return out;
}

class FunctionResults : public testing::TestWithParam<std::string> {};

TEST_P(FunctionResults, GiveTheRecordedResults) {
  std::ifstream file(std::string(TBL_FUNCTION_CASES) + "/" + GetParam() + ".test");
  TestSession session;
  std::string line, expression;
  int cases = 0;
  while (std::getline(file, line)) {
    constexpr std::string_view kSelect = "select ";
    if (line.compare(0, kSelect.size(), kSelect) == 0) expression = line.substr(kSelect.size());
    if (line.compare(0, 3, "-> ") != 0) continue;
    ++cases;
    EXPECT_EQ(escaped(session.value(expression)), line.substr(3)) << "select " << expression;
  }
  EXPECT_GT(cases, 30);
}

std::string text_of_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(FunctionCases, EveryFunctionHasOneAndIsDocumented) {
  std::string cases;
  for (const auto& entry : std::filesystem::directory_iterator(TBL_FUNCTION_CASES)) {
    cases += text_of_file(entry.path());
  }
  std::string docs = text_of_file(TBL_SQL_DOCS);
  auto names = function_names();
  EXPECT_GT(names.size(), 200u);
  for (std::string_view view : names) {
    std::string name(view);
    EXPECT_NE(docs.find("`" + name + "`"), std::string::npos) << name << " is not in docs/sql.md";
    bool called = cases.find(name + "(") != std::string::npos ||
                  cases.find("select " + name + "\n") != std::string::npos;
    EXPECT_TRUE(called) << name << " has no case";
  }
}

INSTANTIATE_TEST_SUITE_P(All, FunctionResults,
                         testing::Values("operators", "control", "string", "numeric", "date",
                                         "json", "information", "tidb"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tbl::tidb
