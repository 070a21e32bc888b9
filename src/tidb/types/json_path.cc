// Paths into JSON documents, and what is found along them.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "tidb/types/json_tree.h"
#include "tidb/types/json_value.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

using Leg = JsonPath::Leg;
using Legs = std::span<const Leg>;

bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<uint8_t>(c) >= 0x80;
}
bool continues_name(char c) { return starts_name(c) || (c >= '0' && c <= '9'); }
bool is_name(std::string_view text) {
  return !text.empty() && starts_name(text[0]) && std::ranges::all_of(text, continues_name);
}

class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  bool parse(std::vector<Leg>* legs) {
    skip_blanks();
    if (!take('$')) return false;
    for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
      if (!leg(&legs->emplace_back())) return false;
    }
    return legs->empty() || legs->back().kind != Leg::kDescend;
  }
  size_t position() const { return std::min(at_ + 1, text_.size()); }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }

  bool leg(Leg* out) {
    if (take('.')) {
      skip_blanks();
      return member(out);
    }
    if (take('[')) {
      skip_blanks();
      return cell(out);
    }
    out->kind = Leg::kDescend;
    return take('*') && take('*') && peek() != '*';
  }

  bool member(Leg* out) {
    if (take('*')) {
      out->kind = Leg::kAnyMember;
      return true;
    }
    if (peek() == '"') return quoted_member(out);
    size_t start = at_;
    if (!starts_name(peek())) return false;
    while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
    out->key = text_.substr(start, at_ - start);
    return true;
  }

  bool quoted_member(Leg* out) {
    size_t start = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size()) return false;
    ++at_;
    auto key = json_unquote(text_.substr(start, at_ - start));
    if (!key.ok()) return false;
    out->key = *std::move(key);
    return true;
  }

  bool cell(Leg* out) {
    if (take('*')) {
      out->kind = Leg::kAnyIndex;
    } else {
      out->kind = Leg::kIndex;
      const char* from = text_.data() + at_;
      auto [end, error] = std::from_chars(from, text_.data() + text_.size(), out->index);
      if (error != std::errc()) return false;
      at_ += static_cast<size_t>(end - from);
    }
    skip_blanks();
    return take(']');
  }

  std::string_view text_;
  size_t at_ = 0;
};

/// Values in the order they were found, each once.
class Found {
 public:
  void add(const JsonTree& tree) {
    if (seen_.insert(&tree).second) list_.push_back(&tree);
  }
  bool contains(const JsonTree& tree) const { return seen_.contains(&tree); }
  const std::vector<const JsonTree*>& list() const { return list_; }

 private:
  std::vector<const JsonTree*> list_;
  std::unordered_set<const JsonTree*> seen_;
};

void find_all(const JsonTree& tree, Legs legs, Found* out) {
  if (legs.empty()) {
    out->add(tree);
    return;
  }
  const Leg& leg = legs.front();
  Legs rest = legs.subspan(1);
  switch (leg.kind) {
    case Leg::kMember:
      if (const JsonTree* member = tree.is_object() ? tree.find(leg.key) : nullptr) {
        find_all(*member, rest, out);
      }
      break;
    case Leg::kIndex:
      if (tree.is_array()) {
        if (leg.index < tree.elements.size()) find_all(tree.elements[leg.index], rest, out);
      } else if (leg.index == 0) {  // a value is like an array of itself
        find_all(tree, rest, out);
      }
      break;
    case Leg::kAnyMember:
    case Leg::kAnyIndex:
      if (leg.kind == Leg::kAnyMember ? tree.is_object() : tree.is_array()) {
        for (const JsonTree& element : tree.elements) find_all(element, rest, out);
      }
      break;
    case Leg::kDescend:
      find_all(tree, rest, out);
      for (const JsonTree& element : tree.elements) find_all(element, legs, out);
      break;
  }
}

bool contains(const JsonTree& target, const JsonTree& candidate) {
  if (target.is_array()) {
    auto in_target = [&](const JsonTree& wanted) {
      return std::ranges::any_of(target.elements,
                                 [&](const JsonTree& e) { return contains(e, wanted); });
    };
    return candidate.is_array() ? std::ranges::all_of(candidate.elements, in_target)
                                : in_target(candidate);
  }
  if (target.is_object() && candidate.is_object()) {
    for (size_t i = 0; i < candidate.keys.size(); ++i) {
      const JsonTree* member = target.find(candidate.keys[i]);
      if (member == nullptr || !contains(*member, candidate.elements[i])) return false;
    }
    return true;
  }
  return json_compare_trees(target, candidate) == 0;
}

/// Walks over all strings of a document with their paths.
class StringSearch {
 public:
  StringSearch(bool one, const std::function<bool(std::string_view)>& matches)
      : one_(one), matches_(matches) {}

  void walk(const JsonTree& tree, const std::string& path) {
    if (one_ && !paths_.empty()) return;
    if (tree.type == codec::kJsonString) {
      bool known = std::ranges::find(paths_, path) != paths_.end();
      if (!known && matches_(tree.text)) paths_.push_back(path);
      return;
    }
    for (size_t i = 0; i < tree.elements.size(); ++i) {
      walk(tree.elements[i], path + step(tree, i));
    }
  }
  /// The same, beginning at every place a path names.
  void walk_from(const JsonTree& tree, Legs legs, const std::string& path) {
    Found starts;
    find_all(tree, legs, &starts);
    starts_ = std::move(starts);
    visit(tree, path);
  }
  std::vector<std::string> paths() && { return std::move(paths_); }

 private:
  static std::string step(const JsonTree& tree, size_t i) {
    if (tree.is_array()) return fmt::format("[{}]", i);
    const std::string& key = tree.keys[i];
    return "." + (is_name(key) ? key : json_quote(key));
  }
  void visit(const JsonTree& tree, const std::string& path) {
    if (starts_.contains(tree)) {
      walk(tree, path);
      return;
    }
    for (size_t i = 0; i < tree.elements.size(); ++i) {
      visit(tree.elements[i], path + step(tree, i));
    }
  }

  bool one_;
  const std::function<bool(std::string_view)>& matches_;
  Found starts_;
  std::vector<std::string> paths_;
};

}  // namespace

Result<JsonPath> JsonPath::parse(std::string_view text) {
  JsonPath path;
  PathParser parser(text);
  if (parser.parse(&path.legs_)) return path;
  return sql_error(
      kErrInvalidJsonPath,
      fmt::format("Invalid JSON path expression. The error is around character position {}.",
                  parser.position()));
}

bool JsonPath::has_wildcard() const {
  return std::ranges::any_of(
      legs_, [](const Leg& leg) { return leg.kind != Leg::kMember && leg.kind != Leg::kIndex; });
}

std::string JsonPath::to_string() const {
  std::string text = "$";
  for (const Leg& leg : legs_) {
    switch (leg.kind) {
      case Leg::kMember:
        text += "." + (is_name(leg.key) ? leg.key : json_quote(leg.key));
        break;
      case Leg::kAnyMember:
        text += ".*";
        break;
      case Leg::kIndex:
        text += fmt::format("[{}]", leg.index);
        break;
      case Leg::kAnyIndex:
        text += "[*]";
        break;
      case Leg::kDescend:
        text += "**";
        break;
    }
  }
  return text;
}

std::optional<std::string> json_extract(std::string_view doc, std::span<const JsonPath> paths) {
  JsonTree tree = json_tree(doc);
  std::vector<const JsonTree*> found;
  for (const JsonPath& path : paths) {
    Found more;
    find_all(tree, path.legs(), &more);
    found.insert(found.end(), more.list().begin(), more.list().end());
  }
  if (found.empty()) return std::nullopt;
  if (paths.size() == 1 && !paths[0].has_wildcard()) return json_encode(*found[0]);
  JsonTree array = JsonTree::array();
  for (const JsonTree* value : found) array.elements.push_back(*value);
  return json_encode(array);
}

bool json_contains_path(std::string_view doc, const JsonPath& path) {
  Found found;
  JsonTree tree = json_tree(doc);
  find_all(tree, path.legs(), &found);
  return !found.list().empty();
}

bool json_contains(std::string_view doc, std::string_view candidate) {
  return contains(json_tree(doc), json_tree(candidate));
}

bool json_overlaps(std::string_view a, std::string_view b) {
  JsonTree x = json_tree(a);
  JsonTree y = json_tree(b);
  if (x.is_object() && y.is_object()) {
    for (size_t i = 0; i < x.keys.size(); ++i) {
      const JsonTree* other = y.find(x.keys[i]);
      if (other != nullptr && json_compare_trees(x.elements[i], *other) == 0) return true;
    }
    return false;
  }
  std::span<const JsonTree> xs =
      x.is_array() ? std::span<const JsonTree>(x.elements) : std::span<const JsonTree>(&x, 1);
  std::span<const JsonTree> ys =
      y.is_array() ? std::span<const JsonTree>(y.elements) : std::span<const JsonTree>(&y, 1);
  return std::ranges::any_of(xs, [&](const JsonTree& e) {
    return std::ranges::any_of(ys,
                               [&](const JsonTree& o) { return json_compare_trees(e, o) == 0; });
  });
}

std::optional<std::string> json_search(std::string_view doc, bool one,
                                       const std::function<bool(std::string_view)>& matches,
                                       std::span<const JsonPath> paths) {
  JsonTree tree = json_tree(doc);
  StringSearch search(one, matches);
  if (paths.empty()) search.walk(tree, "$");
  for (const JsonPath& path : paths) search.walk_from(tree, path.legs(), "$");
  std::vector<std::string> found = std::move(search).paths();
  if (found.empty()) return std::nullopt;
  if (found.size() == 1) return json_of_string(found[0]);
  JsonTree array = JsonTree::array();
  for (std::string& path : found) array.elements.push_back(JsonTree::string(std::move(path)));
  return json_encode(array);
}

}  // namespace tbl::tidb
