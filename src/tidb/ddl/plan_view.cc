// CREATE VIEW and DROP VIEW.
#include <fmt/format.h>

#include "tidb/ddl/plan_jobs.h"
#include "tidb/ddl/view_query.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using schema::ActionType;
using schema::TableInfo;

constexpr uint16_t kTableVersion = 3;

Status not_a_view(const Database& db, const schema::CiName& name) {
  return sql_error(kErrTableNotBase, fmt::format("'{}.{}' is not VIEW", db.info->name.o, name.o));
}

struct Account {
  std::string user;
  std::string host;
};

/// "root@127.0.0.1" apart.
Account split_account(const std::string& account) {
  const size_t at = account.rfind('@');
  if (at == std::string::npos) return {account, "%"};
  return {account.substr(0, at), account.substr(at + 1)};
}

schema::ViewInfo view_info(const ast::CreateViewStatement& s, const EvalContext& eval) {
  schema::ViewInfo view;
  view.algorithm = static_cast<int64_t>(s.algorithm);
  view.security = static_cast<int64_t>(s.security);
  view.check_option = static_cast<int64_t>(s.check_option);
  const bool current = !s.definer || s.definer->current;
  const Account session = split_account(eval.user);
  const Account account = split_account(eval.auth_user);
  view.definer_is_current = s.definer && s.definer->current;
  view.definer_user = current ? session.user : s.definer->user;
  view.definer_host = current ? session.host : s.definer->host;
  view.definer_auth_user = current ? account.user : s.definer->user;
  view.definer_auth_host = current ? account.host : s.definer->host;
  for (const std::string& name : s.columns) view.columns.push_back(schema::CiName::of(name));
  return view;
}

/// The columns of a view have names only.
schema::ColumnInfo view_column(const std::string& name, size_t position) {
  schema::ColumnInfo column;
  column.id = static_cast<int64_t>(position) + 1;
  column.name = schema::CiName::of(name);
  column.offset = static_cast<int64_t>(position);
  column.state = schema::SchemaState::kPublic;
  column.type.flen = 0;
  column.type.decimal = 0;
  return column;
}

Status add_view_columns(const std::vector<std::string>& written,
                        const std::vector<std::string>& selected, TableInfo* table) {
  if (!written.empty() && written.size() != selected.size()) {
    return sql_error(static_cast<SqlErrno>(1353),
                     "View's SELECT and view's field list have different column counts");
  }
  for (const std::string& name : written.empty() ? selected : written) {
    for (const auto& other : table->columns) {
      if (other.name.l == schema::CiName::of(name).l) {
        return sql_error(kErrDupFieldName, fmt::format("Duplicate column name '{}'", name));
      }
    }
    table->columns.push_back(view_column(name, table->columns.size()));
  }
  table->max_column_id = static_cast<int64_t>(table->columns.size());
  return ok_status();
}

Result<TableInfo> build_view(const ast::CreateViewStatement& s, const PlanScope& scope) {
  TableInfo table;
  TBL_TRY(check_table_name(s.view.name));
  table.name = schema::CiName::of(s.view.name);
  table.version = kTableVersion;
  table.charset = scope.build.options.default_charset;
  table.collate = scope.build.options.default_collate;
  TBL_ASSIGN(ViewQuery query, resolve_view_query(*s.query, scope));
  TBL_TRY(add_view_columns(s.columns, query.columns, &table));
  table.view = view_info(s, scope.eval());
  table.view->select = std::move(query.text);
  return table;
}

}  // namespace

Result<JobPlan> plan_create_view(const ast::CreateViewStatement& s, const PlanScope& scope) {
  TBL_ASSIGN(const Database* db, scope.database_of(s.view));
  const schema::TableInfoPtr old = scope.schema().table(db->info->name.l, s.view.name);
  const bool replaces = s.or_replace || s.alter;
  if (old != nullptr && !replaces) return table_exists(full_name(*db, old->name));
  if (old != nullptr && !old->view) return not_a_view(*db, old->name);
  PlannedJob job;
  job.type = ActionType::kCreateView;
  job.schema_id = db->info->id;
  if (old != nullptr) job.args.old_id = old->id;
  TBL_ASSIGN(job.args.table, build_view(s, scope));
  return single(std::move(job));
}

Result<JobPlan> plan_drop_view(const ast::DropViewStatement& s, const PlanScope& scope) {
  JobPlan plan;
  std::vector<std::string> missing;
  for (const auto& name : s.views) {
    const std::string& db_name = name.schema.empty() ? scope.eval().current_db : name.schema;
    if (db_name.empty()) return no_database_selected();
    const schema::TableInfoPtr view = scope.schema().table(db_name, name.name);
    if (view == nullptr) {
      missing.push_back(db_name + "." + name.name);
      continue;
    }
    const Database* db = scope.schema().database(db_name);
    if (!view->view) return not_a_view(*db, view->name);
    plan.jobs.push_back(table_job(ActionType::kDropView, {db, view}));
  }
  if (missing.empty()) return plan;
  Status unknown = bad_table(fmt::format("{}", fmt::join(missing, ",")));
  if (s.if_exists) {
    scope.note(unknown);
  } else {
    plan.after = std::move(unknown);
  }
  return plan;
}

}  // namespace tbl::tidb
