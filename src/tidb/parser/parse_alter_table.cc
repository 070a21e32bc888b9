// ALTER TABLE and its specifications.
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

AlterSpec spec_of(AlterKind kind) {
  AlterSpec spec;
  spec.kind = kind;
  return spec;
}

Status parse_position(Cursor& in, AlterSpec* spec) {
  if (in.accept("FIRST")) {
    spec->position.kind = ColumnPosition::Kind::kFirst;
  } else if (in.accept("AFTER")) {
    spec->position.kind = ColumnPosition::Kind::kAfter;
    TBL_ASSIGN(auto column, parse_column(in));
    spec->position.after = std::move(column->name);
  }
  return ok_status();
}

Result<std::string> column_name(Cursor& in) {
  TBL_ASSIGN(auto column, parse_column(in));
  return std::move(column->name);
}

Status add_column(Cursor& in, AlterSpec* spec) {
  TBL_ASSIGN(auto column, parse_column_def(in));
  spec->columns.push_back(std::move(column));
  return ok_status();
}

Result<AlterSpec> parse_add_columns(Cursor& in) {
  AlterSpec spec = spec_of(AlterKind::kAddColumns);
  in.accept("COLUMN");
  TBL_ASSIGN(spec.if_not_exists, parse_if_not_exists(in));
  if (!in.accept('(')) {
    TBL_TRY(add_column(in, &spec));
    TBL_TRY(parse_position(in, &spec));
    return spec;
  }
  do {
    if (at_constraint(in)) {
      TBL_ASSIGN(auto constraint, parse_constraint(in));
      spec.constraints.push_back(std::move(constraint));
    } else {
      TBL_TRY(add_column(in, &spec));
    }
  } while (in.accept(','));
  TBL_TRY(in.expect(')'));
  return spec;
}

Result<AlterSpec> parse_add(Cursor& in) {
  if (in.accept("PARTITION")) {
    AlterSpec spec = spec_of(AlterKind::kAddPartitions);
    TBL_ASSIGN(spec.if_not_exists, parse_if_not_exists(in));
    in.accept_any(Kw("NO_WRITE_TO_BINLOG"), Kw("LOCAL"));
    if (in.accept("PARTITIONS")) {
      TBL_ASSIGN(spec.partition_count, in.integer());
    } else {
      TBL_ASSIGN(spec.partition_definitions, parse_partition_defs(in));
    }
    return spec;
  }
  if (!at_constraint(in)) return parse_add_columns(in);
  AlterSpec spec = spec_of(AlterKind::kAddConstraint);
  TBL_ASSIGN(auto constraint, parse_constraint(in));
  spec.if_not_exists = constraint.if_not_exists;
  spec.constraint = std::make_unique<Constraint>(std::move(constraint));
  return spec;
}

Result<AlterSpec> parse_drop_named(Cursor& in, AlterKind kind) {
  AlterSpec spec = spec_of(kind);
  TBL_ASSIGN(spec.if_exists, parse_if_exists(in));
  TBL_ASSIGN(spec.name, kind == AlterKind::kDropColumn ? column_name(in) : in.any_word());
  in.accept_any(Kw("RESTRICT"), Kw("CASCADE"));
  return spec;
}

Status parse_partition_names(Cursor& in, AlterSpec* spec) {
  in.accept_any(Kw("NO_WRITE_TO_BINLOG"), Kw("LOCAL"));
  if (in.accept("ALL")) {
    spec->all_partitions = true;
    return ok_status();
  }
  do {
    TBL_ASSIGN(auto name, in.name());
    spec->partitions.push_back(std::move(name));
  } while (in.accept(','));
  return ok_status();
}

Result<AlterSpec> parse_drop_spec(Cursor& in) {
  if (in.accept("PRIMARY")) {
    TBL_TRY(in.expect("KEY"));
    return spec_of(AlterKind::kDropPrimaryKey);
  }
  if (in.accept_any(Kw("INDEX"), Kw("KEY"))) return parse_drop_named(in, AlterKind::kDropIndex);
  if (in.accept("FOREIGN")) {
    TBL_TRY(in.expect("KEY"));
    return parse_drop_named(in, AlterKind::kDropForeignKey);
  }
  if (in.accept_any(Kw("CHECK"), Kw("CONSTRAINT"))) {
    return parse_drop_named(in, AlterKind::kDropCheck);
  }
  if (in.accept("PARTITION")) {
    AlterSpec spec = spec_of(AlterKind::kDropPartitions);
    TBL_ASSIGN(spec.if_exists, parse_if_exists(in));
    TBL_TRY(parse_partition_names(in, &spec));
    return spec;
  }
  in.accept("COLUMN");
  return parse_drop_named(in, AlterKind::kDropColumn);
}

Result<AlterSpec> parse_modify(Cursor& in) {
  AlterSpec spec = spec_of(AlterKind::kModifyColumn);
  in.accept("COLUMN");
  TBL_ASSIGN(spec.if_exists, parse_if_exists(in));
  TBL_TRY(add_column(in, &spec));
  TBL_TRY(parse_position(in, &spec));
  return spec;
}

Result<AlterSpec> parse_change_column(Cursor& in) {
  AlterSpec spec = spec_of(AlterKind::kChangeColumn);
  in.accept("COLUMN");
  TBL_ASSIGN(spec.if_exists, parse_if_exists(in));
  TBL_ASSIGN(spec.name, column_name(in));
  TBL_TRY(add_column(in, &spec));
  TBL_TRY(parse_position(in, &spec));
  return spec;
}

Result<AlterSpec> parse_rename_spec(Cursor& in) {
  AlterSpec spec;
  if (in.accept("COLUMN")) {
    spec.kind = AlterKind::kRenameColumn;
    TBL_ASSIGN(spec.name, column_name(in));
    TBL_TRY(in.expect("TO"));
    TBL_ASSIGN(spec.new_name, column_name(in));
    return spec;
  }
  if (in.accept_any(Kw("INDEX"), Kw("KEY"))) {
    spec.kind = AlterKind::kRenameIndex;
    TBL_ASSIGN(spec.name, in.any_word());
    TBL_TRY(in.expect("TO"));
    TBL_ASSIGN(spec.new_name, in.any_word());
    return spec;
  }
  spec.kind = AlterKind::kRenameTable;
  if (!in.accept_any(Kw("TO"), Kw("AS"))) in.accept('=');
  TBL_ASSIGN(spec.new_table, in.table_name());
  return spec;
}

/// ALTER [COLUMN] c SET DEFAULT .., ALTER INDEX i INVISIBLE, ALTER CHECK k NOT ENFORCED.
Result<AlterSpec> parse_alter_spec(Cursor& in) {
  AlterSpec spec;
  if (in.accept("INDEX")) {
    spec.kind = AlterKind::kAlterIndexVisible;
    TBL_ASSIGN(spec.name, in.any_word());
    spec.invisible = in.accept("INVISIBLE");
    if (!spec.invisible) TBL_TRY(in.expect("VISIBLE"));
    return spec;
  }
  if (in.accept_any(Kw("CHECK"), Kw("CONSTRAINT"))) {
    spec.kind = AlterKind::kAlterCheck;
    TBL_ASSIGN(spec.name, in.any_word());
    spec.enforced = parse_enforced(in);
    return spec;
  }
  in.accept("COLUMN");
  TBL_ASSIGN(spec.name, column_name(in));
  if (in.accept("DROP", "DEFAULT")) {
    spec.kind = AlterKind::kDropDefault;
    return spec;
  }
  spec.kind = AlterKind::kSetDefault;
  TBL_TRY(in.expect("SET", "DEFAULT"));
  TBL_ASSIGN(spec.default_value, parse_default_value(in));
  return spec;
}

Result<AlterSpec> parse_convert_spec(Cursor& in) {
  AlterSpec spec = spec_of(AlterKind::kConvertCharset);
  TBL_TRY(in.expect("TO"));
  if (!in.accept("CHARSET")) {
    if (!in.accept_any(Kw("CHARACTER"), Kw("CHAR"))) return in.syntax_error();
    TBL_TRY(in.expect("SET"));
  }
  if (!in.accept("DEFAULT")) {
    TBL_ASSIGN(spec.charset, in.charset_name());
  }
  if (in.accept("COLLATE")) {
    TBL_ASSIGN(spec.collate, in.charset_name());
  }
  return spec;
}

Result<AlterSpec> parse_exchange(Cursor& in) {
  AlterSpec spec = spec_of(AlterKind::kExchangePartition);
  TBL_TRY(in.expect("PARTITION"));
  TBL_ASSIGN(auto name, in.name());
  spec.partitions.push_back(std::move(name));
  TBL_TRY(in.expect("WITH", "TABLE"));
  TBL_ASSIGN(spec.new_table, in.table_name());
  if (in.accept("WITHOUT", "VALIDATION")) return spec;
  in.accept("WITH", "VALIDATION");
  return spec;
}

Result<AlterSpec> parse_reorganize(Cursor& in) {
  AlterSpec spec = spec_of(AlterKind::kReorganizePartitions);
  TBL_TRY(in.expect("PARTITION"));
  if (in.at(TokenKind::kEnd)) return spec;
  TBL_TRY(parse_partition_names(in, &spec));
  TBL_TRY(in.expect("INTO"));
  TBL_ASSIGN(spec.partition_definitions, parse_partition_defs(in));
  return spec;
}

Result<AlterSpec> parse_coalesce(Cursor& in) {
  AlterSpec spec = spec_of(AlterKind::kCoalescePartitions);
  TBL_TRY(in.expect("PARTITION"));
  in.accept_any(Kw("NO_WRITE_TO_BINLOG"), Kw("LOCAL"));
  TBL_ASSIGN(spec.partition_count, in.integer());
  return spec;
}

Result<AlterSpec> parse_partition_names_spec(Cursor& in, AlterKind kind, std::string name) {
  AlterSpec spec = spec_of(kind);
  spec.name = std::move(name);
  TBL_TRY(in.expect("PARTITION"));
  TBL_TRY(parse_partition_names(in, &spec));
  return spec;
}

/// ALGORITHM = x, LOCK = x
Result<AlterSpec> parse_ignored_value(Cursor& in, std::string name) {
  AlterSpec spec = spec_of(AlterKind::kIgnored);
  spec.name = std::move(name);
  in.accept('=');
  TBL_ASSIGN(auto value, in.any_word());
  return spec;
}

Result<AlterSpec> parse_keys(Cursor& in, std::string name) {
  AlterSpec spec = spec_of(AlterKind::kIgnored);
  spec.name = std::move(name);
  if (in.accept("TABLESPACE")) return spec;
  TBL_TRY(in.expect("KEYS"));
  return spec;
}

Result<AlterSpec> parse_order(Cursor& in) {
  AlterSpec spec = spec_of(AlterKind::kOrderBy);
  TBL_TRY(in.expect("BY"));
  TBL_ASSIGN(auto ignored, parse_order_items(in));
  return spec;
}

Result<AlterSpec> parse_table_options(Cursor& in) {
  AlterSpec spec = spec_of(AlterKind::kOptions);
  while (at_table_option(in)) {
    TBL_ASSIGN(auto option, parse_table_option(in));
    spec.options.push_back(std::move(option));
  }
  if (spec.options.empty()) return in.syntax_error();
  return spec;
}

/// The word is known to begin one of these.
Result<AlterSpec> parse_word_spec(Cursor& in) {
  const std::string name = upper(in.raw(in.peek()));
  switch (in.take().word) {
    case Kw("ADD"):
      return parse_add(in);
    case Kw("DROP"):
      return parse_drop_spec(in);
    case Kw("MODIFY"):
      return parse_modify(in);
    case Kw("CHANGE"):
      return parse_change_column(in);
    case Kw("RENAME"):
      return parse_rename_spec(in);
    case Kw("ALTER"):
      return parse_alter_spec(in);
    case Kw("CONVERT"):
      return parse_convert_spec(in);
    case Kw("TRUNCATE"):
      return parse_partition_names_spec(in, AlterKind::kTruncatePartitions, name);
    case Kw("COALESCE"):
      return parse_coalesce(in);
    case Kw("REORGANIZE"):
      return parse_reorganize(in);
    case Kw("EXCHANGE"):
      return parse_exchange(in);
    case Kw("ORDER"):
      return parse_order(in);
    case Kw("ALGORITHM"):
    case Kw("LOCK"):
      return parse_ignored_value(in, name);
    case Kw("ENABLE"):
    case Kw("DISABLE"):
    case Kw("DISCARD"):
    case Kw("IMPORT"):
      return parse_keys(in, name);
    default:
      return parse_partition_names_spec(in, AlterKind::kOtherPartition, name);
  }
}

Result<AlterSpec> parse_spec(Cursor& in) {
  if (in.accept("REMOVE", "PARTITIONING")) return spec_of(AlterKind::kRemovePartitioning);
  if (in.at_any(Kw("WITH"), Kw("WITHOUT")) && in.at("VALIDATION", 1)) {
    in.take();
    in.take();
    return spec_of(AlterKind::kIgnored);
  }
  if (in.at("PARTITION")) {
    AlterSpec spec = spec_of(AlterKind::kPartitionBy);
    TBL_ASSIGN(spec.partition, parse_partition_by(in));
    return spec;
  }
  if (at_table_option(in)) return parse_table_options(in);
  if (in.accept("FORCE")) return spec_of(AlterKind::kIgnored);
  const bool known =
      in.at_any(Kw("ADD"), Kw("DROP"), Kw("MODIFY"), Kw("CHANGE"), Kw("RENAME"), Kw("ALTER"),
                Kw("CONVERT"), Kw("TRUNCATE"), Kw("COALESCE"), Kw("REORGANIZE"), Kw("EXCHANGE"),
                Kw("ORDER"), Kw("ALGORITHM"), Kw("LOCK"), Kw("ENABLE"), Kw("DISABLE")) ||
      in.at_any(Kw("DISCARD"), Kw("IMPORT"), Kw("CHECK"), Kw("OPTIMIZE"), Kw("REBUILD"),
                Kw("ANALYZE"), Kw("REPAIR"));
  if (!known) return in.syntax_error();
  return parse_word_spec(in);
}

}  // namespace

/// At IGNORE or TABLE.
Result<StatementPtr> parse_alter_table(Cursor& in) {
  in.accept("IGNORE");
  TBL_TRY(in.expect("TABLE"));
  auto node = std::make_unique<AlterTableStatement>();
  TBL_ASSIGN(node->table, in.table_name());
  if (in.at_end()) return StatementPtr(std::move(node));
  do {
    TBL_ASSIGN(auto spec, parse_spec(in));
    node->specs.push_back(std::move(spec));
    // MySQL takes ADD .. PARTITION BY .. and options behind each other without a comma.
  } while (in.accept(',') || in.at("PARTITION") || in.at("REMOVE"));
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
