#include "tidb/ddl/view_query.h"

#include "tidb/ast/dml.h"
#include "tidb/ast/restore.h"
#include "tidb/parser/parser.h"
#include "tidb/plan/planner.h"
#include "tidb/types/collation.h"

namespace tbl::tidb {

namespace {

/// A table of FROM whose columns `*` stands for.
struct StarSource {
  std::string schema;
  std::string table;
  std::string alias;  ///< empty: none
  schema::TableInfoPtr info;
};

/// The tables of a FROM tree from the left; false: something there is no plain table, or a join
/// leaves out columns.
bool collect_sources(const ast::TableRef* from, const PlanScope& scope,
                     std::vector<StarSource>* sources) {
  if (from == nullptr) return false;
  if (from->kind == ast::TableRefKind::kJoin) {
    const auto& join = ast::as<ast::Join>(*from);
    if (join.natural || !join.using_columns.empty()) return false;
    return collect_sources(join.left.get(), scope, sources) &&
           collect_sources(join.right.get(), scope, sources);
  }
  if (from->kind != ast::TableRefKind::kTable) return false;
  const auto& source = ast::as<ast::TableSource>(*from);
  const std::string& db =
      source.table.schema.empty() ? scope.eval().current_db : source.table.schema;
  schema::TableInfoPtr info = scope.schema().table(db, source.table.name);
  if (info == nullptr) return false;
  sources->push_back({db, source.table.name, source.alias, std::move(info)});
  return true;
}

bool is_meant(const ast::SelectItem& star, const StarSource& source) {
  if (star.star_table.empty()) return true;
  const std::string& name = source.alias.empty() ? source.table : source.alias;
  return equal_ignoring_case(star.star_table, name);
}

ast::SelectItem column_item(const StarSource& source, const std::string& column) {
  auto name = std::make_unique<ast::ColumnName>();
  if (source.alias.empty()) {
    name->schema = source.schema;
    name->table = source.table;
  } else {
    name->table = source.alias;
  }
  name->name = column;
  ast::SelectItem item;
  item.expr = std::move(name);
  return item;
}

void expand_stars(ast::SelectBlock* select, const PlanScope& scope) {
  const bool has_star = std::any_of(select->items.begin(), select->items.end(),
                                    [](const auto& item) { return item.expr == nullptr; });
  std::vector<StarSource> sources;
  if (!has_star || !collect_sources(select->from.get(), scope, &sources)) return;
  std::vector<ast::SelectItem> items;
  for (auto& item : select->items) {
    if (item.expr != nullptr) {
      items.push_back(std::move(item));
      continue;
    }
    for (const StarSource& source : sources) {
      if (!is_meant(item, source)) continue;
      for (uint32_t position : source.info->public_columns) {
        items.push_back(column_item(source, source.info->columns[position].name.o));
      }
    }
  }
  select->items = std::move(items);
}

void expand_stars(ast::Query* query, const PlanScope& scope) {
  for (auto& term : query->terms) {
    if (term.select) expand_stars(term.select.get(), scope);
    if (term.query) expand_stars(term.query.get(), scope);
  }
}

}  // namespace

Result<ViewQuery> resolve_view_query(const ast::Query& query, const PlanScope& scope) {
  ast::RestoreOptions style;
  style.style = ast::RestoreStyle::kView;
  style.current_schema = scope.eval().current_db;
  style.string_introducer = false;
  TBL_ASSIGN(auto statement, parse_one(ast::restore(query, style), {}));
  if (statement->kind != ast::StatementKind::kSelect) return internal_error("a view is no SELECT");
  ast::Query& own = *ast::as<ast::SelectStatement>(*statement).query;
  const PlanContext context{scope.schema(), scope.session.virtuals, scope.eval().current_db,
                            scope.eval()};
  TBL_ASSIGN(auto plan, plan_statement(*statement, context));
  ViewQuery result;
  for (const auto& column : plan->columns()) result.columns.push_back(column.name);
  style.string_introducer = true;
  expand_stars(&own, scope);
  result.text = ast::restore(own, style);
  return result;
}

}  // namespace tbl::tidb
