// Runs the scripts of tests/sql (their README describes them).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tidb/exec/sql_test_session.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

struct SqlCase {
  size_t line = 0;
  std::string sql;
  bool has_result = false;
  std::string mode;
  std::vector<std::string> result;
};

std::vector<SqlCase> read_cases(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<SqlCase> cases;
  SqlCase now;
  std::string line;
  auto finish = [&]() {
    if (!now.sql.empty()) cases.push_back(now);
    now = SqlCase();
  };
  for (size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty()) {
      finish();
    } else if (now.has_result) {
      now.result.push_back(line);
    } else if (line.starts_with("----")) {
      now.has_result = true;
      now.mode = line.size() > 5 ? line.substr(5) : "";
    } else if (line[0] != '#' || !now.sql.empty()) {
      if (now.sql.empty()) now.line = number;
      now.sql += (now.sql.empty() ? "" : "\n") + line;
    }
  }
  finish();
  return cases;
}

std::string escaped(const std::string& value) {
  if (value.empty()) return "(empty)";
  std::string out;
  for (char c : value) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::vector<std::string> lines_of(const SqlOutcome& outcome, bool sorted) {
  std::vector<std::string> lines;
  for (const auto& row : outcome.rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += (i ? "\t" : "") + escaped(row[i]);
    lines.push_back(line);
  }
  if (sorted) std::sort(lines.begin(), lines.end());
  return lines;
}

void check_error(const SqlCase& c, const SqlOutcome& outcome) {
  SqlErrorText error = describe_sql_error(outcome.status);
  std::string text = std::to_string(error.code) + " " + error.message;
  ASSERT_FALSE(c.result.empty());
  bool number_only = c.result[0].find(' ') == std::string::npos;
  EXPECT_EQ(number_only ? std::to_string(error.code) : text, c.result[0]);
}

void check(const SqlCase& c, const SqlOutcome& outcome) {
  if (c.mode == "error") {
    ASSERT_FALSE(outcome.status.ok()) << "it should fail";
    return check_error(c, outcome);
  }
  ASSERT_TRUE(outcome.status.ok())
      << describe_sql_error(outcome.status).code << " " << outcome.status.message();
  if (!c.has_result) return;
  if (c.mode == "ok") {
    EXPECT_EQ(std::vector{std::to_string(outcome.ok.affected_rows)}, c.result);
  } else {
    EXPECT_EQ(lines_of(outcome, c.mode == "sorted"), c.result);
  }
}

class SqlCases : public testing::TestWithParam<std::filesystem::path> {};

std::vector<std::filesystem::path> case_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(TBL_SQL_CASES)) {
    if (entry.path().extension() == ".test") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST_P(SqlCases, GiveTheRecordedResults) {
  SqlTestSession session;
  for (const SqlCase& c : read_cases(GetParam())) {
    SCOPED_TRACE(GetParam().string() + ":" + std::to_string(c.line) + ": " + c.sql);
    check(c, session.run(c.sql));
  }
}

INSTANTIATE_TEST_SUITE_P(Files, SqlCases, testing::ValuesIn(case_files()),
                         [](const auto& info) { return info.param.stem().string(); });

}  // namespace

}  // namespace tbl::tidb
