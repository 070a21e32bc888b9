// PARTITION BY and the definitions of partitions.
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

/// (expr) of HASH, RANGE, LIST; or the COLUMNS form.
Status parse_expr_or_columns(Cursor& in, PartitionBy* partition) {
  if (in.accept("COLUMNS")) {
    partition->has_columns = true;
    TBL_ASSIGN(partition->columns, in.name_list());
    return ok_status();
  }
  TBL_ASSIGN(partition->expr, parse_parenthesized(in, &partition->expr_text));
  return ok_status();
}

Status parse_key(Cursor& in, PartitionBy* partition) {
  partition->kind = PartitionKind::kKey;
  partition->has_columns = true;
  if (in.accept("ALGORITHM")) {
    in.accept('=');
    TBL_ASSIGN(uint64_t algorithm, in.integer());
    (void)algorithm;
  }
  if (in.at('(') && in.at(')', 1)) {
    in.take();
    in.take();
    return ok_status();
  }
  TBL_ASSIGN(partition->columns, in.name_list());
  return ok_status();
}

Status parse_method(Cursor& in, PartitionBy* partition) {
  partition->linear = in.accept("LINEAR");
  if (in.accept("KEY")) return parse_key(in, partition);
  if (in.accept("HASH")) {
    partition->kind = PartitionKind::kHash;
    TBL_ASSIGN(partition->expr, parse_parenthesized(in, &partition->expr_text));
    return ok_status();
  }
  if (in.accept("RANGE")) {
    partition->kind = PartitionKind::kRange;
  } else if (in.accept("LIST")) {
    partition->kind = PartitionKind::kList;
  } else if (in.accept("SYSTEM_TIME")) {
    partition->kind = PartitionKind::kSystemTime;
    return ok_status();
  } else {
    return in.syntax_error();
  }
  return parse_expr_or_columns(in, partition);
}

Status parse_subpartition_by(Cursor& in, PartitionBy* partition) {
  if (!in.accept("SUBPARTITION", "BY")) return ok_status();
  partition->has_subpartitions = true;
  PartitionBy inner;
  TBL_TRY(parse_method(in, &inner));
  if (in.accept("SUBPARTITIONS")) {
    TBL_ASSIGN(inner.count, in.integer());
  }
  return ok_status();
}

Status parse_less_than(Cursor& in, PartitionDef* def) {
  def->values = PartitionDef::Values::kLessThan;
  TBL_TRY(in.expect("THAN"));
  if (in.accept("MAXVALUE")) {
    def->less_than.push_back(nullptr);
    return ok_status();
  }
  TBL_TRY(in.expect('('));
  do {
    if (in.accept("MAXVALUE")) {
      def->less_than.push_back(nullptr);
    } else {
      TBL_ASSIGN(auto bound, parse_expr(in));
      def->less_than.push_back(std::move(bound));
    }
  } while (in.accept(','));
  return in.expect(')');
}

Status parse_in_values(Cursor& in, PartitionDef* def) {
  def->values = PartitionDef::Values::kIn;
  TBL_TRY(in.expect('('));
  do {
    ExprList tuple;
    TBL_ASSIGN(auto value, parse_expr_or_default(in));
    if (value->kind == ExprKind::kRow) {
      tuple = std::move(as<Row>(*value).items);
    } else {
      tuple.push_back(std::move(value));
    }
    def->in_values.push_back(std::move(tuple));
  } while (in.accept(','));
  return in.expect(')');
}

Status parse_definition_options(Cursor& in, PartitionDef* def) {
  while (at_table_option(in)) {
    TBL_ASSIGN(auto option, parse_table_option(in));
    if (option.kind == TableOptionKind::kComment) def->comment = option.text;
  }
  return ok_status();
}

Status parse_subpartitions(Cursor& in, PartitionDef* def) {
  if (!in.accept('(')) return ok_status();
  do {
    PartitionDef sub;
    TBL_TRY(in.expect("SUBPARTITION"));
    TBL_ASSIGN(sub.name, in.name());
    TBL_TRY(parse_definition_options(in, &sub));
    def->subpartitions.push_back(std::move(sub));
  } while (in.accept(','));
  return in.expect(')');
}

Result<PartitionDef> parse_partition_def(Cursor& in) {
  PartitionDef def;
  TBL_TRY(in.expect("PARTITION"));
  TBL_ASSIGN(def.name, in.name());
  if (in.accept("VALUES")) {
    if (in.accept("LESS")) {
      TBL_TRY(parse_less_than(in, &def));
    } else {
      TBL_TRY(in.expect("IN"));
      TBL_TRY(parse_in_values(in, &def));
    }
  } else if (in.accept("DEFAULT")) {
    def.values = PartitionDef::Values::kIn;
    def.in_values.emplace_back();
    def.in_values[0].push_back(std::make_unique<Default>());
  }
  TBL_TRY(parse_definition_options(in, &def));
  TBL_TRY(parse_subpartitions(in, &def));
  return def;
}

}  // namespace

Result<std::vector<PartitionDef>> parse_partition_defs(Cursor& in) {
  std::vector<PartitionDef> defs;
  TBL_TRY(in.expect('('));
  do {
    TBL_ASSIGN(auto def, parse_partition_def(in));
    defs.push_back(std::move(def));
  } while (in.accept(','));
  TBL_TRY(in.expect(')'));
  return defs;
}

Result<std::unique_ptr<PartitionBy>> parse_partition_by(Cursor& in) {
  TBL_TRY(in.expect("PARTITION", "BY"));
  auto partition = std::make_unique<PartitionBy>();
  TBL_TRY(parse_method(in, partition.get()));
  if (in.accept("PARTITIONS")) {
    TBL_ASSIGN(partition->count, in.integer());
  }
  TBL_TRY(parse_subpartition_by(in, partition.get()));
  if (in.at('(')) {
    TBL_ASSIGN(partition->definitions, parse_partition_defs(in));
  }
  return partition;
}

}  // namespace tbl::tidb
