#include <unordered_map>

#include "tidb/expr/families.h"
#include "tidb/expr/func_expr.h"

namespace tbl::tidb {

namespace {

using Registry = std::unordered_map<std::string_view, const FunctionDef*>;

Registry make_registry() {
  Registry all;
  for (auto family : {arithmetic_functions, bit_functions, compare_functions, logic_functions,
                      control_functions, variable_functions, pattern_functions,
                      information_functions, lock_functions, math_functions, rounding_functions,
                      string_functions, text_search_functions, text_code_functions, clock_functions,
                      date_functions, date_arithmetic_functions, date_format_functions}) {
    for (const FunctionDef& def : family()) all.emplace(def.name, &def);
  }
  return all;
}

}  // namespace

const FunctionDef* find_function(std::string_view lower_name) {
  static const Registry* const all = new Registry(make_registry());
  auto found = all->find(lower_name);
  return found == all->end() ? nullptr : found->second;
}

}  // namespace tbl::tidb
