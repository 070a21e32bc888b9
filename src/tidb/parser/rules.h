// The rules of the grammar that several families of statements use. Each reads its part from the
// cursor and leaves it at the first token behind it; an error leaves it anywhere.
#pragma once

#include <memory>

#include "tidb/ast/alter_table.h"
#include "tidb/ast/dml.h"
#include "tidb/parser/cursor.h"

namespace tbl::tidb {

// expressions: parse_expr.cc, parse_primary.cc, parse_function.cc, parse_literal.cc

/// Levels of binding, weakest first; parse_binary() reads operators of a level and above.
enum BindingLevel : int {
  kLevelOr = 1,
  kLevelXor,
  kLevelAnd,
  kLevelNot,
  kLevelCompare,    ///< = < IS ..
  kLevelPredicate,  ///< IN, BETWEEN, LIKE, REGEXP
  kLevelBitOr,
  kLevelBitAnd,
  kLevelShift,
  kLevelAdd,
  kLevelMultiply,
  kLevelBitXor,
  kLevelConcat,  ///< || under PIPES_AS_CONCAT
  kLevelUnary,
};

Result<ast::ExprPtr> parse_expr(Cursor& in);
Result<ast::ExprPtr> parse_binary(Cursor& in, int level);
/// Signs, !, BINARY; then a primary with COLLATE and -> behind it.
Result<ast::ExprPtr> parse_unary(Cursor& in);
Result<ast::ExprPtr> parse_primary(Cursor& in);
/// expr, .. (at least one)
Result<ast::ExprList> parse_expr_list(Cursor& in);
/// At a word or name in front of '(' or one of the functions without parentheses.
Result<ast::ExprPtr> parse_function(Cursor& in);
bool at_function(const Cursor& in);
/// `name` is one of the aggregate functions (lower case).
bool is_aggregate(std::string_view name);
/// DEFAULT or an expression.
Result<ast::ExprPtr> parse_expr_or_default(Cursor& in);
Result<std::unique_ptr<ast::ColumnName>> parse_column(Cursor& in);
/// Numbers, strings, hex, bits, NULL, TRUE, DATE '..'.
Result<ast::ExprPtr> parse_literal(Cursor& in);
bool at_literal(const Cursor& in);
Result<IntervalUnit> parse_time_unit(Cursor& in);
bool at_time_unit(const Cursor& in);
/// At INTERVAL: INTERVAL x unit; not the function interval(a, b).
bool at_interval(const Cursor& in);
Result<ast::ExprPtr> parse_interval(Cursor& in);
/// @name or @@name, without an assignment.
std::unique_ptr<ast::Variable> parse_variable(Cursor& in);
/// A string literal node.
ast::ExprPtr string_literal(std::string text);
ast::ExprPtr int_literal(uint64_t number);

/// The node covers the child: sets its depth.
inline void cover(uint32_t* depth, uint32_t child) { *depth = std::max(*depth, child + 1); }
inline void cover(ast::Expr& node, const ast::ExprPtr& child) {
  if (child) cover(&node.depth, child->depth);
}
inline void cover(ast::Expr& node, const ast::QueryPtr& child) {
  if (child) cover(&node.depth, child->depth);
}
inline void cover(ast::Expr& node, const ast::ExprList& children) {
  for (const auto& child : children) cover(node, child);
}
inline Status check_depth(uint32_t depth) {
  return depth > ast::Expr::kMaxDepth ? too_deep() : ok_status();
}
/// The node, or an error if it is too deep.
template <typename T>
Result<ast::ExprPtr> finish(std::unique_ptr<T> node) {
  TBL_TRY(check_depth(node->depth));
  return ast::ExprPtr(std::move(node));
}

// queries: parse_query.cc, parse_select.cc, parse_table_ref.cc

/// A query may begin with the token: SELECT or WITH. (A parenthesis may begin other things too.)
bool at_query(const Cursor& in, size_t ahead = 0);
/// A query may go on with the token: UNION, EXCEPT, INTERSECT, ORDER, LIMIT.
bool at_query_rest(const Cursor& in);
/// `into`: takes the names of INTO @a, .., which only a whole statement may have; null: nowhere.
Result<ast::QueryPtr> parse_query(Cursor& in, std::vector<std::string>* into = nullptr);
/// INTO @a, .., or nothing, when `into` is there and has none yet.
Status parse_into(Cursor& in, std::vector<std::string>* into);
/// What follows a first operand that has been read: set operations, ORDER BY, LIMIT, locking.
Result<ast::QueryPtr> parse_query_rest(Cursor& in, ast::QueryPtr first);
/// At the opening parenthesis.
Result<ast::QueryPtr> parse_query_in_parens(Cursor& in);
Result<ast::With> parse_with(Cursor& in);
Result<std::unique_ptr<ast::SelectBlock>> parse_select_block(Cursor& in,
                                                             std::vector<std::string>* into);
/// Tables joined and listed with commas.
Result<ast::TableRefPtr> parse_table_refs(Cursor& in);
/// One name with its alias, partitions and hints.
Result<ast::TableRefPtr> parse_table_source(Cursor& in);
/// [AS] alias, or nothing.
Result<std::string> parse_table_alias(Cursor& in);
/// expr [ASC|DESC], ..
Result<std::vector<ast::OrderItem>> parse_order_items(Cursor& in);
/// ORDER BY .., or nothing.
Result<std::vector<ast::OrderItem>> parse_order_by(Cursor& in);
/// LIMIT .., or nothing.
Result<std::optional<ast::Limit>> parse_limit(Cursor& in);

// definitions: parse_type.cc, parse_column_def.cc, parse_index.cc, parse_partition.cc,
// parse_table_option.cc

Result<schema::FieldType> parse_cast_type(Cursor& in);
/// A column's type with its attributes. SERIAL is for parse_column_def().
Result<schema::FieldType> parse_column_type(Cursor& in);
/// (m[, d]) or nothing.
Status parse_precision(Cursor& in, schema::FieldType* type);
/// (n) or nothing.
Result<int64_t> parse_length(Cursor& in);
Result<ast::ColumnDef> parse_column_def(Cursor& in);
bool at_constraint(const Cursor& in);
Result<ast::Constraint> parse_constraint(Cursor& in);
/// ( column[(length)] [ASC|DESC] | (expr), .. )
Result<std::vector<ast::IndexPart>> parse_index_parts(Cursor& in);
/// USING BTREE, COMMENT, .. any number of them.
Status parse_index_options(Cursor& in, ast::IndexOptions* options);
Result<std::unique_ptr<ast::References>> parse_references(Cursor& in);
/// [NOT] ENFORCED, or nothing: enforced.
bool parse_enforced(Cursor& in);
/// (expr), and its text without the parentheses.
Result<ast::ExprPtr> parse_parenthesized(Cursor& in, std::string* text);
/// A constant with its sign, a call such as now(3), or any expression in parentheses.
Result<ast::ExprPtr> parse_default_value(Cursor& in);
bool at_table_option(const Cursor& in);
Result<ast::TableOption> parse_table_option(Cursor& in);
/// At PARTITION BY.
Result<std::unique_ptr<ast::PartitionBy>> parse_partition_by(Cursor& in);
Result<std::vector<ast::PartitionDef>> parse_partition_defs(Cursor& in);
/// column = value, ..
Result<std::vector<ast::Assignment>> parse_assignments(Cursor& in);
/// name, ..
Result<std::vector<ast::TableName>> parse_table_list(Cursor& in);
/// user, 'user'@'host', CURRENT_USER
Result<ast::UserName> parse_user(Cursor& in);

/// IF [NOT] EXISTS.
Result<bool> parse_if_exists(Cursor& in);
Result<bool> parse_if_not_exists(Cursor& in);

// statements: each at its first word

Result<ast::StatementPtr> parse_statement(Cursor& in);
Result<ast::StatementPtr> parse_select_statement(Cursor& in);
Result<ast::StatementPtr> parse_with_statement(Cursor& in);
Result<ast::StatementPtr> parse_insert(Cursor& in);
Result<ast::StatementPtr> parse_update(Cursor& in, ast::With with);
Result<ast::StatementPtr> parse_delete(Cursor& in, ast::With with);
Result<ast::StatementPtr> parse_load_data(Cursor& in);
Result<ast::StatementPtr> parse_do(Cursor& in);
Result<ast::StatementPtr> parse_create(Cursor& in);
Result<ast::StatementPtr> parse_create_database(Cursor& in);
Result<ast::StatementPtr> parse_create_table(Cursor& in);
Result<ast::StatementPtr> parse_create_index(Cursor& in);
Result<ast::StatementPtr> parse_create_view(Cursor& in);
Result<ast::StatementPtr> parse_create_sequence(Cursor& in);
Result<ast::StatementPtr> parse_create_user(Cursor& in);
Result<ast::StatementPtr> parse_alter(Cursor& in);
Result<ast::StatementPtr> parse_alter_table(Cursor& in);
Result<ast::StatementPtr> parse_alter_database(Cursor& in);
Result<ast::StatementPtr> parse_alter_sequence(Cursor& in);
Result<ast::StatementPtr> parse_alter_user(Cursor& in);
Result<ast::StatementPtr> parse_drop(Cursor& in);
Result<ast::StatementPtr> parse_drop_user(Cursor& in);
Result<ast::StatementPtr> parse_truncate(Cursor& in);
Result<ast::StatementPtr> parse_rename(Cursor& in);
Result<ast::StatementPtr> parse_recover(Cursor& in);
Result<ast::StatementPtr> parse_flashback(Cursor& in);
Result<ast::StatementPtr> parse_split(Cursor& in);
Result<ast::StatementPtr> parse_use(Cursor& in);
Result<ast::StatementPtr> parse_set(Cursor& in);
Result<ast::StatementPtr> parse_set_password(Cursor& in);
Result<ast::StatementPtr> parse_prepare(Cursor& in);
Result<ast::StatementPtr> parse_execute(Cursor& in);
Result<ast::StatementPtr> parse_deallocate(Cursor& in);
Result<ast::StatementPtr> parse_begin(Cursor& in);
Result<ast::StatementPtr> parse_commit(Cursor& in);
Result<ast::StatementPtr> parse_rollback(Cursor& in);
Result<ast::StatementPtr> parse_savepoint(Cursor& in);
Result<ast::StatementPtr> parse_release(Cursor& in);
Result<ast::StatementPtr> parse_kill(Cursor& in);
Result<ast::StatementPtr> parse_lock(Cursor& in);
Result<ast::StatementPtr> parse_unlock(Cursor& in);
Result<ast::StatementPtr> parse_explain(Cursor& in);
Result<ast::StatementPtr> parse_show(Cursor& in);
Result<ast::StatementPtr> parse_admin(Cursor& in);
Result<ast::StatementPtr> parse_analyze(Cursor& in);
Result<ast::StatementPtr> parse_maintenance(Cursor& in);
Result<ast::StatementPtr> parse_flush(Cursor& in);
Result<ast::StatementPtr> parse_change(Cursor& in);
Result<ast::StatementPtr> parse_grant(Cursor& in);
Result<ast::StatementPtr> parse_revoke(Cursor& in);

}  // namespace tbl::tidb
