// Changing JSON documents: set, remove, append, merge.
#include <algorithm>

#include "tidb/types/json_tree.h"
#include "tidb/types/json_value.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

using Leg = JsonPath::Leg;
using Legs = std::span<const Leg>;

Status check_plain(const JsonPath& path) {
  if (!path.has_wildcard()) return ok_status();
  return sql_error(kErrInvalidJsonPathWildcard,
                   "In this situation, path expressions may not contain the * and ** tokens.");
}

/// The one place a path without wildcards names; null: there is none.
JsonTree* locate(JsonTree& tree, Legs legs) {
  JsonTree* at = &tree;
  for (const Leg& leg : legs) {
    if (leg.kind == Leg::kMember) {
      at = at->is_object() ? at->find(leg.key) : nullptr;
    } else if (at->is_array()) {
      at = leg.index < at->elements.size() ? &at->elements[leg.index] : nullptr;
    } else if (leg.index != 0) {  // a value is like an array of itself
      at = nullptr;
    }
    if (at == nullptr) return nullptr;
  }
  return at;
}

void wrap_in_array(JsonTree& tree) {
  JsonTree array = JsonTree::array();
  array.elements.push_back(std::move(tree));
  tree = std::move(array);
}

/// Adds what the path's last leg does not find in its parent.
void add(JsonTree& tree, Legs legs, JsonTree value) {
  JsonTree* parent = locate(tree, legs.first(legs.size() - 1));
  if (parent == nullptr) return;
  const Leg& last = legs.back();
  if (last.kind == Leg::kMember) {
    if (parent->is_object()) parent->put(last.key, std::move(value));
    return;
  }
  if (!parent->is_array()) wrap_in_array(*parent);
  parent->elements.push_back(std::move(value));
}

}  // namespace

Result<std::string> json_modify(std::string_view doc, JsonModify how,
                                std::span<const JsonChange> changes) {
  JsonTree tree = json_tree(doc);
  for (const auto& [path, value] : changes) {
    TBL_TRY(check_plain(path));
    JsonTree* at = locate(tree, path.legs());
    if (at != nullptr) {
      if (how != JsonModify::kInsert) *at = json_tree(value);
    } else if (how != JsonModify::kReplace) {
      add(tree, path.legs(), json_tree(value));
    }
  }
  return json_encode(tree);
}

Result<std::string> json_remove(std::string_view doc, std::span<const JsonPath> paths) {
  JsonTree tree = json_tree(doc);
  for (const JsonPath& path : paths) {
    TBL_TRY(check_plain(path));
    Legs legs = path.legs();
    if (legs.empty()) {
      return sql_error(kErrJsonVacuousPath,
                       "The path expression '$' is not allowed in this context.");
    }
    JsonTree* parent = locate(tree, legs.first(legs.size() - 1));
    const Leg& last = legs.back();
    if (parent == nullptr) continue;
    if (last.kind == Leg::kMember) {
      if (parent->is_object()) parent->erase(last.key);
    } else if (parent->is_array() && last.index < parent->elements.size()) {
      parent->elements.erase(parent->elements.begin() + last.index);
    }
  }
  return json_encode(tree);
}

Result<std::string> json_array_append(std::string_view doc, std::span<const JsonChange> changes) {
  JsonTree tree = json_tree(doc);
  for (const auto& [path, value] : changes) {
    TBL_TRY(check_plain(path));
    JsonTree* at = locate(tree, path.legs());
    if (at == nullptr) continue;
    if (!at->is_array()) wrap_in_array(*at);
    at->elements.push_back(json_tree(value));
  }
  return json_encode(tree);
}

Result<std::string> json_array_insert(std::string_view doc, std::span<const JsonChange> changes) {
  JsonTree tree = json_tree(doc);
  for (const auto& [path, value] : changes) {
    TBL_TRY(check_plain(path));
    Legs legs = path.legs();
    if (legs.empty() || legs.back().kind != Leg::kIndex) {
      return sql_error(kErrInvalidJsonPathArrayCell,
                       "A path expression is not a path to a cell in an array.");
    }
    JsonTree* parent = locate(tree, legs.first(legs.size() - 1));
    if (parent == nullptr || !parent->is_array()) continue;
    size_t at = std::min<size_t>(legs.back().index, parent->elements.size());
    parent->elements.insert(parent->elements.begin() + static_cast<ptrdiff_t>(at),
                            json_tree(value));
  }
  return json_encode(tree);
}

namespace {

JsonTree merge(JsonTree a, JsonTree b) {
  if (a.is_object() && b.is_object()) {
    for (size_t i = 0; i < b.keys.size(); ++i) {
      JsonTree* mine = a.find(b.keys[i]);
      if (mine != nullptr) {
        *mine = merge(std::move(*mine), std::move(b.elements[i]));
      } else {
        a.put(b.keys[i], std::move(b.elements[i]));
      }
    }
    return a;
  }
  if (!a.is_array()) wrap_in_array(a);
  if (!b.is_array()) wrap_in_array(b);
  std::ranges::move(b.elements, std::back_inserter(a.elements));
  return a;
}

JsonTree patch(JsonTree target, const JsonTree& by) {
  if (!by.is_object()) return by;
  if (!target.is_object()) target = JsonTree::object();
  for (size_t i = 0; i < by.keys.size(); ++i) {
    const JsonTree& change = by.elements[i];
    if (change.is_null()) {
      target.erase(by.keys[i]);
      continue;
    }
    const JsonTree* mine = target.find(by.keys[i]);
    target.put(by.keys[i], patch(mine != nullptr ? *mine : JsonTree(), change));
  }
  return target;
}

}  // namespace

std::string json_merge_preserve(std::span<const std::string> docs) {
  if (docs.empty()) return json_null();
  JsonTree tree = json_tree(docs[0]);
  for (const std::string& doc : docs.subspan(1)) tree = merge(std::move(tree), json_tree(doc));
  return json_encode(tree);
}

std::string json_merge_patch(std::string_view target, std::string_view patch_doc) {
  return json_encode(patch(json_tree(target), json_tree(patch_doc)));
}

}  // namespace tbl::tidb
