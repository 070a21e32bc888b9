// ADMIN, ANALYZE, FLUSH, CHANGE, and the maintenance of tables.
#include "tidb/ast/admin.h"

#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

Status parse_ids(Cursor& in, AdminStatement& node) {
  do {
    TBL_ASSIGN(int64_t id, in.signed_integer());
    node.ids.push_back(id);
  } while (in.accept(','));
  return ok_status();
}

Status parse_table_and_index(Cursor& in, AdminStatement& node, AdminKind kind) {
  node.admin = kind;
  TBL_TRY(in.expect("INDEX"));
  TBL_ASSIGN(auto table, in.table_name());
  node.tables.push_back(std::move(table));
  TBL_ASSIGN(node.index, in.any_word());
  return ok_status();
}

Status parse_show_ddl(Cursor& in, AdminStatement& node) {
  node.admin = AdminKind::kShowDdl;
  if (!in.accept("JOB") && !in.accept("JOBS")) return ok_status();
  if (in.accept("QUERIES")) {
    node.admin = AdminKind::kShowDdlJobQueries;
    return parse_ids(in, node);
  }
  node.admin = AdminKind::kShowDdlJobs;
  if (in.at(TokenKind::kInteger)) {
    TBL_ASSIGN(node.count, in.signed_integer());
  }
  if (in.accept("WHERE")) {
    TBL_ASSIGN(node.where, parse_expr(in));
  }
  return ok_status();
}

Status parse_admin_show(Cursor& in, AdminStatement& node) {
  if (in.accept("DDL")) return parse_show_ddl(in, node);
  if (in.accept("SLOW")) {
    node.admin = AdminKind::kShowSlow;
    while (!in.at_end()) in.take();
    return ok_status();
  }
  node.admin = AdminKind::kShowNextRowId;
  TBL_ASSIGN(auto table, in.table_name());
  node.tables.push_back(std::move(table));
  return in.expect("NEXT_ROW_ID");
}

Status parse_tables(Cursor& in, AdminStatement& node, AdminKind kind) {
  node.admin = kind;
  TBL_TRY(in.expect("TABLE"));
  TBL_ASSIGN(node.tables, parse_table_list(in));
  return ok_status();
}

Status parse_admin_body(Cursor& in, AdminStatement& node) {
  if (in.accept("SHOW")) return parse_admin_show(in, node);
  if (in.accept("CHECK")) {
    if (in.at("INDEX")) return parse_table_and_index(in, node, AdminKind::kCheckIndex);
    return parse_tables(in, node, AdminKind::kCheckTable);
  }
  if (in.accept("CHECKSUM")) return parse_tables(in, node, AdminKind::kChecksumTable);
  if (in.accept("RECOVER")) return parse_table_and_index(in, node, AdminKind::kRecoverIndex);
  if (in.accept("CLEANUP")) return parse_table_and_index(in, node, AdminKind::kCleanupIndex);
  if (in.accept("CANCEL", "DDL")) {
    node.admin = AdminKind::kCancelDdlJobs;
    TBL_TRY(in.expect("JOBS"));
    return parse_ids(in, node);
  }
  if (!in.accept_any(Kw("RELOAD"), Kw("PLUGINS"), Kw("FLUSH"))) return in.syntax_error();
  if (in.at_end()) return in.syntax_error();
  node.admin = AdminKind::kReloadPrivileges;
  while (!in.at_end()) in.take();
  return ok_status();
}

Result<std::vector<std::string>> parse_names(Cursor& in) {
  std::vector<std::string> names;
  do {
    TBL_ASSIGN(auto name, in.any_word());
    names.push_back(std::move(name));
  } while (in.accept(','));
  return names;
}

Status parse_flush_tables(Cursor& in, FlushStatement& node) {
  node.flush = FlushKind::kTables;
  if (in.at_name()) {
    TBL_ASSIGN(node.tables, parse_table_list(in));
  }
  if (in.accept("FOR", "EXPORT")) return ok_status();
  if (!in.accept("WITH")) return ok_status();
  node.with_read_lock = true;
  return in.expect("READ", "LOCK");
}

}  // namespace

Result<StatementPtr> parse_admin(Cursor& in) {
  in.take();
  auto node = std::make_unique<AdminStatement>();
  TBL_TRY(parse_admin_body(in, *node));
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_analyze(Cursor& in) {
  in.take();
  in.accept_any(Kw("NO_WRITE_TO_BINLOG"), Kw("LOCAL"));
  in.accept("INCREMENTAL");
  TBL_TRY(in.expect("TABLE"));
  auto node = std::make_unique<AnalyzeStatement>();
  TBL_ASSIGN(node->tables, parse_table_list(in));
  if (in.accept("PARTITION")) {
    TBL_ASSIGN(node->partitions, parse_names(in));
  }
  node->index_only = in.accept("INDEX");
  if (node->index_only && !in.at_end() && !in.at("WITH")) {
    TBL_ASSIGN(node->indexes, parse_names(in));
  }
  if (in.accept("WITH")) {  // sizes of a sample, of which there is none
    while (!in.at_end()) in.take();
  }
  return StatementPtr(std::move(node));
}

/// CHECK, OPTIMIZE, REPAIR and CHECKSUM TABLE, at the first word.
Result<StatementPtr> parse_maintenance(Cursor& in) {
  auto node = std::make_unique<TableMaintenanceStatement>();
  node->operation = lower(in.raw(in.take()));
  in.accept_any(Kw("NO_WRITE_TO_BINLOG"), Kw("LOCAL"));
  if (!in.accept_any(Kw("TABLE"), Kw("TABLES"))) return in.syntax_error();
  TBL_ASSIGN(node->tables, parse_table_list(in));
  in.accept("FOR", "UPGRADE");
  while (in.at_any(Kw("QUICK"), Kw("FAST"), Kw("MEDIUM"), Kw("EXTENDED"), Kw("CHANGED"),
                   Kw("USE_FRM"))) {
    in.take();
  }
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_flush(Cursor& in) {
  in.take();
  in.accept_any(Kw("NO_WRITE_TO_BINLOG"), Kw("LOCAL"));
  auto node = std::make_unique<FlushStatement>();
  if (in.accept_any(Kw("TABLES"), Kw("TABLE"))) {
    TBL_TRY(parse_flush_tables(in, *node));
  } else if (in.accept("PRIVILEGES")) {
    node->flush = FlushKind::kPrivileges;
  } else if (in.accept("STATUS")) {
    node->flush = FlushKind::kStatus;
  } else if (in.accept("HOSTS")) {
    node->flush = FlushKind::kHosts;
  } else {
    while (in.accept_any(Kw("BINARY"), Kw("ENGINE"), Kw("ERROR"), Kw("GENERAL"), Kw("SLOW"),
                         Kw("RELAY"))) {
    }
    if (in.accept("LOGS")) {
      node->flush = FlushKind::kLogs;
    } else {
      TBL_ASSIGN(auto other, in.any_word());
      while (!in.at_end()) in.take();
    }
  }
  return StatementPtr(std::move(node));
}

/// CHANGE PUMP|DRAINER TO NODE_STATE = 'paused' FOR NODE_ID 'id'
Result<StatementPtr> parse_change(Cursor& in) {
  in.take();
  auto node = std::make_unique<ChangeNodeStatement>();
  node->drainer = in.accept("DRAINER");
  if (!node->drainer) TBL_TRY(in.expect("PUMP"));
  TBL_TRY(in.expect("TO", "NODE_STATE"));
  TBL_TRY(in.expect('='));
  TBL_ASSIGN(node->state, in.string());
  TBL_TRY(in.expect("FOR", "NODE_ID"));
  TBL_ASSIGN(node->node_id, in.string());
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
