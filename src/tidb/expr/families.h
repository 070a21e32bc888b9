// The tables of builtins, one function per family; registry.cc joins them.
#pragma once

#include <span>

#include "tidb/expr/func_expr.h"

namespace tbl::tidb {

std::span<const FunctionDef> arithmetic_functions();
std::span<const FunctionDef> bit_functions();
std::span<const FunctionDef> compare_functions();
std::span<const FunctionDef> logic_functions();
std::span<const FunctionDef> control_functions();
std::span<const FunctionDef> variable_functions();
std::span<const FunctionDef> pattern_functions();
std::span<const FunctionDef> information_functions();
std::span<const FunctionDef> lock_functions();
std::span<const FunctionDef> math_functions();
std::span<const FunctionDef> rounding_functions();
std::span<const FunctionDef> string_functions();
std::span<const FunctionDef> text_search_functions();
std::span<const FunctionDef> text_code_functions();
std::span<const FunctionDef> json_functions();
std::span<const FunctionDef> hash_functions();
std::span<const FunctionDef> misc_functions();
std::span<const FunctionDef> clock_functions();
std::span<const FunctionDef> date_functions();
std::span<const FunctionDef> date_arithmetic_functions();
std::span<const FunctionDef> date_format_functions();

}  // namespace tbl::tidb
