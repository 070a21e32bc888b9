// JSON_* : looking into documents and making them.
#include <algorithm>

#include "tidb/expr/call_args.h"
#include "tidb/expr/families.h"
#include "tidb/expr/json_args.h"
#include "tidb/expr/like.h"
#include "tidb/expr/result_type.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

Result<FieldType> document(BuildCall&) { return json_type(); }
Result<FieldType> truth(BuildCall&) { return truth_type(); }
Result<FieldType> integer(BuildCall&) { return int_type(); }
Result<FieldType> text(BuildCall& call) { return text_type(kMaxBlobWidth, call.ctx); }

Value document_or_null(std::optional<std::string> doc) {
  return doc ? Value::of_json(std::move(*doc)) : Value::null();
}

/// Paths from argument `first` on.
Result<std::vector<JsonPath>> paths_from(const Call& call, size_t first) {
  std::vector<JsonPath> paths;
  for (size_t i = first; i < call.args.size(); ++i) {
    TBL_ASSIGN(JsonPath path, path_arg(call, i));
    paths.push_back(std::move(path));
  }
  return paths;
}

Result<Value> eval_extract(Call& call) {
  TBL_ASSIGN(std::string doc, document_arg(call, 0));
  TBL_ASSIGN(auto paths, paths_from(call, 1));
  return document_or_null(json_extract(doc, paths));
}

/// The part of argument 0 at the path in argument `i`, or all of it without that argument.
Result<std::optional<std::string>> part_arg(const Call& call, size_t i) {
  TBL_ASSIGN(std::string doc, document_arg(call, 0));
  if (i >= call.args.size()) return std::optional(std::move(doc));
  TBL_ASSIGN(JsonPath path, path_arg(call, i));
  if (path.has_wildcard()) {
    return sql_error(kErrInvalidJsonPathWildcard,
                     "In this situation, path expressions may not contain the * and ** tokens.");
  }
  return json_extract(doc, std::span(&path, 1));
}

Result<Value> eval_unquote(Call& call) {
  const Value& v = call.args[0];
  if (v.kind() == ValueKind::kJson) {
    auto inner = json_as_string(v.as_string());
    return Value::of_string(inner ? std::move(*inner) : json_to_text(v.as_string()));
  }
  TBL_ASSIGN(std::string plain, json_unquote(text_arg(call, 0)));
  return Value::of_string(std::move(plain));
}

Result<Value> eval_quote(Call& call) { return Value::of_string(json_quote(text_arg(call, 0))); }

Result<Value> eval_type(Call& call) {
  TBL_ASSIGN(std::string doc, document_arg(call, 0));
  return Value::of_string(std::string(json_type_name(doc)));
}

Result<Value> eval_valid(Call& call) {
  const Value& v = call.args[0];
  if (v.kind() == ValueKind::kJson) return Value::of_bool(true);
  return Value::of_bool(v.is_string() && json_parse(v.as_string()).ok());
}

Result<Value> eval_length(Call& call) {
  TBL_ASSIGN(auto part, part_arg(call, 1));
  return part ? Value::of_int(json_length(*part)) : Value::null();
}

Result<Value> eval_depth(Call& call) {
  TBL_ASSIGN(std::string doc, document_arg(call, 0));
  return Value::of_int(json_depth(doc));
}

Result<Value> eval_keys(Call& call) {
  TBL_ASSIGN(auto part, part_arg(call, 1));
  if (!part) return Value::null();
  auto keys = json_object_keys(*part);
  if (!keys) return Value::null();
  std::vector<std::string> elements;
  for (const auto& key : *keys) elements.push_back(json_of_string(key));
  return Value::of_json(json_array(elements));
}

Result<Value> eval_contains(Call& call) {
  TBL_ASSIGN(auto part, part_arg(call, 2));
  TBL_ASSIGN(std::string candidate, document_arg(call, 1));
  return part ? Value::of_bool(json_contains(*part, candidate)) : Value::null();
}

Result<Value> eval_overlaps(Call& call) {
  TBL_ASSIGN(std::string a, document_arg(call, 0));
  TBL_ASSIGN(std::string b, document_arg(call, 1));
  return Value::of_bool(json_overlaps(a, b));
}

/// True for 'one', false for 'all'.
Result<bool> one_or_all(const Call& call, size_t i) {
  std::string word = ascii_lower(text_arg(call, i));
  if (word == "one") return true;
  if (word == "all") return false;
  return sql_error(kErrJsonBadOneOrAllArg, "The oneOrAll argument to " +
                                               std::string(call.expr.name()) +
                                               " may take these values: 'one' or 'all'.");
}

Result<Value> eval_contains_path(Call& call) {
  TBL_ASSIGN(std::string doc, document_arg(call, 0));
  TBL_ASSIGN(bool one, one_or_all(call, 1));
  TBL_ASSIGN(auto paths, paths_from(call, 2));
  auto there = [&](const JsonPath& path) { return json_contains_path(doc, path); };
  return Value::of_bool(one ? std::any_of(paths.begin(), paths.end(), there)
                            : std::all_of(paths.begin(), paths.end(), there));
}

/// JSON_SEARCH(doc, one|all, pattern [, escape [, path...]]).
Result<Value> eval_search(Call& call) {
  for (size_t i : {0, 1, 2}) {
    if (call.args[i].is_null()) return Value::null();
  }
  TBL_ASSIGN(std::string doc, document_arg(call, 0));
  TBL_ASSIGN(bool one, one_or_all(call, 1));
  std::string pattern = text_arg(call, 2);
  int escape = '\\';
  if (call.args.size() > 3 && !call.args[3].is_null()) {
    std::string character = text_arg(call, 3);
    if (character.size() > 1) {
      return sql_error(kErrWrongArguments, "Incorrect arguments to ESCAPE");
    }
    if (!character.empty()) escape = static_cast<unsigned char>(character[0]);
  }
  std::vector<JsonPath> paths;
  for (size_t i = 4; i < call.args.size(); ++i) {
    if (call.args[i].is_null()) return Value::null();
    TBL_ASSIGN(JsonPath path, path_arg(call, i));
    paths.push_back(std::move(path));
  }
  auto matches = [&](std::string_view found) { return like_matches(found, pattern, escape); };
  return document_or_null(json_search(doc, one, matches, paths));
}

Result<Value> eval_array(Call& call) {
  std::vector<std::string> elements;
  for (size_t i = 0; i < call.args.size(); ++i) {
    TBL_ASSIGN(std::string element, json_element(call.args[i], call.arg_type(i)));
    elements.push_back(std::move(element));
  }
  return Value::of_json(json_array(elements));
}

Result<FieldType> object_type(BuildCall& call) {
  if (call.args.size() % 2 == 1) return wrong_parameter_count(call.name);
  return json_type();
}

Result<Value> eval_object(Call& call) {
  std::vector<std::pair<std::string, std::string>> members;
  for (size_t i = 0; i + 1 < call.args.size(); i += 2) {
    if (call.args[i].is_null()) {
      return sql_error(kErrJsonDocumentNullKey,
                       "JSON documents may not contain NULL member names.");
    }
    TBL_ASSIGN(std::string element, json_element(call.args[i + 1], call.arg_type(i + 1)));
    members.emplace_back(text_arg(call, i), std::move(element));
  }
  return Value::of_json(json_object(std::move(members)));
}

/// Arguments 1, 2, 3, 4, ... are path, value, path, value.
Result<FieldType> change_type(BuildCall& call) {
  if (call.args.size() % 2 == 0) return wrong_parameter_count(call.name);
  return json_type();
}

/// Nothing: the document or a path is NULL.
Result<std::optional<std::vector<JsonChange>>> changes_of(const Call& call) {
  std::vector<JsonChange> changes;
  if (call.args[0].is_null()) return std::optional<std::vector<JsonChange>>();
  for (size_t i = 1; i + 1 < call.args.size(); i += 2) {
    if (call.args[i].is_null()) return std::optional<std::vector<JsonChange>>();
    TBL_ASSIGN(JsonPath path, path_arg(call, i));
    TBL_ASSIGN(std::string value, json_element(call.args[i + 1], call.arg_type(i + 1)));
    changes.emplace_back(std::move(path), std::move(value));
  }
  return std::optional(std::move(changes));
}

template <JsonModify kHow>
Result<Value> eval_modify(Call& call) {
  TBL_ASSIGN(auto changes, changes_of(call));
  if (!changes) return Value::null();
  TBL_ASSIGN(std::string doc, document_arg(call, 0));
  TBL_ASSIGN(std::string changed, json_modify(doc, kHow, *changes));
  return Value::of_json(std::move(changed));
}

using ArrayChange = Result<std::string> (*)(std::string_view, std::span<const JsonChange>);

template <ArrayChange kChange>
Result<Value> eval_array_change(Call& call) {
  TBL_ASSIGN(auto changes, changes_of(call));
  if (!changes) return Value::null();
  TBL_ASSIGN(std::string doc, document_arg(call, 0));
  TBL_ASSIGN(std::string changed, kChange(doc, *changes));
  return Value::of_json(std::move(changed));
}

Result<Value> eval_remove(Call& call) {
  TBL_ASSIGN(std::string doc, document_arg(call, 0));
  TBL_ASSIGN(auto paths, paths_from(call, 1));
  TBL_ASSIGN(std::string changed, json_remove(doc, paths));
  return Value::of_json(std::move(changed));
}

Result<Value> eval_merge_preserve(Call& call) {
  std::vector<std::string> docs;
  for (size_t i = 0; i < call.args.size(); ++i) {
    TBL_ASSIGN(std::string doc, document_arg(call, i));
    docs.push_back(std::move(doc));
  }
  return Value::of_json(json_merge_preserve(docs));
}

/// A NULL makes the result NULL until a later document that is no object replaces it.
Result<Value> eval_merge_patch(Call& call) {
  std::optional<std::string> merged;
  for (size_t i = 0; i < call.args.size(); ++i) {
    if (call.args[i].is_null()) {
      merged.reset();
      continue;
    }
    TBL_ASSIGN(std::string doc, document_arg(call, i));
    bool is_object = json_object_keys(doc).has_value();
    if (i == 0 || !is_object) {
      merged = std::move(doc);
    } else if (merged) {
      merged = json_merge_patch(*merged, doc);
    }
  }
  return document_or_null(std::move(merged));
}

Result<Value> eval_pretty(Call& call) {
  TBL_ASSIGN(std::string doc, document_arg(call, 0));
  return Value::of_string(json_pretty(doc));
}

Result<Value> eval_storage_size(Call& call) {
  TBL_ASSIGN(std::string doc, document_arg(call, 0));
  return Value::of_int(static_cast<int64_t>(doc.size()));
}

constexpr int8_t kMany = FunctionDef::kMany;
constexpr FunctionDef kFunctions[] = {
    {"json_extract", 2, kMany, document, eval_extract},
    {"json_unquote", 1, 1, text, eval_unquote},
    {"json_quote", 1, 1, text, eval_quote},
    {"json_type", 1, 1, text, eval_type},
    {"json_valid", 1, 1, truth, eval_valid},
    {"json_length", 1, 2, integer, eval_length},
    {"json_depth", 1, 1, integer, eval_depth},
    {"json_keys", 1, 2, document, eval_keys},
    {"json_contains", 2, 3, truth, eval_contains},
    {"json_overlaps", 2, 2, truth, eval_overlaps},
    {"json_contains_path", 3, kMany, truth, eval_contains_path},
    {"json_search", 3, kMany, document, eval_search, kSeesNull},
    {"json_array", 0, kMany, document, eval_array, kSeesNull},
    {"json_object", 0, kMany, object_type, eval_object, kSeesNull},
    {"json_set", 3, kMany, change_type, eval_modify<JsonModify::kSet>, kSeesNull},
    {"json_insert", 3, kMany, change_type, eval_modify<JsonModify::kInsert>, kSeesNull},
    {"json_replace", 3, kMany, change_type, eval_modify<JsonModify::kReplace>, kSeesNull},
    {"json_array_append", 3, kMany, change_type, eval_array_change<json_array_append>, kSeesNull},
    {"json_append", 3, kMany, change_type, eval_array_change<json_array_append>, kSeesNull},
    {"json_array_insert", 3, kMany, change_type, eval_array_change<json_array_insert>, kSeesNull},
    {"json_remove", 2, kMany, document, eval_remove},
    {"json_merge", 2, kMany, document, eval_merge_preserve},
    {"json_merge_preserve", 2, kMany, document, eval_merge_preserve},
    {"json_merge_patch", 2, kMany, document, eval_merge_patch, kSeesNull},
    {"json_pretty", 1, 1, text, eval_pretty},
    {"json_storage_size", 1, 1, integer, eval_storage_size},
};

}  // namespace

std::span<const FunctionDef> json_functions() { return kFunctions; }

}  // namespace tbl::tidb
