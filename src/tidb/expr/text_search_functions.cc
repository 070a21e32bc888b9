// Lengths of texts, places in texts and lists: LENGTH, INSTR, LOCATE, FIELD, ELT, FIND_IN_SET, ...
#include <algorithm>
#include <optional>

#include "tidb/expr/call_args.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/expr/text_chars.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

Result<FieldType> length_type(BuildCall&) { return int_type_of_width(10); }
Result<FieldType> position_type(BuildCall&) { return int_type_of_width(11); }

Result<Value> eval_length(Call& call) {
  return Value::of_int(static_cast<int64_t>(text_arg(call, 0).size()));
}
Result<Value> eval_bit_length(Call& call) {
  return Value::of_int(static_cast<int64_t>(text_arg(call, 0).size()) * 8);
}
Result<Value> eval_char_length(Call& call) {
  return Value::of_int(Chars(is_bytes_arg(call, 0)).count(text_arg(call, 0)));
}

/// Place of `part` in `text` from character number `from` on (1 is the first); 0: not there.
int64_t locate(std::string_view text, std::string_view part, int64_t from, Chars chars) {
  if (from < 1 || from - 1 > chars.count(text)) return 0;
  size_t found = text.find(part, chars.offset(text, from - 1));
  if (found == std::string_view::npos) return 0;
  return chars.count(text.substr(0, found)) + 1;
}

Result<Value> eval_instr(Call& call) {
  Chars chars(is_bytes_arg(call, 0) || is_bytes_arg(call, 1));
  return Value::of_int(locate(text_arg(call, 0), text_arg(call, 1), 1, chars));
}

Result<Value> eval_locate(Call& call) {
  Chars chars(is_bytes_arg(call, 0) || is_bytes_arg(call, 1));
  int64_t from = 1;
  if (call.args.size() > 2) {
    TBL_ASSIGN(from, length_arg(call, 2));
  }
  return Value::of_int(locate(text_arg(call, 1), text_arg(call, 0), from, chars));
}

bool all_of_class(const Call& call, EvalClass wanted) {
  for (size_t i = 0; i < call.args.size(); ++i) {
    const FieldType& type = call.arg_type(i);
    bool is_null = type.tp == schema::kTypeNull && wanted == EvalClass::kString;
    if (!is_null && eval_class(type) != wanted) return false;
  }
  return true;
}

/// Texts are compared when all are texts or NULL, integers when all are integers, else doubles.
Result<Value> eval_field(Call& call) {
  if (call.args[0].is_null()) return Value::of_int(0);
  bool texts = all_of_class(call, EvalClass::kString);
  bool integers = all_of_class(call, EvalClass::kInt);
  for (size_t i = 1; i < call.args.size(); ++i) {
    if (call.args[i].is_null()) continue;
    bool equal = false;
    if (texts) {
      equal = text_arg(call, i) == text_arg(call, 0);
    } else if (integers) {
      equal = compare_same_type(call.args[0], call.args[i]) == 0;
    } else {
      TBL_ASSIGN(double a, double_arg(call, 0));
      TBL_ASSIGN(double b, double_arg(call, i));
      equal = a == b;
    }
    if (equal) return Value::of_int(static_cast<int64_t>(i));
  }
  return Value::of_int(0);
}

Result<FieldType> list_type(BuildCall& call) {
  int64_t width = 0;
  for (size_t i = 1; i < call.args.size(); ++i) {
    int64_t one = text_width(call.type(i));
    width = one < 0 || width < 0 ? -1 : std::max(width, one);
  }
  return text_type_of(call.args, width, call.ctx);
}

Result<Value> eval_elt(Call& call) {
  if (call.args[0].is_null()) return Value::null();
  TBL_ASSIGN(int64_t number, length_arg(call, 0));
  if (number < 1 || number >= static_cast<int64_t>(call.args.size())) return Value::null();
  auto i = static_cast<size_t>(number);
  if (call.args[i].is_null()) return Value::null();
  return Value::of_string(text_arg(call, i));
}

Result<Value> eval_find_in_set(Call& call) {
  std::string wanted = text_arg(call, 0), list = text_arg(call, 1);
  if (list.empty()) return Value::of_int(0);
  std::string_view rest = list;
  for (int64_t number = 1;; ++number) {
    size_t comma = rest.find(',');
    if (rest.substr(0, comma) == wanted) return Value::of_int(number);
    if (comma == std::string_view::npos) return Value::of_int(0);
    rest.remove_prefix(comma + 1);
  }
}

Result<FieldType> set_type(BuildCall& call) {
  return text_type_of(call.args, kMaxBlobWidth, call.ctx);
}

/// MAKE_SET(bits, text0, text1, ...): the texts whose bits are set.
Result<Value> eval_make_set(Call& call) {
  if (call.args[0].is_null()) return Value::null();
  TBL_ASSIGN(uint64_t bits, bits_of(call.args[0], call.ctx));
  std::string out;
  bool first = true;
  for (size_t i = 1; i < call.args.size() && i <= 64; ++i) {
    if (!(bits >> (i - 1) & 1) || call.args[i].is_null()) continue;
    if (!first) out += ',';
    first = false;
    out += text_arg(call, i);
  }
  return Value::of_string(std::move(out));
}

/// EXPORT_SET(bits, on, off [, separator [, count]]), the lowest bit first.
Result<Value> eval_export_set(Call& call) {
  TBL_ASSIGN(uint64_t bits, bits_of(call.args[0], call.ctx));
  std::string on = text_arg(call, 1), off = text_arg(call, 2);
  std::string separator = call.args.size() > 3 ? text_arg(call, 3) : ",";
  int64_t count = 64;
  if (call.args.size() > 4) {
    TBL_ASSIGN(count, length_arg(call, 4));
    if (count < 0 || count > 64) count = 64;
  }
  std::string out;
  for (int64_t i = 0; i < count; ++i) {
    if (i > 0) out += separator;
    out += (bits >> i & 1) ? on : off;
  }
  return Value::of_string(std::move(out));
}

constexpr FunctionDef kFunctions[] = {
    {"length", 1, 1, length_type, eval_length},
    {"octet_length", 1, 1, length_type, eval_length},
    {"bit_length", 1, 1, length_type, eval_bit_length},
    {"char_length", 1, 1, length_type, eval_char_length},
    {"character_length", 1, 1, length_type, eval_char_length},
    {"instr", 2, 2, position_type, eval_instr},
    {"locate", 2, 3, position_type, eval_locate},
    {"position", 2, 2, position_type, eval_locate},
    {"field", 2, FunctionDef::kMany, position_type, eval_field, kSeesNull},
    {"elt", 2, FunctionDef::kMany, list_type, eval_elt, kSeesNull},
    {"find_in_set", 2, 2, position_type, eval_find_in_set},
    {"make_set", 2, FunctionDef::kMany, set_type, eval_make_set, kSeesNull},
    {"export_set", 3, 5, set_type, eval_export_set},
};

}  // namespace

std::span<const FunctionDef> text_search_functions() { return kFunctions; }

}  // namespace tbl::tidb
