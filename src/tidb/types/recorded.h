// Reads testdata/*.txt, which tools/sqlcases/record_values.py recorded from MariaDB. For the tests
// of this folder only.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "tidb/types/collation.h"
#include "tidb/types/field_type.h"
#include "tidb/types/value.h"

namespace tbl::tidb {

using Fields = std::vector<std::string>;

inline Fields split(const std::string& line, char by) {
  Fields out(1);
  for (char c : line) {
    if (c == by) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

/// The rows without comments.
inline std::vector<Fields> recorded_rows(const std::string& name) {
  std::ifstream in(std::string(TBL_TYPES_DATA "/") + name);
  EXPECT_TRUE(in.is_open()) << name;
  std::vector<Fields> rows;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with('#')) rows.push_back(split(line, '\t'));
  }
  EXPECT_FALSE(rows.empty());
  return rows;
}

/// A row of functions.txt.
struct RecordedCall {
  Fields arguments;
  std::string result;  ///< TiDB's where it differs
  std::string text;    ///< for messages
};
inline RecordedCall recorded_call(const Fields& row) {
  RecordedCall call;
  size_t i = 1;
  for (; i < row.size() && row[i] != "="; ++i) call.arguments.push_back(row[i]);
  EXPECT_LT(i + 1, row.size()) << row[0];
  call.result = i + 2 < row.size() ? row[i + 2] : row[i + 1];
  call.text = row[0];
  for (const std::string& a : call.arguments) call.text += " " + a;
  return call;
}

/// "i:5", "n:1.5", "s:text", ...: see record_values.py.
inline Value recorded_value(const std::string& text) {
  std::string body = text.substr(2);
  switch (text[0]) {
    case 'i':
      if (body[0] == '-') return Value::of_int(std::strtoll(body.c_str(), nullptr, 10));
      if (uint64_t v = std::strtoull(body.c_str(), nullptr, 10); v > ~0ULL >> 1) {
        return Value::of_uint(v);
      }
      return Value::of_int(std::strtoll(body.c_str(), nullptr, 10));
    case 'n':
      return Value::of_decimal(Decimal::parse(body).value);
    case 'd':
      return Value::of_double(std::strtod(body.c_str(), nullptr));
    case 'x':
      return Value::of_bits(*from_hex(body));
    case 't':
      return Value::of_time(parse_time(body, schema::kTypeDatetime, -1)->value);
    case 'D':
      return Value::of_time(parse_time(body, schema::kTypeDate, 0)->value);
    case 'T':
      return Value::of_duration(parse_sql_duration(body, -1)->value);
    case 'N':
      return Value::null();
    default:
      return Value::of_string(body);
  }
}

/// "decimal(5,2) unsigned", "enum('a','b')".
inline FieldType recorded_type(const std::string& text) {
  size_t open = text.find('(');
  std::string name = text.substr(0, std::min(open, text.find(' ')));
  std::string arguments;
  if (open != std::string::npos) arguments = text.substr(open + 1, text.rfind(')') - open - 1);
  FieldType type;
  bool found = false;
  for (int i = 0; i < 512 && !found; ++i) {
    type.tp = static_cast<uint8_t>(i / 2);
    type.charset = i % 2 == 0 ? "utf8mb4" : "binary";
    found = type_name(type) == name;
  }
  EXPECT_TRUE(found) << "no such type: " << text;
  type.collate = type.charset == "binary" ? "binary" : "utf8mb4_bin";
  if (text.ends_with("unsigned")) type.flag |= schema::kFlagUnsigned;
  if (name == "enum" || name == "set") {
    for (const std::string& e : split(arguments, ','))
      type.elems.push_back(e.substr(1, e.size() - 2));
  } else if (!arguments.empty()) {
    Fields numbers = split(arguments, ',');
    if (is_temporal_type(type.tp)) {
      type.decimal = std::stoi(numbers[0]);
    } else {
      type.flen = std::stoi(numbers[0]);
    }
    if (numbers.size() > 1) type.decimal = std::stoi(numbers[1]);
  }
  fill_type_defaults(type);
  return type;
}

}  // namespace tbl::tidb
