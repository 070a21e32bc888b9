// LIKE and REGEXP.
#include <re2/re2.h>

#include "tidb/expr/call_args.h"
#include "tidb/expr/families.h"
#include "tidb/expr/like.h"
#include "tidb/expr/result_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

Result<FieldType> truth(BuildCall&) { return truth_type(); }

Result<Value> eval_like(Call& call) {
  bool bytes = is_bytes_arg(call, 0) || is_bytes_arg(call, 1);
  auto escape = static_cast<int>(call.args[2].as_int());
  return Value::of_bool(like_matches(text_arg(call, 0), text_arg(call, 1), escape, bytes));
}

/// The pattern of the call, compiled; kept while the text of the pattern stays the same.
struct CompiledPattern {
  std::string source;
  std::unique_ptr<RE2> regexp;
};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::unique_ptr<RE2> compile(std::string pattern, bool bytes) {
  replace_all(pattern, "[[:<:]]", "\\b");
  replace_all(pattern, "[[:>:]]", "\\b");
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(bytes);
  options.set_encoding(bytes ? RE2::Options::EncodingLatin1 : RE2::Options::EncodingUTF8);
  return std::make_unique<RE2>(pattern, options);
}

Result<Value> eval_regexp(Call& call) {
  bool bytes = is_bytes_arg(call, 0) || is_bytes_arg(call, 1);
  std::string pattern = text_arg(call, 1);
  auto& compiled = call.expr.state<CompiledPattern>([] { return new CompiledPattern; });
  if (!compiled.regexp || compiled.source != pattern) {
    compiled.regexp = compile(pattern, bytes);
    compiled.source = pattern;
  }
  if (pattern.empty() || !compiled.regexp->ok()) {
    std::string why = pattern.empty() ? "empty (sub)expression" : compiled.regexp->error();
    return sql_error(kErrRegexp, "Got error '" + why + "' from regexp");
  }
  return Value::of_bool(RE2::PartialMatch(text_arg(call, 0), *compiled.regexp));
}

constexpr FunctionDef kFunctions[] = {
    {"like", 3, 3, truth, eval_like, kHidden},
    {"regexp", 2, 2, truth, eval_regexp, kHidden},
    {"rlike", 2, 2, truth, eval_regexp, kHidden},
    {"regexp_like", 2, 2, truth, eval_regexp},
};

}  // namespace

std::span<const FunctionDef> pattern_functions() { return kFunctions; }

}  // namespace tbl::tidb
