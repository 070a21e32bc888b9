#include "drainer/event_filter.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/ascii.h"
#include "drainer/decode/transaction.h"

namespace tbl::drainer {

namespace {

constexpr std::array<std::string_view, 3> kRowEvents = {"insert", "update", "delete"};
constexpr std::array<std::string_view, 15> kDdlEvents = {"create database",
                                                         "drop database",
                                                         "alter database",
                                                         "create table",
                                                         "drop table",
                                                         "truncate table",
                                                         "rename table",
                                                         "create index",
                                                         "drop index",
                                                         "create view",
                                                         "drop view",
                                                         "alter table",
                                                         "add table partition",
                                                         "drop table partition",
                                                         "truncate table partition"};
constexpr std::array<std::string_view, 6> kGroups = {"all",  "all dml",  "all ddl",
                                                     "none", "none ddl", "none dml"};

RowKinds kind_bit(decode::RowKind kind) {
  return static_cast<RowKinds>(1U << static_cast<unsigned>(kind));
}

/// "create schema" and alike are other words for databases.
std::string canonical(const std::string& event) {
  std::string name = ascii_lower(event);
  const size_t at = name.find(" schema");
  if (at != name.npos && at + 7 == name.size()) name.replace(at, 7, " database");
  return name;
}

Result<std::string> check_event(const std::string& event) {
  const std::string name = canonical(event);
  auto is_in = [&](const auto& list) { return std::ranges::find(list, name) != list.end(); };
  if (is_in(kRowEvents) || is_in(kDdlEvents) || is_in(kGroups)) return name;
  return invalid_argument("event type " + event + " not valid");
}

/// Whether a list of events, read in order, names `event`, which is of the group `all_of_group`.
bool lists_event(const std::vector<std::string>& events, std::string_view event, bool is_ddl) {
  for (const std::string& listed : events) {
    if (listed == "none" || listed == (is_ddl ? "none ddl" : "none dml")) return false;
    if (listed == "all" || listed == (is_ddl ? "all ddl" : "all dml") || listed == event)
      return true;
  }
  return false;
}

Status check_pattern(const std::string& pattern) {
  const size_t star = pattern.find('*');
  if (star == pattern.npos || star + 1 == pattern.size()) return ok_status();
  return invalid_argument("pattern " + pattern + ": * may only stand at the end");
}

Result<std::shared_ptr<RE2>> make_sql_pattern(const std::vector<std::string>& patterns) {
  if (patterns.empty()) return std::shared_ptr<RE2>();
  std::string joined;
  for (const std::string& pattern : patterns) joined += (joined.empty() ? "" : "|") + pattern;
  RE2::Options options;
  options.set_log_errors(false);
  auto regex = std::make_shared<RE2>("(?i)" + joined, options);
  if (!regex->ok()) return invalid_argument("ignore-sql " + joined + ": " + regex->error());
  return regex;
}

/// One element of a pattern at `*at`: does it match `c`? Moves behind it.
bool matches_one(std::string_view pattern, size_t* at, char c) {
  const size_t close = pattern[*at] == '[' ? pattern.find(']', *at + 1) : pattern.npos;
  if (close == pattern.npos) {
    const char wanted = pattern[(*at)++];
    return wanted == '?' || wanted == c;
  }
  std::string_view set = pattern.substr(*at + 1, close - *at - 1);
  *at = close + 1;
  const bool negated = set.starts_with('!');
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      found = found || (set[i] <= c && c <= set[i + 2]);
      i += 2;
    } else {
      found = found || set[i] == c;
    }
  }
  return found != negated;
}

/// Words of a statement in lower case, without comments; at most the first few.
std::vector<std::string> first_words(std::string_view sql) {
  constexpr size_t kEnough = 8;
  static const RE2 kComment(R"((?s)/\*.*?\*/|--[^\n]*\n|#[^\n]*\n)");
  std::string text(sql);
  RE2::GlobalReplace(&text, kComment, " ");
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size() && words.size() < kEnough;) {
    size_t end = at;
    while (end < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_'))
      ++end;
    if (end > at) words.push_back(ascii_lower(std::string_view(text).substr(at, end - at)));
    at = end + 1;
  }
  return words;
}

std::string_view partition_event(schema::ActionType type) {
  switch (type) {
    case schema::ActionType::kAddTablePartition:
      return "add table partition";
    case schema::ActionType::kDropTablePartition:
      return "drop table partition";
    case schema::ActionType::kTruncateTablePartition:
      return "truncate table partition";
    default:
      return "alter table";
  }
}

}  // namespace

struct EventFilter::Rule {
  std::string schema;
  std::string table;
  bool case_sensitive;
  std::vector<std::string> events;
  std::shared_ptr<RE2> sql;

  bool concerns(std::string_view schema_name, std::string_view table_name) const {
    auto matches = [this](const std::string& pattern, std::string_view name) {
      return matches_pattern(pattern, case_sensitive ? std::string(name) : ascii_lower(name));
    };
    if (!matches(schema, schema_name)) return false;
    return table.empty() || (!table_name.empty() && matches(table, table_name));
  }
};

EventFilter::EventFilter() = default;
EventFilter::~EventFilter() = default;
EventFilter::EventFilter(EventFilter&&) noexcept = default;
EventFilter& EventFilter::operator=(EventFilter&&) noexcept = default;

Result<EventFilter> EventFilter::make(const EventFilterConfig& config) {
  EventFilter filter;
  for (const MigrateRuleConfig& migrate : config.migrate) {
    TBL_TRY(check_pattern(migrate.schema));
    TBL_TRY(check_pattern(migrate.table));
    for (const std::string& name : migrate.rules) {
      auto it = config.rules.find(name);
      if (it == config.rules.end()) {
        return invalid_argument("event filter rule name " + name + " not found");
      }
      auto cased = [&](const std::string& text) {
        return config.case_sensitive ? text : ascii_lower(text);
      };
      Rule rule{cased(migrate.schema), cased(migrate.table), config.case_sensitive, {}, nullptr};
      for (const std::string& event : it->second.ignore_events) {
        TBL_ASSIGN(std::string checked, check_event(event));
        rule.events.push_back(std::move(checked));
      }
      TBL_ASSIGN(rule.sql, make_sql_pattern(it->second.ignore_sql));
      filter.rules_.push_back(std::move(rule));
    }
  }
  return filter;
}

RowKinds EventFilter::ignored_rows(std::string_view schema, std::string_view table) const {
  RowKinds ignored = kNoRows;
  for (const Rule& rule : rules_) {
    if (!rule.concerns(schema, table)) continue;
    for (size_t kind = 0; kind < kRowEvents.size(); ++kind) {
      if (!lists_event(rule.events, kRowEvents[kind], false)) continue;
      ignored |= kind_bit(static_cast<decode::RowKind>(kind));
    }
  }
  return ignored;
}

bool EventFilter::ignores_ddl(std::string_view schema, std::string_view table, std::string_view sql,
                              schema::ActionType type) const {
  if (rules_.empty()) return false;
  const std::string_view event = ddl_event(sql, type);
  return std::ranges::any_of(rules_, [&](const Rule& rule) {
    if (!rule.concerns(schema, table)) return false;
    if (!event.empty() && lists_event(rule.events, event, true)) return true;
    return rule.sql && RE2::PartialMatch(re2::StringPiece(sql.data(), sql.size()), *rule.sql);
  });
}

std::string_view ddl_event(std::string_view sql, schema::ActionType type) {
  static const std::set<std::string, std::less<>> kObjects = {"database", "schema", "table",
                                                              "index", "view"};
  const auto words = first_words(sql);
  if (words.empty()) return {};
  const std::string& verb = words[0];
  if (verb == "truncate") return "truncate table";
  if (verb == "rename") return "rename table";
  // CREATE OR REPLACE ALGORITHM = x VIEW, CREATE UNIQUE INDEX: the object is the first word that is
  // one.
  auto object = std::ranges::find_if(words.begin() + 1, words.end(), [](const std::string& word) {
    return kObjects.contains(word);
  });
  if (object == words.end()) return {};
  const std::string event = canonical(verb + " " + *object);
  if (event == "alter table") return partition_event(type);
  auto known = std::ranges::find(kDdlEvents, event);
  return known == kDdlEvents.end() ? std::string_view() : *known;
}

bool matches_pattern(std::string_view pattern, std::string_view name) {
  size_t at = 0;
  for (char c : name) {
    if (at == pattern.size()) return false;
    if (pattern[at] == '*') return true;
    if (!matches_one(pattern, &at, c)) return false;
  }
  return at == pattern.size() || pattern.substr(at) == "*";
}

}  // namespace tbl::drainer
