// CREATE and ALTER SEQUENCE.
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

Status parse_number(Cursor& in, std::optional<int64_t>* number) {
  in.accept('=');
  TBL_ASSIGN(*number, in.signed_integer());
  return ok_status();
}

Status parse_restart(Cursor& in, SequenceOptions* options) {
  options->restart = true;
  in.accept("WITH");
  in.accept('=');
  if (in.at(TokenKind::kInteger) || in.at('-')) {
    TBL_ASSIGN(options->restart_with, in.signed_integer());
  }
  return ok_status();
}

/// NO MINVALUE, NOMINVALUE and so on. False: the token is none of them.
bool accept_negation(Cursor& in, SequenceOptions* options) {
  if (in.accept("NOMINVALUE") || in.accept("NO", "MINVALUE")) {
    options->no_min_value = true;
  } else if (in.accept("NOMAXVALUE") || in.accept("NO", "MAXVALUE")) {
    options->no_max_value = true;
  } else if (in.accept("NOCACHE") || in.accept("NO", "CACHE")) {
    options->cache = false;
  } else if (in.accept("NOCYCLE") || in.accept("NO", "CYCLE")) {
    options->cycle = false;
  } else {
    return false;
  }
  return true;
}

/// False: the token begins no option.
Result<bool> parse_option(Cursor& in, SequenceOptions* options) {
  if (accept_negation(in, options)) return true;
  if (in.accept("START")) {
    in.accept("WITH");
    TBL_TRY(parse_number(in, &options->start));
  } else if (in.accept("INCREMENT")) {
    in.accept("BY");
    TBL_TRY(parse_number(in, &options->increment));
  } else if (in.accept("MINVALUE")) {
    TBL_TRY(parse_number(in, &options->min_value));
  } else if (in.accept("MAXVALUE")) {
    TBL_TRY(parse_number(in, &options->max_value));
  } else if (in.accept("CACHE")) {
    options->cache = true;
    TBL_TRY(parse_number(in, &options->cache_value));
  } else if (in.accept("CYCLE")) {
    options->cycle = true;
  } else if (in.accept("RESTART")) {
    TBL_TRY(parse_restart(in, options));
  } else if (in.accept("COMMENT")) {
    in.accept('=');
    TBL_ASSIGN(options->comment, in.string());
  } else {
    return false;
  }
  return true;
}

Status parse_options(Cursor& in, SequenceOptions* options) {
  while (true) {
    TBL_ASSIGN(bool any, parse_option(in, options));
    if (!any) return ok_status();
  }
}

}  // namespace

Result<StatementPtr> parse_create_sequence(Cursor& in) {
  in.take();
  auto node = std::make_unique<CreateSequenceStatement>();
  TBL_ASSIGN(node->if_not_exists, parse_if_not_exists(in));
  TBL_ASSIGN(node->name, in.table_name());
  TBL_TRY(parse_options(in, &node->options));
  while (at_table_option(in)) {
    TBL_ASSIGN(auto ignored, parse_table_option(in));
  }
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_alter_sequence(Cursor& in) {
  in.take();
  auto node = std::make_unique<AlterSequenceStatement>();
  TBL_ASSIGN(node->if_exists, parse_if_exists(in));
  TBL_ASSIGN(node->name, in.table_name());
  TBL_TRY(parse_options(in, &node->options));
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
