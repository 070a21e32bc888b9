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

}  // namespace tbl::tidb
