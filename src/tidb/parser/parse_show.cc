// SHOW.
#include "tidb/ast/show.h"
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

/// Words behind SHOW that need nothing else in front of LIKE and WHERE.
struct PlainShow {
  Kw first;
  Kw second;  ///< the same as first: a single word
  ShowKind kind;
};

constexpr PlainShow kPlain[] = {
    {"DATABASES", "DATABASES", ShowKind::kDatabases},
    {"SCHEMAS", "SCHEMAS", ShowKind::kDatabases},
    {"ENGINES", "ENGINES", ShowKind::kEngines},
    {"STORAGE", "ENGINES", ShowKind::kEngines},
    {"CHARACTER", "SET", ShowKind::kCharset},
    {"CHAR", "SET", ShowKind::kCharset},
    {"CHARSET", "CHARSET", ShowKind::kCharset},
    {"COLLATION", "COLLATION", ShowKind::kCollation},
    {"MASTER", "STATUS", ShowKind::kMasterStatus},
    {"SLAVE", "STATUS", ShowKind::kSlaveStatus},
    {"PUMP", "STATUS", ShowKind::kPumpStatus},
    {"DRAINER", "STATUS", ShowKind::kDrainerStatus},
    {"PRIVILEGES", "PRIVILEGES", ShowKind::kPrivileges},
    {"PLUGINS", "PLUGINS", ShowKind::kPlugins},
    {"PROCEDURE", "STATUS", ShowKind::kProcedureStatus},
    {"FUNCTION", "STATUS", ShowKind::kFunctionStatus},
    {"PROFILES", "PROFILES", ShowKind::kProfiles},
    {"STATS_META", "STATS_META", ShowKind::kStatsMeta},
    {"STATS_HISTOGRAMS", "STATS_HISTOGRAMS", ShowKind::kStatsHistograms},
    {"STATS_BUCKETS", "STATS_BUCKETS", ShowKind::kStatsBuckets},
    {"STATS_HEALTHY", "STATS_HEALTHY", ShowKind::kStatsHealthy},
    {"ANALYZE", "STATUS", ShowKind::kAnalyzeStatus},
    {"BUILTINS", "BUILTINS", ShowKind::kBuiltins},
    {"CONFIG", "CONFIG", ShowKind::kConfig},
};

/// LIKE 'pattern', WHERE expr, or nothing.
Status parse_filter(Cursor& in, ShowStatement& node) {
  if (in.accept("LIKE")) {
    TBL_ASSIGN(auto pattern, in.string());
    node.like = string_literal(std::move(pattern));
  } else if (in.accept("WHERE")) {
    TBL_ASSIGN(node.where, parse_expr(in));
  }
  return ok_status();
}

/// FROM db, IN db, or nothing.
Status parse_database(Cursor& in, ShowStatement& node) {
  if (!in.accept_any(Kw("FROM"), Kw("IN"))) return ok_status();
  TBL_ASSIGN(node.database, in.name());
  return ok_status();
}

/// FROM table [FROM db]
Status parse_table_of(Cursor& in, ShowStatement& node) {
  if (!in.accept_any(Kw("FROM"), Kw("IN"))) return in.syntax_error();
  TBL_ASSIGN(node.table, in.table_name());
  if (in.accept_any(Kw("FROM"), Kw("IN"))) {
    TBL_ASSIGN(node.table.schema, in.name());
  }
  return ok_status();
}

bool accept_plain(Cursor& in, ShowStatement& node) {
  for (const auto& rule : kPlain) {
    const bool single = rule.first.number == rule.second.number;
    if (!(single ? in.accept(rule.first) : in.accept(rule.first, rule.second))) continue;
    node.show = rule.kind;
    return true;
  }
  return false;
}

/// SHOW CREATE PROCEDURE and its like, of which there are none here.
bool accept_create_routine(Cursor& in, ShowStatement& node) {
  if (in.accept("PROCEDURE")) {
    node.show = ShowKind::kCreateProcedure;
  } else if (in.accept("FUNCTION")) {
    node.show = ShowKind::kCreateFunction;
  } else if (in.accept("TRIGGER")) {
    node.show = ShowKind::kCreateTrigger;
  } else if (in.accept("EVENT")) {
    node.show = ShowKind::kCreateEvent;
  } else {
    return false;
  }
  return true;
}

Status parse_show_create(Cursor& in, ShowStatement& node) {
  if (in.accept_any(Kw("DATABASE"), Kw("SCHEMA"))) {
    node.show = ShowKind::kCreateDatabase;
    TBL_ASSIGN(node.if_not_exists, parse_if_not_exists(in));
    TBL_ASSIGN(node.name, in.name());
    return ok_status();
  }
  if (in.accept("USER")) {
    node.show = ShowKind::kCreateUser;
    TBL_ASSIGN(node.user, parse_user(in));
    return ok_status();
  }
  if (in.accept("TABLE")) {
    node.show = ShowKind::kCreateTable;
  } else if (in.accept("VIEW")) {
    node.show = ShowKind::kCreateView;
  } else if (in.accept("SEQUENCE")) {
    node.show = ShowKind::kCreateSequence;
  } else if (!accept_create_routine(in, node)) {
    return in.syntax_error();
  }
  TBL_ASSIGN(node.table, in.table_name());
  node.name = node.table.name;
  return ok_status();
}

/// WARNINGS and ERRORS with LIMIT, behind COUNT(*) too.
Status parse_diagnostics(Cursor& in, ShowStatement& node) {
  if (in.accept("COUNT")) {
    TBL_TRY(in.expect('('));
    TBL_TRY(in.expect('*'));
    TBL_TRY(in.expect(')'));
    node.count_only = true;
  }
  node.show = in.at("WARNINGS") ? ShowKind::kWarnings : ShowKind::kErrors;
  if (!in.accept_any(Kw("WARNINGS"), Kw("ERRORS"))) return in.syntax_error();
  TBL_ASSIGN(node.limit, parse_limit(in));
  return ok_status();
}

Status parse_grants(Cursor& in, ShowStatement& node) {
  node.show = ShowKind::kGrants;
  if (!in.accept("FOR")) return ok_status();
  TBL_ASSIGN(node.user, parse_user(in));
  if (!in.accept("USING")) return ok_status();
  do {
    TBL_ASSIGN(auto role, parse_user(in));
  } while (in.accept(','));
  return ok_status();
}

/// [GLOBAL|SESSION] VARIABLES, STATUS, BINDINGS
Status parse_scoped(Cursor& in, ShowStatement& node) {
  if (in.accept("GLOBAL")) {
    node.scope = VariableScope::kGlobal;
  } else if (in.accept_any(Kw("SESSION"), Kw("LOCAL"))) {
    node.scope = VariableScope::kSession;
  }
  if (in.accept("VARIABLES")) {
    node.show = ShowKind::kVariables;
  } else if (in.accept("STATUS")) {
    node.show = ShowKind::kStatus;
  } else {
    TBL_TRY(in.expect("BINDINGS"));
    node.show = ShowKind::kBindings;
  }
  return parse_filter(in, node);
}

/// [EXTENDED] [FULL] TABLES, COLUMNS, FIELDS, PROCESSLIST
Status parse_full(Cursor& in, ShowStatement& node) {
  node.extended = in.accept("EXTENDED");
  node.full = in.accept("FULL");
  if (in.accept("PROCESSLIST")) {
    node.show = ShowKind::kProcessList;
    return ok_status();
  }
  if (in.accept_any(Kw("COLUMNS"), Kw("FIELDS"))) {
    node.show = ShowKind::kColumns;
    TBL_TRY(parse_table_of(in, node));
  } else {
    TBL_TRY(in.expect("TABLES"));
    node.show = ShowKind::kTables;
    TBL_TRY(parse_database(in, node));
  }
  return parse_filter(in, node);
}

Status parse_index_list(Cursor& in, ShowStatement& node) {
  in.take();
  node.show = ShowKind::kIndex;
  TBL_TRY(parse_table_of(in, node));
  return parse_filter(in, node);
}

/// TABLE STATUS, TABLE t [INDEX i] REGIONS
Status parse_of_table(Cursor& in, ShowStatement& node) {
  TBL_TRY(in.expect("TABLE"));
  if (in.accept("STATUS")) {
    node.show = ShowKind::kTableStatus;
    TBL_TRY(parse_database(in, node));
    return parse_filter(in, node);
  }
  node.show = ShowKind::kTableRegions;
  TBL_ASSIGN(node.table, in.table_name());
  if (in.accept("INDEX")) {
    TBL_ASSIGN(node.name, in.any_word());
  }
  TBL_TRY(in.expect("REGIONS"));
  return parse_filter(in, node);
}

Status parse_in_database(Cursor& in, ShowStatement& node, ShowKind kind) {
  in.take();
  if (kind == ShowKind::kOpenTables) TBL_TRY(in.expect("TABLES"));
  node.show = kind;
  TBL_TRY(parse_database(in, node));
  return parse_filter(in, node);
}

/// SHOW BINLOG EVENTS .., SHOW PROFILE ..: nothing comes of them, so their options do not matter.
Status parse_empty(Cursor& in, ShowStatement& node, ShowKind kind) {
  in.take();
  if (kind == ShowKind::kBinlogEvents) TBL_TRY(in.expect("EVENTS"));
  node.show = kind;
  while (!in.at_end()) in.take();
  return ok_status();
}

Status parse_engine_status(Cursor& in, ShowStatement& node) {
  in.take();
  node.show = ShowKind::kEngineStatus;
  TBL_ASSIGN(node.name, in.any_word());
  if (!in.accept_any(Kw("STATUS"), Kw("MUTEX"), Kw("LOGS"))) return in.syntax_error();
  return ok_status();
}

Status parse_body(Cursor& in, ShowStatement& node) {
  if (accept_plain(in, node)) return parse_filter(in, node);
  switch (in.peek().word) {
    case Kw("CREATE"):
      in.take();
      return parse_show_create(in, node);
    case Kw("COUNT"):
    case Kw("WARNINGS"):
    case Kw("ERRORS"):
      return parse_diagnostics(in, node);
    case Kw("GRANTS"):
      in.take();
      return parse_grants(in, node);
    case Kw("INDEX"):
    case Kw("INDEXES"):
    case Kw("KEYS"):
      return parse_index_list(in, node);
    case Kw("TABLE"):
      return parse_of_table(in, node);
    case Kw("OPEN"):
      return parse_in_database(in, node, ShowKind::kOpenTables);
    case Kw("TRIGGERS"):
      return parse_in_database(in, node, ShowKind::kTriggers);
    case Kw("EVENTS"):
      return parse_in_database(in, node, ShowKind::kEvents);
    case Kw("BINLOG"):
      return parse_empty(in, node, ShowKind::kBinlogEvents);
    case Kw("PROFILE"):
      return parse_empty(in, node, ShowKind::kProfile);
    case Kw("ENGINE"):
      return parse_engine_status(in, node);
    case Kw("EXTENDED"):
    case Kw("FULL"):
    case Kw("TABLES"):
    case Kw("COLUMNS"):
    case Kw("FIELDS"):
    case Kw("PROCESSLIST"):
      return parse_full(in, node);
    default:
      return parse_scoped(in, node);
  }
}

}  // namespace

Result<StatementPtr> parse_show(Cursor& in) {
  in.take();
  auto node = std::make_unique<ShowStatement>();
  TBL_TRY(parse_body(in, *node));
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
