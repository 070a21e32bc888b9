// Types of columns and casts.
#include "tidb/parser/rules.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

using namespace ast;
using schema::FieldType;

namespace {

struct SimpleType {
  Kw word;
  uint8_t tp;
};

constexpr SimpleType kIntegers[] = {
    {"TINYINT", schema::kTypeTiny},    {"SMALLINT", schema::kTypeShort},
    {"MEDIUMINT", schema::kTypeInt24}, {"INT", schema::kTypeLong},
    {"INTEGER", schema::kTypeLong},    {"BIGINT", schema::kTypeLongLong},
    {"INT1", schema::kTypeTiny},       {"INT2", schema::kTypeShort},
    {"INT3", schema::kTypeInt24},      {"INT4", schema::kTypeLong},
    {"INT8", schema::kTypeLongLong},   {"MIDDLEINT", schema::kTypeInt24},
};

constexpr SimpleType kBlobs[] = {{"TINYBLOB", schema::kTypeTinyBlob},
                                 {"MEDIUMBLOB", schema::kTypeMediumBlob},
                                 {"LONGBLOB", schema::kTypeLongBlob},
                                 {"BLOB", schema::kTypeBlob}};

constexpr SimpleType kTexts[] = {{"TINYTEXT", schema::kTypeTinyBlob},
                                 {"MEDIUMTEXT", schema::kTypeMediumBlob},
                                 {"LONGTEXT", schema::kTypeLongBlob},
                                 {"TEXT", schema::kTypeBlob}};

constexpr SimpleType kTimes[] = {{"DATETIME", schema::kTypeDatetime},
                                 {"TIMESTAMP", schema::kTypeTimestamp},
                                 {"TIME", schema::kTypeDuration}};

template <size_t n>
bool accept_one(Cursor& in, const SimpleType (&types)[n], FieldType* type) {
  for (const auto& candidate : types) {
    if (!in.accept(candidate.word)) continue;
    type->tp = candidate.tp;
    return true;
  }
  return false;
}

void parse_numeric_attributes(Cursor& in, FieldType* type) {
  while (true) {
    if (in.accept("UNSIGNED")) {
      type->flag |= schema::kFlagUnsigned;
    } else if (in.accept("ZEROFILL")) {
      type->flag |= schema::kFlagZerofill | schema::kFlagUnsigned;
    } else if (!in.accept("SIGNED")) {
      return;
    }
  }
}

/// CHARACTER SET x, CHARSET x, ASCII, UNICODE, BYTE, BINARY in any order.
Status parse_string_attributes(Cursor& in, FieldType* type) {
  while (true) {
    if (in.accept("CHARACTER", "SET") || in.accept("CHAR", "SET") || in.accept("CHARSET")) {
      TBL_ASSIGN(type->charset, in.charset_name());
    } else if (in.accept("BINARY")) {
      type->flag |= schema::kFlagBinary;
    } else if (in.accept("ASCII")) {
      type->charset = "latin1";
    } else if (in.accept("UNICODE")) {
      type->charset = "ucs2";
    } else if (in.accept("BYTE")) {
      type->charset = "binary";
    } else {
      return ok_status();
    }
  }
}

Result<bool> parse_integer_type(Cursor& in, FieldType* type) {
  if (in.accept_any(Kw("BOOL"), Kw("BOOLEAN"))) {
    type->tp = schema::kTypeTiny;
    type->flen = 1;
    return true;
  }
  if (!accept_one(in, kIntegers, type)) return false;
  TBL_ASSIGN(type->flen, parse_length(in));
  parse_numeric_attributes(in, type);
  return true;
}

Result<bool> parse_real_type(Cursor& in, FieldType* type) {
  if (in.accept_any(Kw("DECIMAL"), Kw("NUMERIC"), Kw("DEC"), Kw("FIXED"))) {
    type->tp = schema::kTypeNewDecimal;
  } else if (in.accept_any(Kw("FLOAT"), Kw("FLOAT4"))) {
    type->tp = schema::kTypeFloat;
  } else if (in.at("REAL")) {
    in.take();
    type->tp = in.has_mode(kModeRealAsFloat) ? schema::kTypeFloat : schema::kTypeDouble;
  } else if (in.accept_any(Kw("DOUBLE"), Kw("FLOAT8"))) {
    in.accept("PRECISION");
    type->tp = schema::kTypeDouble;
  } else {
    return false;
  }
  TBL_TRY(parse_precision(in, type));
  // FLOAT(p) chooses by p; the length is gone then.
  if (type->tp == schema::kTypeFloat && type->flen >= 0 && type->decimal < 0) {
    if (type->flen > 53) {
      return sql_error(kErrWrongFieldSpec, "Incorrect column specifier for column");
    }
    if (type->flen > 24) type->tp = schema::kTypeDouble;
    type->flen = FieldType::kUnspecified;
  }
  parse_numeric_attributes(in, type);
  return true;
}

Status parse_char_length(Cursor& in, bool varying, FieldType* type) {
  type->tp = varying ? schema::kTypeVarchar : schema::kTypeString;
  if (varying && !in.at('(')) return in.syntax_error();
  TBL_ASSIGN(type->flen, parse_length(in));
  return ok_status();
}

/// CHAR, VARCHAR, NATIONAL .., NCHAR, NVARCHAR, LONG VARCHAR.
Result<bool> parse_char_type(Cursor& in, FieldType* type) {
  const bool national = in.accept("NATIONAL");
  bool utf8 = national;
  if (in.accept("VARCHAR") || in.accept("VARCHARACTER")) {
    TBL_TRY(parse_char_length(in, true, type));
  } else if (in.accept_any(Kw("CHAR"), Kw("CHARACTER"))) {
    const bool varying = in.accept("VARYING");
    TBL_TRY(parse_char_length(in, varying, type));
  } else if (in.accept("NVARCHAR") || in.accept("NCHAR", "VARCHAR") ||
             in.accept("NCHAR", "VARYING")) {
    utf8 = true;
    TBL_TRY(parse_char_length(in, true, type));
  } else if (in.accept("NCHAR")) {
    utf8 = true;
    TBL_TRY(parse_char_length(in, false, type));
  } else {
    if (national) return in.syntax_error();
    return false;
  }
  if (utf8) type->charset = "utf8";
  TBL_TRY(parse_string_attributes(in, type));
  return true;
}

Result<bool> parse_bytes_type(Cursor& in, FieldType* type) {
  if (in.accept("BINARY")) {
    TBL_TRY(parse_char_length(in, false, type));
  } else if (in.accept("VARBINARY")) {
    TBL_TRY(parse_char_length(in, true, type));
  } else if (accept_one(in, kBlobs, type)) {
    TBL_ASSIGN(type->flen, parse_length(in));
  } else if (in.accept("LONG", "VARBINARY")) {
    type->tp = schema::kTypeMediumBlob;
  } else {
    return false;
  }
  type->charset = "binary";
  return true;
}

Result<bool> parse_text_type(Cursor& in, FieldType* type) {
  if (accept_one(in, kTexts, type)) {
    TBL_ASSIGN(type->flen, parse_length(in));
  } else if (in.accept("LONG")) {
    in.accept_any(Kw("VARCHAR"), Kw("VARCHARACTER"));
    if (in.accept_any(Kw("CHAR"), Kw("CHARACTER"))) TBL_TRY(in.expect("VARYING"));
    type->tp = schema::kTypeMediumBlob;
  } else {
    return false;
  }
  TBL_TRY(parse_string_attributes(in, type));
  return true;
}

Result<bool> parse_time_type(Cursor& in, FieldType* type) {
  if (in.accept("DATE")) {
    type->tp = schema::kTypeDate;
    return true;
  }
  if (in.accept("YEAR")) {
    type->tp = schema::kTypeYear;
    TBL_ASSIGN(type->flen, parse_length(in));
    parse_numeric_attributes(in, type);
    return true;
  }
  if (!accept_one(in, kTimes, type)) return false;
  TBL_ASSIGN(int64_t fsp, parse_length(in));
  type->decimal = static_cast<int32_t>(std::min<int64_t>(fsp, INT32_MAX));
  return true;
}

/// ENUM('a', 'b'). Blanks at the end of a member do not count.
Result<bool> parse_members_type(Cursor& in, FieldType* type) {
  if (!in.at_any(Kw("ENUM"), Kw("SET"))) return false;
  type->tp = in.at("ENUM") ? schema::kTypeEnum : schema::kTypeSet;
  in.take();
  TBL_TRY(in.expect('('));
  do {
    std::string member;
    if (in.at_any(TokenKind::kHex, TokenKind::kBit)) {
      member = in.value(in.take());
    } else {
      TBL_ASSIGN(member, in.string());
    }
    while (!member.empty() && member.back() == ' ') member.pop_back();
    type->elems.push_back(std::move(member));
  } while (in.accept(','));
  TBL_TRY(in.expect(')'));
  TBL_TRY(parse_string_attributes(in, type));
  return true;
}

Result<bool> parse_other_type(Cursor& in, FieldType* type) {
  if (in.accept("JSON")) {
    type->tp = schema::kTypeJson;
    return true;
  }
  if (!in.accept("BIT")) return false;
  type->tp = schema::kTypeBit;
  TBL_ASSIGN(type->flen, parse_length(in));
  return true;
}

Status parse_cast_string(Cursor& in, FieldType* type) {
  type->tp = schema::kTypeVarString;
  if (in.accept("BINARY")) {
    type->charset = "binary";
    TBL_ASSIGN(type->flen, parse_length(in));
    return ok_status();
  }
  if (in.accept("NCHAR")) {
    type->charset = "utf8";
  } else if (!in.accept_any(Kw("CHAR"), Kw("CHARACTER"))) {
    return in.syntax_error();
  }
  TBL_ASSIGN(type->flen, parse_length(in));
  return parse_string_attributes(in, type);
}

}  // namespace

Result<int64_t> parse_length(Cursor& in) {
  if (!in.accept('(')) return FieldType::kUnspecified;
  TBL_ASSIGN(uint64_t length, in.integer());
  TBL_TRY(in.expect(')'));
  return static_cast<int64_t>(std::min<uint64_t>(length, UINT32_MAX));
}

Status parse_precision(Cursor& in, FieldType* type) {
  if (!in.accept('(')) return ok_status();
  TBL_ASSIGN(uint64_t length, in.integer());
  type->flen = static_cast<int64_t>(std::min<uint64_t>(length, UINT32_MAX));
  if (in.accept(',')) {
    TBL_ASSIGN(uint64_t decimal, in.integer());
    type->decimal = static_cast<int32_t>(std::min<uint64_t>(decimal, INT32_MAX));
  }
  return in.expect(')');
}

Result<FieldType> parse_column_type(Cursor& in) {
  FieldType type;
  using Rule = Result<bool> (*)(Cursor&, FieldType*);
  static constexpr Rule kRules[] = {parse_integer_type, parse_char_type, parse_time_type,
                                    parse_real_type,    parse_text_type, parse_members_type,
                                    parse_other_type};
  // LONG VARBINARY before LONG.
  TBL_ASSIGN(bool found, parse_bytes_type(in, &type));
  for (size_t i = 0; !found && i < std::size(kRules); ++i) {
    TBL_ASSIGN(found, kRules[i](in, &type));
  }
  if (!found) return in.syntax_error();
  return type;
}

Result<FieldType> parse_cast_type(Cursor& in) {
  FieldType type;
  if (in.at_any(Kw("SIGNED"), Kw("UNSIGNED"))) {
    type.tp = schema::kTypeLongLong;
    if (in.at("UNSIGNED")) type.flag |= schema::kFlagUnsigned;
    in.take();
    in.accept_any(Kw("INTEGER"), Kw("INT"));
  } else if (in.accept("DECIMAL")) {
    type.tp = schema::kTypeNewDecimal;
    TBL_TRY(parse_precision(in, &type));
  } else if (in.at_any(Kw("DATE"), Kw("TIME"), Kw("DATETIME"), Kw("YEAR"))) {
    TBL_ASSIGN(bool time, parse_time_type(in, &type));
    (void)time;
  } else if (in.accept("JSON")) {
    type.tp = schema::kTypeJson;
  } else if (in.at_any(Kw("DOUBLE"), Kw("FLOAT"), Kw("REAL"))) {
    TBL_ASSIGN(bool real, parse_real_type(in, &type));
    (void)real;
  } else {
    TBL_TRY(parse_cast_string(in, &type));
  }
  return type;
}

}  // namespace tbl::tidb
