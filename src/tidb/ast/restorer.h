// The writer behind restore(): text is appended to one string. Internal to ast/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tidb/ast/restore.h"

namespace tbl::tidb::ast {

class Restorer {
 public:
  explicit Restorer(const RestoreOptions& options) : options_(options) {}

  void expr(const Expr& node);
  void query(const Query& node);
  std::string take() { return std::move(out_); }

 private:
  bool view_style() const { return options_.style == RestoreStyle::kView; }
  void plain(std::string_view text) { out_ += text; }
  /// In the style's case.
  void word(std::string_view upper);
  /// In back quotes, as it is written.
  void quoted(std::string_view name);
  /// A column's name: lower case in a column's expression.
  void column_part(std::string_view name);
  void string(std::string_view text, std::string_view charset);
  void plain_string(std::string_view text);
  /// Name of a character set or collation: a word, or a string if it is none.
  void charset(std::string_view name);
  void names(const std::vector<std::string>& list, std::string_view separator);
  void list(const ExprList& items, std::string_view separator);
  void not_word(bool negated);

  void node(const Expr& node);
  void literal(const Literal& node);
  void number(const Literal& node);
  void column(const ColumnName& node);
  void unary(const Unary& node);
  void binary(const Binary& node);
  void binary_op(BinaryOp op);
  void function(const FunctionCall& node);
  void function_name(std::string_view name);
  bool special_function(const FunctionCall& node);
  void trim(const FunctionCall& node);
  void aggregate(const Aggregate& node);
  void case_expr(const Case& node);
  void between(const Between& node);
  void in(const In& node);
  void like(const Like& node);
  void is(const Is& node);
  void compare_subquery(const CompareSubquery& node);
  void cast(const Cast& node);
  void cast_type(const schema::FieldType& type);
  void variable(const Variable& node);
  void match(const MatchAgainst& node);
  void subquery(const Query& query);

  void query_body(const Query& node);
  void with(const With& node);
  void set_op(SetOp op);
  void select(const SelectBlock& node);
  void select_item(const SelectItem& item);
  void order_items(const std::vector<OrderItem>& items);
  void limit(const Limit& node);
  void table_ref(const TableRef& node);
  void table(const TableSource& node);
  void index_hint(const IndexHint& hint);
  void derived(const DerivedTable& node);
  void join(const Join& node);
  void join_side(const TableRef& side, bool parens);
  bool is_common_table(std::string_view name) const;

  RestoreOptions options_;
  std::string out_;
  std::vector<std::string> common_tables_;  ///< names of the WITH clauses around
};

}  // namespace tbl::tidb::ast
