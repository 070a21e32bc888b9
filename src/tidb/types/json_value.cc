// Making JSON documents and looking at them.
#include "tidb/types/json_value.h"

#include <cmath>

#include "tidb/types/json_tree.h"

namespace tbl::tidb {
namespace {

constexpr std::string_view kIndent = "  ";

void append_pretty(std::string& out, const JsonTree& tree, size_t level) {
  if (tree.elements.empty()) {
    codec::append_json_text(out, json_encode(tree));
    return;
  }
  auto new_line = [&](size_t depth) {
    out += '\n';
    for (size_t i = 0; i < depth; ++i) out += kIndent;
  };
  out += tree.is_object() ? '{' : '[';
  for (size_t i = 0; i < tree.elements.size(); ++i) {
    if (i > 0) out += ',';
    new_line(level + 1);
    if (tree.is_object()) {
      codec::append_json_string(out, tree.keys[i]);
      out += ": ";
    }
    append_pretty(out, tree.elements[i], level + 1);
  }
  new_line(level);
  out += tree.is_object() ? '}' : ']';
}

}  // namespace

std::string json_to_text(std::string_view doc) {
  std::string text;
  if (!codec::append_json_text(text, doc)) return "null";
  return text;
}

std::string json_pretty(std::string_view doc) {
  std::string text;
  append_pretty(text, json_tree(doc), 0);
  return text;
}

bool json_is_intact(std::string_view doc) { return json_decode(doc).has_value(); }

std::string json_null() { return json_encode(JsonTree::literal(kLiteralNull)); }
std::string json_of_bool(bool v) {
  return json_encode(JsonTree::literal(v ? kLiteralTrue : kLiteralFalse));
}
std::string json_of_int(int64_t v) { return json_encode(JsonTree::integer(v)); }
std::string json_of_uint(uint64_t v) { return json_encode(JsonTree::unsigned_integer(v)); }
std::string json_of_double(double v) {
  return std::isfinite(v) ? json_encode(JsonTree::real(v)) : json_null();
}
std::string json_of_string(std::string_view v) {
  return json_encode(JsonTree::string(std::string(v)));
}

std::string json_array(std::span<const std::string> elements) {
  JsonTree tree = JsonTree::array();
  for (const std::string& element : elements) tree.elements.push_back(json_tree(element));
  return json_encode(tree);
}

std::string json_object(std::vector<std::pair<std::string, std::string>> members) {
  std::vector<std::pair<std::string, JsonTree>> trees;
  trees.reserve(members.size());
  for (auto& [key, value] : members) trees.emplace_back(std::move(key), json_tree(value));
  return json_encode(JsonTree::object_of(std::move(trees)));
}

bool json_is_null(std::string_view doc) { return json_tree(doc).is_null(); }

std::optional<bool> json_as_bool(std::string_view doc) {
  JsonTree tree = json_tree(doc);
  if (tree.type != codec::kJsonLiteral || tree.is_null()) return std::nullopt;
  return tree.number == kLiteralTrue;
}

std::optional<std::string> json_as_string(std::string_view doc) {
  if (doc.empty() || doc[0] != static_cast<char>(codec::kJsonString)) return std::nullopt;
  return json_tree(doc).text;
}

std::optional<double> json_as_double(std::string_view doc) {
  JsonTree tree = json_tree(doc);
  if (tree.is_number()) return tree.as_real();
  if (auto truth = json_as_bool(doc)) return *truth ? 1 : 0;
  return std::nullopt;
}

std::string_view json_type_name(std::string_view doc) { return json_type_name(json_tree(doc)); }

int64_t json_length(std::string_view doc) {
  JsonTree tree = json_tree(doc);
  bool container = tree.is_array() || tree.is_object();
  return container ? static_cast<int64_t>(tree.elements.size()) : 1;
}

int64_t json_depth(std::string_view doc) { return json_depth(json_tree(doc)); }

std::vector<std::string> json_elements(std::string_view doc) {
  std::vector<std::string> out;
  for (const JsonTree& element : json_tree(doc).elements) out.push_back(json_encode(element));
  return out;
}

std::optional<std::vector<std::string>> json_object_keys(std::string_view doc) {
  JsonTree tree = json_tree(doc);
  if (!tree.is_object()) return std::nullopt;
  return std::move(tree.keys);
}

int json_compare(std::string_view a, std::string_view b) {
  return json_compare_trees(json_tree(a), json_tree(b));
}

}  // namespace tbl::tidb
