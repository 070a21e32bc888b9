#include "base/toml_file.h"

#include <fmt/format.h>
#include <strings.h>

#include <toml++/toml.h>
#include <algorithm>

namespace tbl {
namespace {

ConfigNode convert(const toml::node& node);

std::string scalar_text(const toml::node& node) {
  if (auto* value = node.as_string()) return value->get();
  if (auto* value = node.as_integer()) return std::to_string(value->get());
  if (auto* value = node.as_floating_point()) return fmt::format("{}", value->get());
  if (auto* value = node.as_boolean()) return value->get() ? "true" : "false";
  std::ostringstream out;  // dates and times
  node.visit([&out](auto&& value) {
    if constexpr (!toml::is_container<decltype(value)>) out << value.get();
  });
  return out.str();
}

ConfigNode::Kind kind_of(const toml::node& node) {
  if (node.is_table()) return ConfigNode::Kind::kTable;
  if (node.is_array()) return ConfigNode::Kind::kArray;
  if (node.is_integer()) return ConfigNode::Kind::kInteger;
  if (node.is_floating_point()) return ConfigNode::Kind::kFloat;
  if (node.is_boolean()) return ConfigNode::Kind::kBool;
  return ConfigNode::Kind::kString;
}

/// Library order is by name; the file's order is what messages should follow.
void convert_entries(const toml::table& table, ConfigNode* out) {
  std::vector<std::pair<toml::source_position, std::pair<std::string, const toml::node*>>> found;
  for (const auto& [key, value] : table) {
    found.push_back({key.source().begin, {std::string(key.str()), &value}});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  bool only_headers = !table.is_inline() && !found.empty();
  for (auto& [position, entry] : found) {
    ConfigNode child = convert(*entry.second);
    child.line = static_cast<int>(position.line);
    const auto* inner = entry.second->as_table();
    only_headers =
        only_headers && inner && !inner->is_inline() && position.line == table.source().begin.line;
    out->entries.push_back({std::move(entry.first), std::move(child)});
  }
  out->implicit = only_headers;
}

ConfigNode convert(const toml::node& node) {
  ConfigNode out;
  out.kind = kind_of(node);
  out.line = static_cast<int>(node.source().begin.line);
  if (auto* table = node.as_table()) {
    convert_entries(*table, &out);
  } else if (auto* array = node.as_array()) {
    for (const toml::node& item : *array) out.items.push_back(convert(item));
  } else {
    out.text = scalar_text(node);
  }
  return out;
}

ConfigNode* find_entry(ConfigNode& table, const std::string& name) {
  for (auto& [key, value] : table.entries) {
    if (key == name) return &value;
  }
  for (auto& [key, value] : table.entries) {
    if (strcasecmp(key.c_str(), name.c_str()) == 0) return &value;
  }
  return nullptr;
}

void collect_unused(const ConfigNode& node, const std::string& name,
                    std::vector<std::string>* out) {
  if (!node.used && !node.implicit && !name.empty()) out->push_back(name);
  for (const ConfigNode& item : node.items) {
    if (item.kind == ConfigNode::Kind::kTable) {
      for (const auto& [key, value] : item.entries) collect_unused(value, name + "." + key, out);
    }
  }
  for (const auto& [key, value] : node.entries) {
    collect_unused(value, name.empty() ? key : name + "." + key, out);
  }
}

}  // namespace

ConfigNode* ConfigNode::find(std::string_view dotted) {
  ConfigNode* node = this;
  while (true) {
    size_t dot = dotted.find('.');
    if (node->kind != Kind::kTable) return nullptr;
    ConfigNode* next = find_entry(*node, std::string(dotted.substr(0, dot)));
    if (next == nullptr || dot == dotted.npos) return next;
    next->used = true;
    dotted.remove_prefix(dot + 1);
    node = next;
  }
}

std::vector<std::string> ConfigNode::unused() const {
  std::vector<std::string> out;
  collect_unused(*this, "", &out);
  return out;
}

Result<ConfigNode> parse_toml(std::string_view text, const std::string& name) {
  try {
    toml::table table = toml::parse(text, name);
    return convert(table);
  } catch (const toml::parse_error& error) {
    return invalid_argument(
        fmt::format("{}: line {}: {}", name, error.source().begin.line, error.description()));
  }
}

}  // namespace tbl
