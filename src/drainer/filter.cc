#include "drainer/filter.h"

#include <re2/re2.h>

#include <algorithm>

namespace tbl::drainer {

class Filter::Pattern {
 public:
  static Result<Pattern> make(const std::string& text) {
    const bool search = text.starts_with('~');
    RE2::Options options;
    options.set_case_sensitive(false);
    options.set_log_errors(false);
    auto regex = std::make_unique<RE2>(search ? text.substr(1) : "^" + text + "$", options);
    if (!regex->ok()) return invalid_argument("pattern " + text + ": " + regex->error());
    return Pattern(std::move(regex));
  }
  bool matches(std::string_view name) const {
    return RE2::PartialMatch(re2::StringPiece(name.data(), name.size()), *regex_);
  }

 private:
  explicit Pattern(std::unique_ptr<RE2> regex) : regex_(std::move(regex)) {}
  std::unique_ptr<RE2> regex_;
};

struct Filter::TableRule {
  Pattern schema;
  Pattern table;
  bool matches(std::string_view schema_name, std::string_view table_name) const {
    return schema.matches(schema_name) && table.matches(table_name);
  }
};

Filter::Filter() = default;
Filter::~Filter() = default;
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;

namespace {

Status empty_name(const char* what, const char* key) {
  return invalid_argument(std::string("empty ") + what + " name in `" + key + "` config");
}

}  // namespace

Result<Filter> Filter::make(const FilterRules& rules) {
  Filter filter;
  auto add_schemas = [](const std::vector<std::string>& names, const char* key,
                        std::vector<Pattern>* out) -> Status {
    for (const std::string& name : names) {
      if (name.empty()) return empty_name("schema", key);
      TBL_ASSIGN(Pattern pattern, Pattern::make(name));
      out->push_back(std::move(pattern));
    }
    return ok_status();
  };
  auto add_tables = [](const std::vector<TablePattern>& tables, const char* key,
                       std::vector<TableRule>* out) -> Status {
    for (const TablePattern& names : tables) {
      if (names.schema.empty()) return empty_name("schema", key);
      if (names.table.empty()) return empty_name("table", key);
      TBL_ASSIGN(Pattern schema, Pattern::make(names.schema));
      TBL_ASSIGN(Pattern table, Pattern::make(names.table));
      out->push_back({std::move(schema), std::move(table)});
    }
    return ok_status();
  };
  TBL_TRY(add_schemas(rules.do_schemas, "replicate-do-db", &filter.do_schemas_));
  TBL_TRY(add_schemas(rules.ignore_schemas, "ignore-schemas", &filter.ignore_schemas_));
  TBL_TRY(add_tables(rules.do_tables, "replicate-do-table", &filter.do_tables_));
  TBL_TRY(add_tables(rules.ignore_tables, "ignore-table", &filter.ignore_tables_));
  return filter;
}

bool Filter::skips(std::string_view schema, std::string_view table) const {
  auto is_schema = [&](const Pattern& pattern) { return pattern.matches(schema); };
  auto is_table = [&](const TableRule& rule) { return rule.matches(schema, table); };
  if (!do_schemas_.empty() || !do_tables_.empty()) {
    const bool wanted =
        std::ranges::any_of(do_tables_, is_table) || std::ranges::any_of(do_schemas_, is_schema);
    if (!wanted) return true;
  }
  return std::ranges::any_of(ignore_tables_, is_table) ||
         std::ranges::any_of(ignore_schemas_, is_schema);
}

}  // namespace tbl::drainer
