#include "tidb/types/json_tree.h"

#include <algorithm>
#include <bit>

#include "base/bytes.h"

namespace tbl::tidb {
namespace {

constexpr size_t kHeaderSize = 8;
constexpr size_t kKeyEntrySize = 6;
constexpr size_t kValueEntrySize = 5;

/// Reads a document that may lie. Elements may share bytes, so the work is limited, too.
class Decoder {
 public:
  explicit Decoder(size_t size) : budget_(size * 4 + 64) {}

  bool value(uint8_t type, Bytes body, int depth, JsonTree* out) {
    if (depth > codec::kMaxJsonDepth || budget_ == 0) return false;
    --budget_;
    out->type = type;
    switch (type) {
      case codec::kJsonObject:
      case codec::kJsonArray:
        return container(body, depth, out);
      case codec::kJsonLiteral:
        if (body.empty()) return false;
        out->number = static_cast<uint8_t>(body[0]);
        return out->number <= kLiteralFalse;
      case codec::kJsonInt64:
      case codec::kJsonUint64:
      case codec::kJsonFloat64:
        return ByteReader(body).read_le64(&out->number);
      case codec::kJsonString:
        return text(body, out);
      default:
        return passed_on(type, body, out);
    }
  }

 private:
  static bool text(Bytes body, JsonTree* out) {
    ByteReader in(body);
    uint64_t size = 0;
    Bytes bytes;
    if (!in.read_uvarint(&size) || !in.read_bytes(size, &bytes)) return false;
    out->text = bytes;
    return true;
  }

  static bool passed_on(uint8_t type, Bytes body, JsonTree* out) {
    std::string whole(1, static_cast<char>(type));
    whole += body;
    ByteReader in(whole);
    Bytes value;
    if (type < codec::kJsonOpaque || !codec::read_json(in, &value)) return false;
    out->text = value.substr(1);
    return true;
  }

  bool container(Bytes body, int depth, JsonTree* out) {
    ByteReader in(body);
    uint32_t count = 0;
    uint32_t size = 0;
    if (!in.read_le32(&count) || !in.read_le32(&size) || size > body.size()) return false;
    body = body.substr(0, size);
    bool object = out->is_object();
    size_t entries = (object ? kKeyEntrySize + kValueEntrySize : kValueEntrySize) * size_t{count};
    if (kHeaderSize + entries > size) return false;
    size_t values_at = kHeaderSize;
    if (object) {
      if (!keys(body, count, out)) return false;
      values_at += kKeyEntrySize * count;
    }
    out->elements.resize(count);
    for (size_t i = 0; i < count; ++i) {
      if (!entry(body, values_at + i * kValueEntrySize, depth, &out->elements[i])) return false;
    }
    return true;
  }

  static bool keys(Bytes body, uint32_t count, JsonTree* out) {
    for (size_t i = 0; i < count; ++i) {
      const char* at = body.data() + kHeaderSize + i * kKeyEntrySize;
      size_t offset = get_le32(at);
      size_t length = get_le16(at + 4);
      if (offset > body.size() || length > body.size() - offset) return false;
      out->keys.emplace_back(body.substr(offset, length));
    }
    return true;
  }

  bool entry(Bytes body, size_t at, int depth, JsonTree* out) {
    auto type = static_cast<uint8_t>(body[at]);
    if (type == codec::kJsonLiteral) return value(type, body.substr(at + 1, 1), depth + 1, out);
    size_t offset = get_le32(body.data() + at + 1);
    if (offset > body.size()) return false;
    return value(type, body.substr(offset), depth + 1, out);
  }

  size_t budget_;
};

std::string encode_body(const JsonTree& tree);

std::string encode_container(const JsonTree& tree) {
  size_t count = tree.elements.size();
  bool object = tree.is_object();
  size_t entry_size = kValueEntrySize + (object ? kKeyEntrySize : 0);
  size_t keys_at = kHeaderSize + count * entry_size;
  std::string keys;
  std::string entries;
  for (const std::string& key : tree.keys) {
    put_le32(entries, static_cast<uint32_t>(keys_at + keys.size()));
    put_le16(entries, static_cast<uint16_t>(key.size()));
    keys += key;
  }
  std::string values;
  size_t values_at = keys_at + keys.size();
  for (const JsonTree& element : tree.elements) {
    entries += static_cast<char>(element.type);
    if (element.type == codec::kJsonLiteral) {
      put_le32(entries, static_cast<uint32_t>(element.number));
      continue;
    }
    put_le32(entries, static_cast<uint32_t>(values_at + values.size()));
    values += encode_body(element);
  }
  std::string body;
  put_le32(body, static_cast<uint32_t>(count));
  put_le32(body, static_cast<uint32_t>(values_at + values.size()));
  return body + entries + keys + values;
}

std::string encode_body(const JsonTree& tree) {
  std::string body;
  switch (tree.type) {
    case codec::kJsonObject:
    case codec::kJsonArray:
      return encode_container(tree);
    case codec::kJsonLiteral:
      return std::string(1, static_cast<char>(tree.number));
    case codec::kJsonInt64:
    case codec::kJsonUint64:
    case codec::kJsonFloat64:
      put_le64(body, tree.number);
      return body;
    case codec::kJsonString:
      put_uvarint(body, tree.text.size());
      return body + tree.text;
    default:
      return tree.text;
  }
}

/// Types from low to high.
int precedence(const JsonTree& tree) {
  switch (tree.type) {
    case codec::kJsonLiteral:
      return tree.is_null() ? 0 : 5;
    case codec::kJsonInt64:
    case codec::kJsonUint64:
    case codec::kJsonFloat64:
      return 1;
    case codec::kJsonString:
      return 2;
    case codec::kJsonObject:
      return 3;
    case codec::kJsonArray:
      return 4;
    case codec::kJsonDate:
      return 6;
    case codec::kJsonDuration:
      return 7;
    case codec::kJsonDatetime:
    case codec::kJsonTimestamp:
      return 8;
    default:
      return 9;
  }
}

template <typename T>
int order(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

int compare_numbers(const JsonTree& a, const JsonTree& b) {
  if (a.type == codec::kJsonFloat64 || b.type == codec::kJsonFloat64) {
    return order(a.as_real(), b.as_real());
  }
  bool a_negative = a.type == codec::kJsonInt64 && static_cast<int64_t>(a.number) < 0;
  bool b_negative = b.type == codec::kJsonInt64 && static_cast<int64_t>(b.number) < 0;
  if (a_negative != b_negative) return a_negative ? -1 : 1;
  return order(a.number, b.number);  // two's complement keeps the order of negative ones
}

int compare_elements(const JsonTree& a, const JsonTree& b) {
  size_t count = std::min(a.elements.size(), b.elements.size());
  for (size_t i = 0; i < count; ++i) {
    if (int c = json_compare_trees(a.elements[i], b.elements[i]); c != 0) return c;
  }
  return order(a.elements.size(), b.elements.size());
}

}  // namespace

JsonTree JsonTree::real(double v) { return {codec::kJsonFloat64, std::bit_cast<uint64_t>(v)}; }

JsonTree JsonTree::object_of(std::vector<std::pair<std::string, JsonTree>> members) {
  using Member = std::pair<std::string, JsonTree>;
  std::ranges::stable_sort(members, {}, &Member::first);
  JsonTree tree = object();
  for (auto& [key, value] : members) {
    if (!tree.keys.empty() && tree.keys.back() == key) {
      tree.elements.back() = std::move(value);
      continue;
    }
    tree.keys.push_back(std::move(key));
    tree.elements.push_back(std::move(value));
  }
  return tree;
}

bool JsonTree::is_number() const {
  return type == codec::kJsonInt64 || type == codec::kJsonUint64 || type == codec::kJsonFloat64;
}

double JsonTree::as_real() const {
  if (type == codec::kJsonFloat64) return std::bit_cast<double>(number);
  if (type == codec::kJsonUint64) return static_cast<double>(number);
  return static_cast<double>(static_cast<int64_t>(number));
}

const JsonTree* JsonTree::find(std::string_view key) const {
  auto it = std::ranges::lower_bound(keys, key);
  if (it == keys.end() || *it != key) return nullptr;
  return &elements[static_cast<size_t>(it - keys.begin())];
}

JsonTree* JsonTree::find(std::string_view key) {
  return const_cast<JsonTree*>(std::as_const(*this).find(key));
}

void JsonTree::put(std::string key, JsonTree value) {
  auto it = std::ranges::lower_bound(keys, key);
  auto at = it - keys.begin();
  if (it != keys.end() && *it == key) {
    elements[static_cast<size_t>(at)] = std::move(value);
    return;
  }
  keys.insert(it, std::move(key));
  elements.insert(elements.begin() + at, std::move(value));
}

void JsonTree::erase(std::string_view key) {
  auto it = std::ranges::lower_bound(keys, key);
  if (it == keys.end() || *it != key) return;
  elements.erase(elements.begin() + (it - keys.begin()));
  keys.erase(it);
}

std::optional<JsonTree> json_decode(std::string_view doc) {
  JsonTree tree;
  if (doc.empty()) return std::nullopt;
  Decoder decoder(doc.size());
  if (!decoder.value(static_cast<uint8_t>(doc[0]), doc.substr(1), 0, &tree)) return std::nullopt;
  return tree;
}

JsonTree json_tree(std::string_view doc) {
  return json_decode(doc).value_or(JsonTree::literal(kLiteralNull));
}

std::string json_encode(const JsonTree& tree) {
  return static_cast<char>(tree.type) + encode_body(tree);
}

int json_compare_trees(const JsonTree& a, const JsonTree& b) {
  int rank = precedence(a);
  if (rank != precedence(b)) return order(rank, precedence(b));
  if (a.is_number()) return compare_numbers(a, b);
  switch (a.type) {
    case codec::kJsonLiteral:
      return order(b.number, a.number);  // true is above false
    case codec::kJsonArray:
      return compare_elements(a, b);
    case codec::kJsonObject:
      if (a.elements.size() != b.elements.size()) {
        return order(a.elements.size(), b.elements.size());
      }
      return a.keys != b.keys ? order(a.keys, b.keys) : compare_elements(a, b);
    case codec::kJsonDate:
    case codec::kJsonDatetime:
    case codec::kJsonTimestamp:
      return order(get_le64(a.text.data()), get_le64(b.text.data()));
    case codec::kJsonDuration:
      return order(static_cast<int64_t>(get_le64(a.text.data())),
                   static_cast<int64_t>(get_le64(b.text.data())));
    default:
      return order(a.text, b.text);
  }
}

std::string_view json_type_name(const JsonTree& tree) {
  switch (tree.type) {
    case codec::kJsonObject:
      return "OBJECT";
    case codec::kJsonArray:
      return "ARRAY";
    case codec::kJsonLiteral:
      return tree.is_null() ? "NULL" : "BOOLEAN";
    case codec::kJsonInt64:
      return "INTEGER";
    case codec::kJsonUint64:
      return "UNSIGNED INTEGER";
    case codec::kJsonFloat64:
      return "DOUBLE";
    case codec::kJsonString:
      return "STRING";
    case codec::kJsonDate:
      return "DATE";
    case codec::kJsonDatetime:
    case codec::kJsonTimestamp:
      return "DATETIME";
    case codec::kJsonDuration:
      return "TIME";
    default:
      return "OPAQUE";
  }
}

int64_t json_depth(const JsonTree& tree) {
  int64_t deepest = 0;
  for (const JsonTree& element : tree.elements) deepest = std::max(deepest, json_depth(element));
  return deepest + 1;
}

}  // namespace tbl::tidb
