// Columns of CREATE and ALTER TABLE.
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

ColumnOption option_of(ColumnOptionKind kind) {
  ColumnOption option;
  option.kind = kind;
  return option;
}

/// CLUSTERED, NONCLUSTERED or nothing.
std::optional<bool> parse_clustered(Cursor& in) {
  if (in.accept("CLUSTERED")) return true;
  if (in.accept("NONCLUSTERED")) return false;
  return std::nullopt;
}

Result<ColumnOption> parse_generated(Cursor& in) {
  if (in.accept("GENERATED")) TBL_TRY(in.expect("ALWAYS"));
  TBL_TRY(in.expect("AS"));
  ColumnOption option = option_of(ColumnOptionKind::kGenerated);
  TBL_ASSIGN(option.expr, parse_parenthesized(in, &option.expr_text));
  option.stored = in.accept_any(Kw("STORED"), Kw("PERSISTENT"));
  if (!option.stored) in.accept("VIRTUAL");
  return option;
}

Result<ColumnOption> parse_check(Cursor& in) {
  ColumnOption option = option_of(ColumnOptionKind::kCheck);
  if (in.accept("CONSTRAINT") && in.at_name()) {
    TBL_ASSIGN(option.text, in.name());
  }
  TBL_TRY(in.expect("CHECK"));
  TBL_ASSIGN(option.expr, parse_parenthesized(in, &option.expr_text));
  option.enforced = parse_enforced(in);
  return option;
}

Result<ColumnOption> parse_default(Cursor& in) {
  in.take();
  ColumnOption option = option_of(ColumnOptionKind::kDefault);
  const size_t begin = in.index();
  TBL_ASSIGN(option.expr, parse_default_value(in));
  option.expr_text = in.text_since(begin);
  return option;
}

Result<ColumnOption> parse_on_update(Cursor& in) {
  in.take();
  TBL_TRY(in.expect("UPDATE"));
  ColumnOption option = option_of(ColumnOptionKind::kOnUpdate);
  const size_t begin = in.index();
  if (!at_function(in)) return in.syntax_error();
  TBL_ASSIGN(option.expr, parse_function(in));
  option.expr_text = in.text_since(begin);
  return option;
}

Result<ColumnOption> parse_key(Cursor& in) {
  ColumnOption option;
  if (in.accept("UNIQUE")) {
    in.accept("KEY");
    return option_of(ColumnOptionKind::kUniqueKey);
  }
  in.accept("PRIMARY");
  TBL_TRY(in.expect("KEY"));
  option = option_of(ColumnOptionKind::kPrimaryKey);
  option.clustered = parse_clustered(in);
  return option;
}

Result<ColumnOption> parse_word_option(Cursor& in, ColumnOptionKind kind) {
  in.take();
  ColumnOption option = option_of(kind);
  if (in.accept("DEFAULT")) {
    option.text = "DEFAULT";
  } else {
    TBL_ASSIGN(auto word, in.any_word());
    option.text = upper(word);
  }
  return option;
}

Result<ColumnOption> parse_auto_random(Cursor& in) {
  in.take();
  ColumnOption option = option_of(ColumnOptionKind::kAutoRandom);
  if (!in.accept('(')) return option;
  TBL_ASSIGN(option.number, in.integer());
  if (in.accept(',')) {
    TBL_ASSIGN(uint64_t range_bits, in.integer());
    (void)range_bits;  // A key of 64 bits is the only one.
  }
  TBL_TRY(in.expect(')'));
  return option;
}

Result<ColumnOption> parse_text_option(Cursor& in, ColumnOptionKind kind) {
  in.take();
  ColumnOption option = option_of(kind);
  if (kind == ColumnOptionKind::kCollate) {
    TBL_ASSIGN(option.text, in.charset_name());
  } else {
    TBL_ASSIGN(option.text, in.string());
  }
  return option;
}

Result<ColumnOption> parse_reference_option(Cursor& in) {
  ColumnOption option = option_of(ColumnOptionKind::kReferences);
  TBL_ASSIGN(option.references, parse_references(in));
  return option;
}

/// None: the token begins no option.
Result<std::optional<ColumnOption>> parse_option(Cursor& in) {
  const auto wrap = [](Result<ColumnOption> result) -> Result<std::optional<ColumnOption>> {
    TBL_ASSIGN(auto option, std::move(result));
    return std::optional<ColumnOption>(std::move(option));
  };
  switch (in.peek().word) {
    case Kw("NOT"):
      in.take();
      TBL_TRY(in.expect("NULL"));
      return wrap(option_of(ColumnOptionKind::kNotNull));
    case Kw("NULL"):
      in.take();
      return wrap(option_of(ColumnOptionKind::kNull));
    case Kw("AUTO_INCREMENT"):
      in.take();
      return wrap(option_of(ColumnOptionKind::kAutoIncrement));
    case Kw("DEFAULT"):
      return wrap(parse_default(in));
    case Kw("ON"):
      return wrap(parse_on_update(in));
    case Kw("PRIMARY"):
    case Kw("KEY"):
    case Kw("UNIQUE"):
      return wrap(parse_key(in));
    case Kw("COMMENT"):
      return wrap(parse_text_option(in, ColumnOptionKind::kComment));
    case Kw("COLLATE"):
      return wrap(parse_text_option(in, ColumnOptionKind::kCollate));
    case Kw("GENERATED"):
    case Kw("AS"):
      return wrap(parse_generated(in));
    case Kw("CONSTRAINT"):
    case Kw("CHECK"):
      return wrap(parse_check(in));
    case Kw("REFERENCES"):
      return wrap(parse_reference_option(in));
    case Kw("COLUMN_FORMAT"):
      return wrap(parse_word_option(in, ColumnOptionKind::kColumnFormat));
    case Kw("STORAGE"):
      return wrap(parse_word_option(in, ColumnOptionKind::kStorage));
    case Kw("AUTO_RANDOM"):
      return wrap(parse_auto_random(in));
    default:
      return std::optional<ColumnOption>();
  }
}

void add_serial_options(ColumnDef* column) {
  column->options.push_back(option_of(ColumnOptionKind::kNotNull));
  column->options.push_back(option_of(ColumnOptionKind::kAutoIncrement));
  column->options.push_back(option_of(ColumnOptionKind::kUniqueKey));
}

}  // namespace

Result<ExprPtr> parse_parenthesized(Cursor& in, std::string* text) {
  TBL_TRY(in.expect('('));
  const size_t begin = in.index();
  TBL_ASSIGN(auto expr, parse_expr(in));
  *text = in.text_since(begin);
  TBL_TRY(in.expect(')'));
  return expr;
}

Result<ExprPtr> parse_default_value(Cursor& in) {
  if (in.at_any('-', '+')) {
    auto sign = std::make_unique<Unary>();
    sign->op = in.at('-') ? UnaryOp::kMinus : UnaryOp::kPlus;
    in.take();
    TBL_ASSIGN(sign->operand, parse_literal(in));
    cover(*sign, sign->operand);
    return ExprPtr(std::move(sign));
  }
  if (at_literal(in)) return parse_literal(in);
  if (in.at('(')) return parse_primary(in);
  if (!at_function(in)) return in.syntax_error();
  return parse_function(in);
}

Result<ColumnDef> parse_column_def(Cursor& in) {
  ColumnDef column;
  TBL_ASSIGN(auto name, parse_column(in));
  column.name = std::move(name->name);
  if (in.accept("SERIAL")) {
    column.type.tp = schema::kTypeLongLong;
    column.type.flag = schema::kFlagUnsigned;
    add_serial_options(&column);
  } else {
    TBL_ASSIGN(column.type, parse_column_type(in));
  }
  while (true) {
    if (in.at_words("SERIAL", "DEFAULT")) {
      in.take();
      in.take();
      TBL_TRY(in.expect("VALUE"));
      add_serial_options(&column);
      continue;
    }
    TBL_ASSIGN(auto option, parse_option(in));
    if (!option) return column;
    column.options.push_back(std::move(*option));
  }
}

}  // namespace tbl::tidb
