// Indexes and constraints.
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

Result<IndexPart> parse_index_part(Cursor& in) {
  IndexPart part;
  if (in.at('(')) {
    std::string text;
    TBL_ASSIGN(part.expr, parse_parenthesized(in, &text));
  } else {
    TBL_ASSIGN(auto column, parse_column(in));
    part.column = std::move(column->name);
    TBL_ASSIGN(part.length, parse_length(in));
  }
  part.descending = in.accept("DESC");
  if (!part.descending) in.accept("ASC");
  return part;
}

Result<ReferAction> parse_refer_action(Cursor& in) {
  if (in.accept("RESTRICT")) return ReferAction::kRestrict;
  if (in.accept("CASCADE")) return ReferAction::kCascade;
  if (in.accept("SET", "NULL")) return ReferAction::kSetNull;
  if (in.accept("SET", "DEFAULT")) return ReferAction::kSetDefault;
  TBL_TRY(in.expect("NO", "ACTION"));
  return ReferAction::kNoAction;
}

bool at_index_type(const Cursor& in) {
  return in.at("USING") ||
         (in.at("TYPE") && (in.at("BTREE", 1) || in.at("HASH", 1) || in.at("RTREE", 1)));
}

Status parse_index_type(Cursor& in, IndexOptions* options) {
  in.take();
  if (in.accept("BTREE")) {
    options->type = IndexType::kBtree;
  } else if (in.accept("HASH")) {
    options->type = IndexType::kHash;
  } else {
    TBL_TRY(in.expect("RTREE"));
    options->type = IndexType::kRtree;
  }
  return ok_status();
}

/// False: the token begins no option.
Result<bool> parse_index_option(Cursor& in, IndexOptions* options) {
  if (at_index_type(in)) {
    TBL_TRY(parse_index_type(in, options));
  } else if (in.accept("COMMENT")) {
    TBL_ASSIGN(options->comment, in.string());
  } else if (in.accept("KEY_BLOCK_SIZE")) {
    in.accept('=');
    TBL_ASSIGN(options->key_block_size, in.integer());
  } else if (in.accept("WITH", "PARSER")) {
    TBL_ASSIGN(options->parser, in.name());
  } else if (in.at_any(Kw("VISIBLE"), Kw("INVISIBLE"))) {
    options->invisible = in.at("INVISIBLE");
    in.take();
  } else if (in.at_any(Kw("CLUSTERED"), Kw("NONCLUSTERED"))) {
    options->clustered = in.at("CLUSTERED");
    in.take();
  } else {
    return false;
  }
  return true;
}

/// PRIMARY KEY, UNIQUE, INDEX, ...: the words, and a name where one may stand.
Status parse_index_words(Cursor& in, Constraint* constraint) {
  if (in.accept("PRIMARY")) {
    constraint->kind = ConstraintKind::kPrimaryKey;
    TBL_TRY(in.expect("KEY"));
  } else if (in.accept("UNIQUE")) {
    constraint->kind = ConstraintKind::kUnique;
    in.accept_any(Kw("KEY"), Kw("INDEX"));
  } else if (in.at_any(Kw("FULLTEXT"), Kw("SPATIAL"))) {
    constraint->kind = in.at("FULLTEXT") ? ConstraintKind::kFulltext : ConstraintKind::kSpatial;
    in.take();
    in.accept_any(Kw("KEY"), Kw("INDEX"));
  } else {
    constraint->kind = ConstraintKind::kIndex;
    if (!in.accept_any(Kw("KEY"), Kw("INDEX"))) return in.syntax_error();
  }
  TBL_ASSIGN(constraint->if_not_exists, parse_if_not_exists(in));
  if (in.at_name() && !at_index_type(in)) {
    TBL_ASSIGN(auto name, in.name());
    // A primary key has one name only.
    if (constraint->kind != ConstraintKind::kPrimaryKey) constraint->name = std::move(name);
  }
  return ok_status();
}

Status parse_foreign_key(Cursor& in, Constraint* constraint) {
  constraint->kind = ConstraintKind::kForeignKey;
  TBL_TRY(in.expect("FOREIGN", "KEY"));
  TBL_ASSIGN(constraint->if_not_exists, parse_if_not_exists(in));
  if (in.at_name()) {
    TBL_ASSIGN(auto index_name, in.name());
    if (constraint->name.empty()) constraint->name = std::move(index_name);
  }
  TBL_ASSIGN(constraint->columns, parse_index_parts(in));
  TBL_ASSIGN(constraint->references, parse_references(in));
  return ok_status();
}

Status parse_check(Cursor& in, Constraint* constraint) {
  constraint->kind = ConstraintKind::kCheck;
  TBL_TRY(in.expect("CHECK"));
  TBL_ASSIGN(constraint->check, parse_parenthesized(in, &constraint->check_text));
  constraint->enforced = parse_enforced(in);
  return ok_status();
}

}  // namespace

bool parse_enforced(Cursor& in) {
  if (in.accept("NOT", "ENFORCED")) return false;
  in.accept("ENFORCED");
  return true;
}

Result<std::vector<IndexPart>> parse_index_parts(Cursor& in) {
  std::vector<IndexPart> parts;
  TBL_TRY(in.expect('('));
  do {
    TBL_ASSIGN(auto part, parse_index_part(in));
    parts.push_back(std::move(part));
  } while (in.accept(','));
  TBL_TRY(in.expect(')'));
  return parts;
}

Status parse_index_options(Cursor& in, IndexOptions* options) {
  while (true) {
    TBL_ASSIGN(bool any, parse_index_option(in, options));
    if (!any) return ok_status();
  }
}

Result<std::unique_ptr<References>> parse_references(Cursor& in) {
  TBL_TRY(in.expect("REFERENCES"));
  auto node = std::make_unique<References>();
  TBL_ASSIGN(node->table, in.table_name());
  if (in.at('(')) {
    TBL_ASSIGN(node->columns, parse_index_parts(in));
  }
  if (in.accept("MATCH")) {
    TBL_ASSIGN(auto match, in.any_word());
    node->match = upper(match);
  }
  while (in.accept("ON")) {
    if (in.accept("DELETE")) {
      TBL_ASSIGN(node->on_delete, parse_refer_action(in));
    } else {
      TBL_TRY(in.expect("UPDATE"));
      TBL_ASSIGN(node->on_update, parse_refer_action(in));
    }
  }
  return node;
}

bool at_constraint(const Cursor& in) {
  return in.at_any(Kw("CONSTRAINT"), Kw("PRIMARY"), Kw("UNIQUE"), Kw("INDEX"), Kw("KEY"),
                   Kw("FULLTEXT"), Kw("SPATIAL"), Kw("FOREIGN"), Kw("CHECK"));
}

Result<Constraint> parse_constraint(Cursor& in) {
  Constraint constraint;
  std::string symbol;
  if (in.accept("CONSTRAINT") && in.at_name()) {
    TBL_ASSIGN(symbol, in.name());
  }
  constraint.name = symbol;
  if (in.at("FOREIGN")) {
    TBL_TRY(parse_foreign_key(in, &constraint));
    return constraint;
  }
  if (in.at("CHECK")) {
    TBL_TRY(parse_check(in, &constraint));
    return constraint;
  }
  TBL_TRY(parse_index_words(in, &constraint));
  if (at_index_type(in)) TBL_TRY(parse_index_type(in, &constraint.options));
  TBL_ASSIGN(constraint.columns, parse_index_parts(in));
  TBL_TRY(parse_index_options(in, &constraint.options));
  if (constraint.kind == ConstraintKind::kPrimaryKey) constraint.name.clear();
  return constraint;
}

/// CREATE [UNIQUE|FULLTEXT|SPATIAL] INDEX name [USING type] ON table (..), at the word behind
/// CREATE.
Result<StatementPtr> parse_create_index(Cursor& in) {
  auto node = std::make_unique<CreateIndexStatement>();
  if (in.accept("UNIQUE")) node->index.kind = ConstraintKind::kUnique;
  if (in.accept("FULLTEXT")) node->index.kind = ConstraintKind::kFulltext;
  if (in.accept("SPATIAL")) node->index.kind = ConstraintKind::kSpatial;
  TBL_TRY(in.expect("INDEX"));
  TBL_ASSIGN(node->index.if_not_exists, parse_if_not_exists(in));
  TBL_ASSIGN(node->index.name, in.name());
  if (at_index_type(in)) TBL_TRY(parse_index_type(in, &node->index.options));
  TBL_TRY(in.expect("ON"));
  TBL_ASSIGN(node->table, in.table_name());
  TBL_ASSIGN(node->index.columns, parse_index_parts(in));
  TBL_TRY(parse_index_options(in, &node->index.options));
  while (in.at_any(Kw("ALGORITHM"), Kw("LOCK"))) {
    in.take();
    in.accept('=');
    TBL_ASSIGN(auto ignored, in.any_word());
  }
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
