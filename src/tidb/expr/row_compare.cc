#include "tidb/expr/row_compare.h"

#include "tidb/expr/compare_op.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

Result<ExprPtr> binary(std::string_view name, ExprPtr a, ExprPtr b, const BuildContext& ctx) {
  std::vector<ExprPtr> args;
  args.push_back(std::move(a));
  args.push_back(std::move(b));
  return make_function(name, std::move(args), ctx);
}

/// a1 op b1 joiner a2 op b2 ...
Result<ExprPtr> columnwise(std::string_view op, std::string_view joiner, const Expr& a,
                           const Expr& b, const BuildContext& ctx) {
  ExprPtr all;
  for (size_t i = 0; i < a.children().size(); ++i) {
    TBL_ASSIGN(ExprPtr one, binary(op, a.children()[i]->clone(), b.children()[i]->clone(), ctx));
    if (all == nullptr) {
      all = std::move(one);
    } else {
      TBL_ASSIGN(all, binary(joiner, std::move(all), std::move(one), ctx));
    }
  }
  return all;
}

/// a1 < b1 or (a1 = b1 and (a2 < b2 or ...)); the last column decides with `op`, which may be <=.
Result<ExprPtr> lexicographic(std::string_view op, const Expr& a, const Expr& b,
                              const BuildContext& ctx) {
  std::string_view strict = op.substr(0, 1) == "l" ? "lt" : "gt";
  size_t last = a.children().size() - 1;
  TBL_ASSIGN(ExprPtr all,
             binary(op, a.children()[last]->clone(), b.children()[last]->clone(), ctx));
  for (size_t i = last; i-- > 0;) {
    const Expr &x = *a.children()[i], &y = *b.children()[i];
    TBL_ASSIGN(ExprPtr equal, binary("eq", x.clone(), y.clone(), ctx));
    TBL_ASSIGN(ExprPtr rest, binary("and", std::move(equal), std::move(all), ctx));
    TBL_ASSIGN(ExprPtr less, binary(strict, x.clone(), y.clone(), ctx));
    TBL_ASSIGN(all, binary("or", std::move(less), std::move(rest), ctx));
  }
  return all;
}

Result<ExprPtr> compare_rows(std::string_view op, ExprPtr a, ExprPtr b, const BuildContext& ctx) {
  if (column_count(*a) != column_count(*b)) return operand_columns(column_count(*a));
  if (a->kind() == ExprKind::kRow && b->kind() == ExprKind::kSubquery) {
    return make_row_subquery(std::move(a), *compare_op_of(op), std::move(b));
  }
  if (a->kind() != ExprKind::kRow || b->kind() != ExprKind::kRow) {
    return not_supported_yet("a row subquery as the left operand of a comparison");
  }
  if (op == "eq" || op == "nulleq") return columnwise(op, "and", *a, *b, ctx);
  if (op == "ne") return columnwise(op, "or", *a, *b, ctx);
  return lexicographic(op, *a, *b, ctx);
}

}  // namespace

bool has_row_operand(const std::vector<ExprPtr>& args) {
  for (const auto& arg : args) {
    if (column_count(*arg) != 1) return true;
  }
  return false;
}

Result<ExprPtr> make_row_function(std::string_view name, std::vector<ExprPtr> args,
                                  const BuildContext& ctx) {
  bool comparison = name == "eq" || name == "ne" || name == "lt" || name == "le" || name == "gt" ||
                    name == "ge" || name == "nulleq";
  if (comparison && args.size() == 2) {
    return compare_rows(name, std::move(args[0]), std::move(args[1]), ctx);
  }
  if (name != "in") return operand_columns(1);
  ExprPtr any;
  for (size_t i = 1; i < args.size(); ++i) {
    TBL_ASSIGN(ExprPtr one, compare_rows("eq", args[0]->clone(), std::move(args[i]), ctx));
    if (any == nullptr) {
      any = std::move(one);
    } else {
      TBL_ASSIGN(any, binary("or", std::move(any), std::move(one), ctx));
    }
  }
  return any;
}

}  // namespace tbl::tidb
