// Texts and numbers written otherwise: HEX, CONV, CHAR, ASCII, TO_BASE64, QUOTE, FORMAT, SOUNDEX,
// ...
#include <openssl/evp.h>

#include <algorithm>

#include "base/base64.h"
#include "tidb/expr/call_args.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/expr/text_chars.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

Result<FieldType> code_type(BuildCall&) { return int_type_of_width(10); }

/// Text of the connection, `kFactor` times as wide as the argument plus `kMore`.
template <int64_t kFactor, int64_t kMore>
Result<FieldType> scaled_text(BuildCall& call) {
  int64_t width = text_width(call.type(0));
  return text_type(width < 0 ? -1 : std::min(width * kFactor + kMore, kMaxBlobWidth), call.ctx);
}

/// Bytes stay bytes: UPPER leaves them alone.
Result<FieldType> quote_type(BuildCall& call) {
  TBL_ASSIGN(FieldType type, (scaled_text<2, 2>(call)));
  return text_type_of(call.args, type.flen, call.ctx);
}

Result<FieldType> long_bytes(BuildCall& call) { return bytes_type(text_width(call.type(0))); }
Result<FieldType> number_text(BuildCall& call) { return text_type(64, call.ctx); }

Result<Value> eval_ascii(Call& call) {
  std::string text = text_arg(call, 0);
  return Value::of_int(text.empty() ? 0 : static_cast<unsigned char>(text[0]));
}

/// The bytes of the first character as a number.
Result<Value> eval_ord(Call& call) {
  std::string text = text_arg(call, 0);
  size_t length = is_bytes_arg(call, 0) ? std::min<size_t>(text.size(), 1) : utf8_prefix(text, 1);
  int64_t code = 0;
  for (size_t i = 0; i < length; ++i) code = code << 8 | static_cast<unsigned char>(text[i]);
  return Value::of_int(code);
}

std::string in_base(uint64_t v, unsigned base) {
  std::string out;
  do {
    out += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[v % base];
    v /= base;
  } while (v != 0);
  std::reverse(out.begin(), out.end());
  return out;
}

template <unsigned kBase>
Result<Value> eval_in_base(Call& call) {
  TBL_ASSIGN(uint64_t v, bits_of(call.args[0], call.ctx));
  return Value::of_string(in_base(v, kBase));
}

std::string hex_of(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char c : bytes) {
    out += "0123456789ABCDEF"[c >> 4];
    out += "0123456789ABCDEF"[c & 15];
  }
  return out;
}

Result<Value> eval_hex(Call& call) {
  bool number = is_number(call.arg_type(0)) && call.args[0].kind() != ValueKind::kBits;
  if (!number) return Value::of_string(hex_of(text_arg(call, 0)));
  TBL_ASSIGN(uint64_t v, bits_of(call.args[0], call.ctx));
  return Value::of_string(in_base(v, 16));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

Result<Value> eval_unhex(Call& call) {
  std::string text = text_arg(call, 0);
  if (text.size() % 2 == 1) text.insert(0, "0");
  std::string out;
  for (size_t i = 0; i < text.size(); i += 2) {
    int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return Value::null();
    out += static_cast<char>(high << 4 | low);
  }
  return Value::of_string(std::move(out));
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  return 99;
}

/// The longest prefix that is a number in this base; clipped to 64 bits.
uint64_t number_in_base(std::string_view text, int64_t base, bool* negative) {
  size_t i = text.find_first_not_of(" \t\n\r");
  if (i == std::string_view::npos) return 0;
  *negative = text[i] == '-';
  if (text[i] == '-' || text[i] == '+') ++i;
  uint64_t v = 0;
  for (; i < text.size() && digit_of(text[i]) < base; ++i) {
    auto digit = static_cast<uint64_t>(digit_of(text[i]));
    bool over = __builtin_mul_overflow(v, static_cast<uint64_t>(base), &v);
    if (over || __builtin_add_overflow(v, digit, &v)) return UINT64_MAX;
  }
  return v;
}

/// CONV(text, from, to): a negative base means signed numbers.
Result<Value> eval_conv(Call& call) {
  TBL_ASSIGN(int64_t from, length_arg(call, 1));
  TBL_ASSIGN(int64_t to, length_arg(call, 2));
  auto valid = [](int64_t base) { return base >= -36 && base <= 36 && (base >= 2 || base <= -2); };
  if (!valid(from) || !valid(to)) return Value::null();
  bool negative = false;
  std::string text = text_arg(call, 0);
  uint64_t v = 0;
  if (call.args[0].kind() == ValueKind::kBits) {
    TBL_ASSIGN(v, bits_of(call.args[0], call.ctx));
  } else {
    v = number_in_base(text, from < 0 ? -from : from, &negative);
    constexpr uint64_t kSigned = 1ULL << 63;
    if (from < 0) v = std::min(v, negative ? kSigned : kSigned - 1);
    if (negative && v == UINT64_MAX) negative = false;
  }
  if (negative) v = 0 - v;
  bool minus = to < 0 && static_cast<int64_t>(v) < 0;
  std::string digits = in_base(minus ? 0 - v : v, static_cast<unsigned>(to < 0 ? -to : to));
  return Value::of_string(minus ? "-" + digits : digits);
}

/// The last argument is the character set, NULL for bytes.
Result<FieldType> char_type(BuildCall& call) {
  auto width = static_cast<int64_t>(call.args.size() - 1) * 4;
  const Expr& charset = *call.args.back();
  if (is_null_type(charset.type())) return bytes_type(width);
  if (charset.kind() != ExprKind::kConstant) return internal_error("CHAR without a charset");
  const Value& name = static_cast<const Constant&>(charset).value();
  TBL_ASSIGN(auto resolved, resolve_charset(to_text(name), ""));
  if (resolved.charset == kBinaryCharset) return bytes_type(width);
  FieldType type = text_type(width, call.ctx);
  type.charset = resolved.charset;
  type.collate = resolved.collate;
  return type;
}

Result<Value> eval_char(Call& call) {
  std::string out;
  for (size_t i = 0; i + 1 < call.args.size(); ++i) {
    if (call.args[i].is_null()) continue;
    // Unlike in bit operations, a DECIMAL is a signed number here.
    const Value& arg = call.args[i];
    const bool is_decimal = arg.kind() == ValueKind::kDecimal;
    TBL_ASSIGN(
        uint64_t bits,
        bits_of(is_decimal ? Value::of_int(arg.as_decimal().to_int(nullptr)) : arg, call.ctx));
    auto code = static_cast<uint32_t>(bits);
    for (int shift = 24; shift > 0; shift -= 8) {
      if (code >> shift) out += static_cast<char>(code >> shift & 255);
    }
    out += static_cast<char>(code & 255);
  }
  if (!call.expr.type().is_byte_string()) {
    size_t valid = valid_prefix(call.expr.type().charset, out);
    if (valid < out.size()) return Value::null();
  }
  return Value::of_string(std::move(out));
}

/// Lines of 76 characters.
Result<Value> eval_to_base64(Call& call) {
  std::string text = text_arg(call, 0);
  if (exceeds_packet(call, text.size() / 3 + 1, 4)) return too_large(call);
  const std::string flat = base64(text);
  constexpr size_t kLine = 76;
  std::string out;
  for (size_t i = 0; i < flat.size(); i += kLine) {
    if (i > 0) out += '\n';
    out.append(flat, i, kLine);
  }
  return Value::of_string(std::move(out));
}

Result<Value> eval_from_base64(Call& call) {
  std::string text = text_arg(call, 0);
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
  if (text.size() % 4 != 0) return Value::null();
  std::string out(text.size() / 4 * 3 + 1, '\0');
  int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                               reinterpret_cast<const unsigned char*>(text.data()),
                               static_cast<int>(text.size()));
  if (length < 0) return Value::null();
  size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  out.resize(static_cast<size_t>(length) - padding);
  return Value::of_string(std::move(out));
}

/// 'It\'s', or the word NULL.
Result<Value> eval_quote(Call& call) {
  if (call.args[0].is_null()) return Value::of_string("NULL");
  std::string out = "'";
  for (char c : text_arg(call, 0)) {
    if (c == '\'' || c == '\\') out += '\\';
    if (c == '\0') {
      out += "\\0";
    } else if (c == 0x1A) {
      out += "\\Z";
    } else {
      out += c;
    }
  }
  return Value::of_string(out + "'");
}

/// FORMAT(number, places): with commas between thousands.
Result<Value> eval_format(Call& call) {
  TBL_ASSIGN(int64_t places, length_arg(call, 1));
  places = std::clamp<int64_t>(places, 0, Decimal::kMaxFrac);
  TBL_ASSIGN(Decimal v, decimal_arg(call, 0));
  std::string text = v.round(static_cast<int>(places)).to_string();
  size_t point = std::min(text.find('.'), text.size());
  size_t first = text[0] == '-' ? 1 : 0;
  for (size_t at = point; at > first + 3;) text.insert(at -= 3, ",");
  return Value::of_string(std::move(text));
}

/// The digit of a letter's sound; 0 for vowels and what is no letter.
char sound_of(char c) {
  constexpr std::string_view kCodes = "01230120022455012623010202";
  return c >= 'A' && c <= 'Z' ? kCodes[static_cast<size_t>(c - 'A')] : '0';
}

Result<Value> eval_soundex(Call& call) {
  std::string text = ascii_upper(text_arg(call, 0));
  std::string out;
  char last = '0';
  for (char c : text) {
    if (c < 'A' || c > 'Z') continue;
    char code = sound_of(c);
    if (out.empty()) {
      out += c;
      last = code;
    } else if (code != '0' && code != last) {
      out += code;
      last = code;
    }
  }
  if (!out.empty() && out.size() < 4) out.resize(4, '0');
  return Value::of_string(std::move(out));
}

/// CONVERT(text USING charset).
Result<FieldType> convert_type(BuildCall& call) {
  const auto& name = static_cast<const Constant&>(*call.args[1]).value().as_string();
  TBL_ASSIGN(auto resolved, resolve_charset(name, ""));
  int64_t width = text_width(call.type(0));
  if (resolved.charset == kBinaryCharset) return bytes_type(width < 0 ? width : width * 4);
  FieldType type = text_type(width, call.ctx);
  type.charset = resolved.charset;
  type.collate = resolved.collate;
  return type;
}

/// Bytes that are no character become question marks.
Result<Value> eval_convert(Call& call) {
  std::string text = text_arg(call, 0);
  const FieldType& type = call.expr.type();
  if (type.is_byte_string()) return Value::of_string(std::move(text));
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    size_t good = valid_prefix(type.charset, rest);
    out += rest.substr(0, good);
    rest.remove_prefix(good);
    if (rest.empty()) break;
    out += '?';
    rest.remove_prefix(utf8_prefix(rest, 1));
  }
  return Value::of_string(std::move(out));
}

/// e COLLATE name.
Result<FieldType> collate_type(BuildCall& call) {
  const auto& name = static_cast<const Constant&>(*call.args[1]).value().as_string();
  const FieldType& arg = call.type(0);
  bool is_text = eval_class(arg) == EvalClass::kString && !is_null_type(arg);
  TBL_ASSIGN(auto resolved, resolve_charset(is_text ? arg.charset : "", name));
  FieldType type = is_text ? arg : text_type(text_width(arg), call.ctx);
  type.charset = resolved.charset;
  type.collate = resolved.collate;
  return type;
}

Result<Value> eval_collate(Call& call) { return Value::of_string(text_arg(call, 0)); }

constexpr FunctionDef kFunctions[] = {
    {"ascii", 1, 1, code_type, eval_ascii},
    {"ord", 1, 1, code_type, eval_ord},
    {"bin", 1, 1, number_text, eval_in_base<2>},
    {"oct", 1, 1, number_text, eval_in_base<8>},
    {"hex", 1, 1, scaled_text<8, 0>, eval_hex},
    {"unhex", 1, 1, long_bytes, eval_unhex},
    {"conv", 3, 3, number_text, eval_conv},
    {"char", 2, FunctionDef::kMany, char_type, eval_char, kSeesNull},
    {"to_base64", 1, 1, scaled_text<6, 4>, eval_to_base64},
    {"from_base64", 1, 1, long_bytes, eval_from_base64},
    {"quote", 1, 1, quote_type, eval_quote, kSeesNull},
    {"format", 2, 3, scaled_text<1, 40>, eval_format},
    {"soundex", 1, 1, scaled_text<1, 4>, eval_soundex},
    {"convert_using", 2, 2, convert_type, eval_convert, kHidden},
    {"collate", 2, 2, collate_type, eval_collate, kHidden},
    {"load_file", 1, 1, scaled_text<0, kMaxBlobWidth>,
     [](Call&) -> Result<Value> { return Value::null(); }},
};

}  // namespace

std::span<const FunctionDef> text_code_functions() { return kFunctions; }

}  // namespace tbl::tidb
