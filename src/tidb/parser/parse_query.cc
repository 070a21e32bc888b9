// Queries: WITH, set operations, and what follows them.
#include "tidb/parser/rules.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

using namespace ast;

namespace {

bool at_set_operation(const Cursor& in) {
  if (in.at_any(Kw("UNION"), Kw("EXCEPT"))) return true;
  return in.at("INTERSECT") &&
         (in.at('(', 1) || in.at("SELECT", 1) || in.at("ALL", 1) || in.at("DISTINCT", 1));
}

SetOp parse_set_operation(Cursor& in) {
  SetOp plain = SetOp::kUnion;
  SetOp all = SetOp::kUnionAll;
  if (in.at("EXCEPT")) {
    plain = SetOp::kExcept;
    all = SetOp::kExceptAll;
  } else if (in.at("INTERSECT")) {
    plain = SetOp::kIntersect;
    all = SetOp::kIntersectAll;
  }
  in.take();
  if (in.accept("ALL")) return all;
  in.accept("DISTINCT");
  return plain;
}

void cover_block(uint32_t* depth, const SelectBlock& block) {
  for (const auto& item : block.items) {
    if (item.expr) cover(depth, item.expr->depth);
  }
  for (const auto& item : block.group_by) cover(depth, item.expr->depth);
  if (block.from) cover(depth, block.from->depth);
  if (block.where) cover(depth, block.where->depth);
  if (block.having) cover(depth, block.having->depth);
}

Status settle_depth(Query& query) {
  for (const auto& table : query.with.tables) cover(&query.depth, table.query->depth);
  for (const auto& term : query.terms) {
    if (term.query) cover(&query.depth, term.query->depth);
    if (term.select) cover_block(&query.depth, *term.select);
  }
  for (const auto& item : query.order_by) cover(&query.depth, item.expr->depth);
  return check_depth(query.depth);
}

Result<SetTerm> parse_operand(Cursor& in, std::vector<std::string>* into) {
  SetTerm term;
  if (in.at('(')) {
    TBL_ASSIGN(auto query, parse_query_in_parens(in));
    ++query->parens;
    term.query = std::move(query);
  } else {
    TBL_ASSIGN(term.select, parse_select_block(in, into));
  }
  return term;
}

/// a INTERSECT b INTERSECT c as one term, if there is an INTERSECT.
Result<SetTerm> parse_intersections(Cursor& in, SetTerm first, std::vector<std::string>* into) {
  if (!in.at("INTERSECT") || !at_set_operation(in)) return first;
  auto query = std::make_unique<Query>();
  query->terms.push_back(std::move(first));
  while (in.at("INTERSECT")) {
    SetOp op = parse_set_operation(in);
    TBL_ASSIGN(auto term, parse_operand(in, into));
    term.op = op;
    query->terms.push_back(std::move(term));
  }
  TBL_TRY(settle_depth(*query));
  SetTerm whole;
  whole.query = std::move(query);
  return whole;
}

Status parse_lock_clause(Cursor& in, Query& query) {
  if (in.accept("LOCK", "IN")) {
    query.lock = LockKind::kShare;
    return in.expect("SHARE", "MODE");
  }
  if (!in.accept("FOR")) return ok_status();
  if (in.accept("SHARE")) {
    query.lock = LockKind::kShare;
  } else {
    TBL_TRY(in.expect("UPDATE"));
    query.lock = LockKind::kForUpdate;
  }
  if (in.accept("OF")) {
    TBL_ASSIGN(auto tables, parse_table_list(in));
    (void)tables;  // All tables are locked: more than was asked for, never less.
  }
  if (in.accept("NOWAIT")) {
    if (query.lock == LockKind::kForUpdate) query.lock = LockKind::kForUpdateNowait;
  } else if (in.at_words("SKIP", "LOCKED")) {
    return not_supported_yet("SKIP LOCKED");
  }
  return ok_status();
}

/// Set operations after the first term, ORDER BY, LIMIT, locking; INTO behind the last term.
Status parse_rest(Cursor& in, Query& query, std::vector<std::string>* into) {
  TBL_ASSIGN(query.terms[0], parse_intersections(in, std::move(query.terms[0]), into));
  // An INTERSECT chain alone is the query itself.
  if (auto& first = query.terms[0]; !at_set_operation(in) && first.query &&
                                    first.query->terms.size() > 1 && first.query->parens == 0) {
    auto terms = std::move(first.query->terms);
    query.terms = std::move(terms);
  }
  while (at_set_operation(in)) {
    if (into != nullptr && !into->empty()) return wrong_usage("UNION", "INTO");
    SetOp op = parse_set_operation(in);
    TBL_ASSIGN(auto operand, parse_operand(in, into));
    TBL_ASSIGN(auto term, parse_intersections(in, std::move(operand), into));
    term.op = op;
    query.terms.push_back(std::move(term));
  }
  TBL_ASSIGN(query.order_by, parse_order_by(in));
  TBL_ASSIGN(query.limit, parse_limit(in));
  TBL_TRY(parse_into(in, into));
  TBL_TRY(parse_lock_clause(in, query));
  return parse_into(in, into);
}

/// (SELECT ..) alone is that select.
QueryPtr unwrap(QueryPtr query) {
  const bool only_parens = query->terms.size() == 1 && query->terms[0].query &&
                           query->order_by.empty() && !query->limit &&
                           query->lock == LockKind::kNone && query->with.tables.empty();
  return only_parens ? std::move(query->terms[0].query) : std::move(query);
}

}  // namespace

bool at_query(const Cursor& in, size_t ahead) {
  return in.at("SELECT", ahead) || in.at("WITH", ahead);
}

bool at_query_rest(const Cursor& in) {
  return at_set_operation(in) || in.at_any(Kw("ORDER"), Kw("LIMIT"));
}

Result<With> parse_with(Cursor& in) {
  With with;
  TBL_TRY(in.expect("WITH"));
  with.recursive = in.accept("RECURSIVE");
  do {
    CommonTable table;
    TBL_ASSIGN(table.name, in.name());
    if (in.at('(')) {
      TBL_ASSIGN(table.columns, in.name_list());
    }
    TBL_TRY(in.expect("AS"));
    TBL_ASSIGN(table.query, parse_query_in_parens(in));
    with.tables.push_back(std::move(table));
  } while (in.accept(','));
  return with;
}

Status parse_into(Cursor& in, std::vector<std::string>* into) {
  if (into == nullptr || !into->empty() || !in.accept("INTO")) return ok_status();
  // OUTFILE, DUMPFILE.
  if (in.at(TokenKind::kString, 1)) return not_supported_yet("SELECT ... INTO a file");
  do {
    if (!in.at(TokenKind::kUserVariable)) {
      TBL_ASSIGN(const std::string name, in.name());
      return sql_error(kErrSpUndeclaredVar, "Undeclared variable: " + name);
    }
    into->push_back(parse_variable(in)->name);
  } while (in.accept(','));
  return ok_status();
}

Result<QueryPtr> parse_query(Cursor& in, std::vector<std::string>* into) {
  Nesting nesting(in);
  TBL_TRY(nesting.check());
  auto query = std::make_unique<Query>();
  if (in.at("WITH")) {
    TBL_ASSIGN(query->with, parse_with(in));
  }
  TBL_ASSIGN(auto first, parse_operand(in, into));
  query->terms.push_back(std::move(first));
  TBL_TRY(parse_rest(in, *query, into));
  query = unwrap(std::move(query));
  TBL_TRY(settle_depth(*query));
  return query;
}

Result<QueryPtr> parse_query_rest(Cursor& in, QueryPtr first) {
  if (!at_query_rest(in)) return first;
  auto query = std::make_unique<Query>();
  ++first->parens;
  query->terms.emplace_back();
  query->terms[0].query = std::move(first);
  TBL_TRY(parse_rest(in, *query, nullptr));
  TBL_TRY(settle_depth(*query));
  return query;
}

Result<QueryPtr> parse_query_in_parens(Cursor& in) {
  TBL_TRY(in.expect('('));
  TBL_ASSIGN(auto query, parse_query(in));
  TBL_TRY(in.expect(')'));
  return query;
}

Result<StatementPtr> parse_select_statement(Cursor& in) {
  auto statement = std::make_unique<SelectStatement>();
  TBL_ASSIGN(statement->query, parse_query(in, &statement->into));
  return StatementPtr(std::move(statement));
}

}  // namespace tbl::tidb
