#include <algorithm>
#include <unordered_map>

#include "tidb/expr/families.h"
#include "tidb/expr/func_expr.h"

namespace tbl::tidb {

namespace {

using Registry = std::unordered_map<std::string_view, const FunctionDef*>;

Registry make_registry() {
  Registry all;
  for (auto family : {arithmetic_functions,
                      bit_functions,
                      compare_functions,
                      logic_functions,
                      control_functions,
                      variable_functions,
                      pattern_functions,
                      information_functions,
                      lock_functions,
                      math_functions,
                      rounding_functions,
                      string_functions,
                      text_search_functions,
                      text_code_functions,
                      clock_functions,
                      date_functions,
                      date_arithmetic_functions,
                      date_format_functions,
                      json_functions,
                      hash_functions,
                      misc_functions}) {
    for (const FunctionDef& def : family()) all.emplace(def.name, &def);
  }
  return all;
}

const Registry& registry() {
  static const Registry* const all = new Registry(make_registry());
  return *all;
}

}  // namespace

const FunctionDef* find_function(std::string_view lower_name) {
  auto found = registry().find(lower_name);
  return found == registry().end() ? nullptr : found->second;
}

std::vector<std::string_view> function_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, def] : registry()) {
    if (!(def->traits & kHidden)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace tbl::tidb
