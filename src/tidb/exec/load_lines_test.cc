#include "tidb/exec/load_lines.h"

#include <gtest/gtest.h>

namespace tbl::tidb {

namespace {

class TextInput : public LoadDataInput {
 public:
  TextInput(std::string text, size_t piece) : text_(std::move(text)), piece_(piece) {}
  Status open(const std::string&, bool) override { return ok_status(); }
  Result<std::string> read() override {
    std::string piece = text_.substr(0, piece_);
    text_.erase(0, piece.size());
    return piece;
  }

 private:
  std::string text_;
  size_t piece_;
};

std::string shown(const std::string& text, const LoadDataPlan::Format& format, size_t piece) {
  TextInput input(text, piece);
  LoadLines lines(format, input);
  EXPECT_TRUE(lines.start().ok());
  std::string out;
  std::vector<LoadField> fields;
  while (true) {
    auto more = lines.next(&fields);
    EXPECT_TRUE(more.ok());
    if (!more.ok() || !*more) return out;
    for (const LoadField& field : fields) out += "[" + field.value_or("NULL") + "]";
    out += ";";
  }
}

/// The text must be read alike however it comes in pieces.
void expect_lines(const std::string& text, const LoadDataPlan::Format& format,
                  const std::string& expected) {
  for (size_t piece : {1u, 2u, 3u, 1000u}) EXPECT_EQ(shown(text, format, piece), expected) << piece;
}

TEST(LoadLines, DefaultFormat) {
  LoadDataPlan::Format format;
  expect_lines("1\ta\n2\t\\N\n", format, "[1][a];[2][NULL];");
  expect_lines("1\ta", format, "[1][a];");
  expect_lines("", format, "");
  expect_lines("a\\tb\\\\\tc\\\td\n", format, "[a\tb\\][c\td];");
  expect_lines("\t\n", format, "[][];");
}

TEST(LoadLines, Csv) {
  LoadDataPlan::Format format;
  format.fields_terminated = ",";
  format.fields_enclosed = "\"";
  format.lines_terminated = "\r\n";
  format.ignore_lines = 1;
  expect_lines("h1,h2\r\n\"a,b\",c\r\n\"say \"\"hi\"\"\",NULL\r\n\"x\r\ny\",\"NULL\"\r\n", format,
               "[a,b][c];[say \"hi\"][NULL];[x\r\ny][NULL];");
}

TEST(LoadLines, PrefixAndLongSeparators) {
  LoadDataPlan::Format format;
  format.fields_terminated = "||";
  format.lines_starting = ">>";
  expect_lines("junk>>a||b\nmore>>c|d||\nrest", format, "[a][b];[c|d][];");
}

}  // namespace

}  // namespace tbl::tidb
