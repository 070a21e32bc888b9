// The JSON functions, as MariaDB computes them.
#include <functional>
#include <map>

#include "tidb/types/json_value.h"
#include "tidb/types/recorded.h"

namespace tbl::tidb {
namespace {

std::string doc(const std::string& a) {
  auto parsed = json_parse(a.substr(2));
  EXPECT_TRUE(parsed.ok()) << a;
  return parsed.ok() ? *parsed : json_null();
}
JsonPath path(const std::string& a) {
  auto parsed = JsonPath::parse(a.substr(2));
  EXPECT_TRUE(parsed.ok()) << a;
  return *parsed;
}
std::vector<JsonPath> paths(const std::string& a) { return {path(a)}; }
std::vector<JsonChange> change(const Fields& a) { return {{path(a[1]), doc(a[2])}}; }

std::string text(const std::string& document) { return json_to_text(document); }
std::string text(const std::optional<std::string>& document) {
  return document ? json_to_text(*document) : "<NULL>";
}
std::string text(const Result<std::string>& document) {
  return document.ok() ? json_to_text(*document) : "<ERROR>";
}
std::string text(int64_t v) { return std::to_string(v); }

using Function = std::function<std::string(const Fields&)>;
using Functions = std::map<std::string, Function>;

std::string keys(const Fields& a) {
  auto names = json_object_keys(doc(a[0]));
  if (!names) return "<NULL>";
  std::vector<std::string> elements;
  for (const std::string& name : *names) elements.push_back(json_of_string(name));
  return text(json_array(elements));
}

Functions looking() {
  Functions f;
  f["json_valid"] = [](const Fields& a) { return text(json_parse(a[0].substr(2)).ok()); };
  f["json_compact"] = [](const Fields& a) { return text(doc(a[0])); };
  f["json_keys"] = keys;
  f["json_length"] = [](const Fields& a) { return text(json_length(doc(a[0]))); };
  f["json_depth"] = [](const Fields& a) { return text(json_depth(doc(a[0]))); };
  f["json_type"] = [](const Fields& a) { return std::string(json_type_name(doc(a[0]))); };
  f["json_extract"] = [](const Fields& a) { return text(json_extract(doc(a[0]), paths(a[1]))); };
  f["json_contains"] = [](const Fields& a) { return text(json_contains(doc(a[0]), doc(a[1]))); };
  f["json_contains_path"] = [](const Fields& a) {
    return text(json_contains_path(doc(a[0]), path(a[1])));
  };
  f["json_quote"] = [](const Fields& a) { return json_quote(a[0].substr(2)); };
  f["json_unquote"] = [](const Fields& a) {
    auto unquoted = json_unquote(a[0].substr(2));
    if (!unquoted.ok()) return std::string("<ERROR>");
    return *unquoted == "\n" ? "<LF>" : *unquoted;
  };
  return f;
}

Functions changing() {
  auto modify = [](JsonModify how) {
    return [how](const Fields& a) { return text(json_modify(doc(a[0]), how, change(a))); };
  };
  Functions f;
  f["json_set"] = modify(JsonModify::kSet);
  f["json_insert"] = modify(JsonModify::kInsert);
  f["json_replace"] = modify(JsonModify::kReplace);
  f["json_remove"] = [](const Fields& a) { return text(json_remove(doc(a[0]), paths(a[1]))); };
  f["json_array_append"] = [](const Fields& a) {
    return text(json_array_append(doc(a[0]), change(a)));
  };
  f["json_array_insert"] = [](const Fields& a) {
    return text(json_array_insert(doc(a[0]), change(a)));
  };
  f["json_merge_preserve"] = [](const Fields& a) {
    return text(json_merge_preserve(std::vector{doc(a[0]), doc(a[1])}));
  };
  f["json_merge_patch"] = [](const Fields& a) {
    return text(json_merge_patch(doc(a[0]), doc(a[1])));
  };
  return f;
}

/// Both as TiDB writes them: MariaDB keeps the order of keys and the spelling of numbers.
std::string normal(const std::string& text) {
  auto parsed = json_parse(text);
  return parsed.ok() ? json_to_text(*parsed) : text;
}

TEST(RecordedJson, ComputesAsMariaDbDoes) {
  Functions functions = looking();
  functions.merge(changing());
  for (const Fields& row : recorded_rows("functions.txt")) {
    if (!row[0].starts_with("json_")) continue;
    ASSERT_TRUE(functions.contains(row[0])) << row[0];
    RecordedCall call = recorded_call(row);
    EXPECT_EQ(normal(functions[row[0]](call.arguments)), normal(call.result)) << call.text;
  }
}

}  // namespace
}  // namespace tbl::tidb
