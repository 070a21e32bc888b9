#include "drainer/ddl_rules.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <chrono>

#include "base/ascii.h"
#include "base/config.h"
#include "base/log.h"
#include "drainer/filter.h"

namespace tbl::drainer {

namespace {

using schedule::DdlTask;
using schedule::TableName;

constexpr std::chrono::milliseconds kLookInterval(500);
constexpr int64_t kLogIntervalMs = 60000;

struct RawRule {
  std::vector<std::string> types;
  std::string schema;
  std::string table;
  std::vector<int64_t> commit_ts;
  std::string sql;
  std::string action;
  std::string with;
};

void bind_rule(RawRule& rule, ConfigSpec& table) {
  table.add(&rule.types, {.key = "type"});
  table.add(&rule.schema, {.key = "schema"});
  table.add(&rule.table, {.key = "table"});
  table.add(&rule.commit_ts, {.key = "commit-ts"});
  table.add(&rule.sql, {.key = "sql"});
  table.add(&rule.action, {.key = "action"});
  table.add(&rule.with, {.key = "with"});
}

bool is_type(const std::string& text, schema::ActionType type) {
  return equal_ignoring_case(text, schema::action_name(type)) ||
         text == std::to_string(static_cast<int>(type));
}

Status check_type(const std::string& text) {
  for (int number = 1; number <= UINT8_MAX; ++number) {
    if (is_type(text, static_cast<schema::ActionType>(number))) return ok_status();
  }
  return invalid_argument("type " + text + ": there is no such kind of job");
}

}  // namespace

struct DdlRules::Rule {
  std::vector<std::string> types;
  std::vector<int64_t> commit_ts;
  std::optional<Filter> names;  ///< what it skips is what the rule is about
  std::unique_ptr<RE2> sql;
  bool skips = false;
  std::string with;

  static Result<Rule> make(const RawRule& raw) {
    Rule rule;
    for (const std::string& type : raw.types) TBL_TRY(check_type(type));
    rule.types = raw.types;
    rule.commit_ts = raw.commit_ts;
    TBL_TRY(rule.set_names(raw));
    TBL_TRY(rule.set_sql(raw));
    return rule;
  }

  bool concerns(const DdlTask& task, const std::string& text) const {
    auto is_this = [&](const std::string& type) { return is_type(type, task.type); };
    if (!types.empty() && std::ranges::none_of(types, is_this)) return false;
    const auto ts = static_cast<int64_t>(task.commit_ts);
    if (!commit_ts.empty() && std::ranges::find(commit_ts, ts) == commit_ts.end()) return false;
    auto is_named = [&](const TableName& name) { return names->skips(name.schema, name.table); };
    if (names && std::ranges::none_of(task.touched, is_named)) return false;
    return !sql || RE2::PartialMatch(text, *sql);
  }

 private:
  Status set_names(const RawRule& raw) {
    if (raw.schema.empty() && raw.table.empty()) return ok_status();
    FilterRules filter;
    const std::string schema = raw.schema.empty() ? "~" : raw.schema;
    if (raw.table.empty()) {
      filter.ignore_schemas = {schema};
    } else {
      filter.ignore_tables = {{schema, raw.table}};
    }
    TBL_ASSIGN(names, Filter::make(filter));
    return ok_status();
  }

  Status set_sql(const RawRule& raw) {
    if (raw.action != "skip" && raw.action != "rewrite") {
      return invalid_argument("action must be skip or rewrite, not \"" + raw.action + "\"");
    }
    skips = raw.action == "skip";
    with = raw.with;
    if (raw.sql.empty()) {
      return skips ? ok_status() : invalid_argument("action rewrite wants sql and with");
    }
    RE2::Options options;
    options.set_log_errors(false);
    sql = std::make_unique<RE2>(raw.sql, options);
    if (!sql->ok()) return invalid_argument("sql " + raw.sql + ": " + sql->error());
    std::string problem;
    if (!skips && !sql->CheckRewriteString(with, &problem)) {
      return invalid_argument("with " + with + ": " + problem);
    }
    return ok_status();
  }
};

DdlRules::DdlRules(Env& env, DdlRulesOptions options) : env_(env), options_(std::move(options)) {}
DdlRules::~DdlRules() = default;

Result<std::vector<DdlRules::Rule>> DdlRules::parse(const std::string& text,
                                                    const std::string& path) {
  std::vector<RawRule> raw;
  ConfigSpec spec({.program = "drainer's ddl-rules"});
  spec.add_tables<RawRule>(&raw, "rule", bind_rule);
  TBL_TRY(spec.load_text(text, path));
  std::vector<Rule> rules;
  for (size_t i = 0; i < raw.size(); ++i) {
    auto rule = Rule::make(raw[i]);
    if (!rule.ok()) return std::move(rule).status().wrap(fmt::format("{}: rule {}", path, i + 1));
    rules.push_back(std::move(*rule));
  }
  return rules;
}

Result<std::unique_ptr<DdlRules>> DdlRules::open(Env& env, DdlRulesOptions options) {
  std::unique_ptr<DdlRules> rules(new DdlRules(env, std::move(options)));
  const std::string& path = rules->options_.path;
  if (path.empty()) return rules;
  TBL_ASSIGN(rules->text_, env.read_file(path));
  TBL_ASSIGN(rules->rules_, parse(rules->text_, path));
  return rules;
}

bool DdlRules::reload() {
  if (options_.path.empty()) return false;
  auto text = env_.read_file(options_.path);
  if (!text.ok() || *text == text_) return false;
  text_ = std::move(*text);
  auto rules = parse(text_, options_.path);
  if (!rules.ok()) {
    log_error("ddl-rules has a mistake, the rules before stay", {{"error", rules.status()}});
    return false;
  }
  rules_ = std::move(*rules);
  log_info("ddl-rules has been read", {{"path", options_.path}, {"rules", rules_.size()}});
  return true;
}

std::string DdlRules::text_of(const DdlTask& task) {
  reload();
  std::string text = task.query;
  auto rule = std::ranges::find_if(rules_, [&](const Rule& r) { return r.concerns(task, text); });
  if (rule == rules_.end()) return text;
  if (rule->skips) {
    log_warn("skip ddl by a rule", {{"sql", text}, {"commit ts", task.commit_ts}});
    return {};
  }
  RE2::GlobalReplace(&text, *rule->sql, rule->with);
  log_warn("rewrite ddl by a rule",
           {{"sql", task.query}, {"instead", text}, {"commit ts", task.commit_ts}});
  return text;
}

bool DdlRules::wait_for_change(const DdlTask& task, const Status& error) {
  if (!options_.wait_after_error || options_.path.empty()) return false;
  LogEvery reminder(kLogIntervalMs);
  do {
    if (reminder.due()) {
      log_error("a ddl failed: waiting for a rule that skips or rewrites it",
                {{"ddl-rules", options_.path},
                 {"sql", task.query},
                 {"commit ts", task.commit_ts},
                 {"error", error}});
    }
    if (reload()) return true;
  } while (wait_for(options_.stop, kLookInterval));
  return false;
}

}  // namespace tbl::drainer
