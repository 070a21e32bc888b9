#include "tidb/ddl/ddl_text.h"

#include <optional>

#include "tidb/types/collation.h"

namespace tbl::tidb {

namespace {

constexpr std::string_view kCommentStart = "/*!90000 ";

struct Span {
  size_t begin = 0;
  size_t end = 0;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `name` blanks `=` blanks digits blanks, at the first place where it stands so.
std::optional<Span> find_option(std::string_view upper, std::string_view name) {
  for (size_t at = upper.find(name); at != std::string_view::npos; at = upper.find(name, at + 1)) {
    size_t i = at + name.size();
    while (i < upper.size() && is_blank(upper[i])) ++i;
    if (i == upper.size() || upper[i] != '=') continue;
    ++i;
    while (i < upper.size() && is_blank(upper[i])) ++i;
    const size_t digits = i;
    while (i < upper.size() && is_digit(upper[i])) ++i;
    if (i == digits) continue;
    while (i < upper.size() && is_blank(upper[i])) ++i;
    return Span{at, i};
  }
  return std::nullopt;
}

}  // namespace

std::string annotate_ddl(std::string_view query) {
  std::string text(query);
  if (query.find(kCommentStart) != std::string_view::npos) return text;
  std::string options;
  size_t place = std::string::npos;
  for (std::string_view name : {"SHARD_ROW_ID_BITS", "PRE_SPLIT_REGIONS"}) {
    const auto span = find_option(ascii_upper(text), name);
    if (!span) continue;
    std::string option = text.substr(span->begin, span->end - span->begin);
    while (is_blank(option.back())) option.pop_back();
    options += option + " ";
    text.erase(span->begin, span->end - span->begin);
    if (place == std::string::npos || span->begin < place) place = span->begin;
  }
  if (options.empty()) return text;
  text.insert(place, std::string(kCommentStart) + options + "*/ ");
  return text;
}

}  // namespace tbl::tidb
